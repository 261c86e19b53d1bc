#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The small kernel (targets/kernel-riscv): its processes do what they should, a use of
# what an ended one left is caught and named, and everything is back at the end.
use strict;
use warnings;
use Test::More;

my $output = `targets/common/emulate build/riscv64-virt/kernel-riscv.elf`;
is( $?, 0, 'the kernel boots, runs and ends' );

like( $output, qr/^sieve: 4203$/m,   'primes below 40,000' );
like( $output, qr/^collatz: 216$/m,  'steps of the longest sequence' );
like( $output, qr/^glutton: [1-9]\d+$/m, 'memory runs out, and the process goes on' );
like( $output, qr/^stray: may not touch 0x80200000$/m, 'a process is kept in its place' );
my @turns = $output =~ /ended after (\d+) turns/g;
is( scalar @turns, 4, 'all four end' );
cmp_ok( $turns[-1], '>', 1, 'they take turns' );
my @caught = $output =~ /^the kernel is caught at \S+: (.*)$/mg;
is( scalar @caught, 1, 'a use after close is caught' );
like(
    $caught[0] // '',
    qr/is the kernel's memory of process sieve, which has ended: byte \d+, freed$/,
    'and named'
);
like( $output, qr/^0 frames and 0 tables are still out;/m, 'all of it is back' );
diag($output) if !Test::More->builder->is_passing;
done_testing();
