#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# An interrupt after every instruction of commit and decommit, on the boards that are
# no Cortex-M, and the exact instructions of a call, against tests/kernels/budget. The
# hook that tells other cores is not in the figures.
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use figures;

my @tools = qw(riscv64-unknown-elf-gcc aarch64-linux-gnu-gcc);
my %board = (
    pmp     => 'riscv32-virt',
    sv39    => 'riscv64-virt',
    aarch64 => 'aarch64-virt',
);

my %measured;
for my $port ( sort keys %board ) {
    my $image  = "build/$board{$port}/port-icount.elf";
    my $output = `targets/common/emulate $image`;
    is( $?, 0, "$image: right at every instruction" ) or diag($output);
    my ($interrupts) = $output =~ /^# interrupts (\d+)/m;
    cmp_ok( $interrupts, '>', 500, "$image: interrupts came" );
    my ($addresses) = $output =~ /^# addresses .* (\d+)$/m;
    cmp_ok( $addresses, '>', 100, "$image: at many instructions" );
    $measured{$port} = { $output =~ /^# ((?:de)?commit_\w+) (\d+)$/mg };
}
figures::check( 'tests/kernels/budget', \%measured, @tools );

my @rows = (
    [ commit_1               => 'commit of a page' ],
    [ decommit_1             => 'decommit of a page' ],
    [ commit_16              => 'commit of 16 pages' ],
    [ decommit_16            => 'decommit of 16 pages' ],
    [ commit_1_and_a_table   => 'commit of the first page of 2 MiB' ],
    [ decommit_1_and_a_table => 'decommit of it' ],
    [ commit_512             => 'commit of 2 MiB' ],
    [ decommit_512           => 'decommit of 2 MiB' ],
);
my @columns = qw(pmp sv39 aarch64);
my $table   = readme::table(
    [ 'instructions', 'PMP, rv32', 'Sv39', 'AArch64' ],
    map { [ $_->[1], figures::cells( \%measured, $_->[0], @columns ) ] } @rows
);
figures::check_readme( 'ports', $table, 'QEMU 7.2', @tools );
done_testing();
