#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The modules of tests/linux in a kernel that QEMU runs on two cores: their results, what
# the kernel says meanwhile, and what is left when they are gone.
#
#     LINUX=FOLDER perl tests/linux/linux.t
#
# FOLDER has vmlinuz and root.gz. A kernel with KASAN must report the planted errors.
use strict;
use warnings;
use Test::More;

my $folder = $ENV{LINUX} // 'build/linux/cloud';
my @qemu   = (
    qw(timeout 1800 qemu-system-x86_64 -cpu qemu64 -smp 2 -m 512),
    '-accel', 'tcg,thread=multi',
    qw(-nographic -no-reboot -nic none -kernel),
    "$folder/vmlinuz", '-initrd', "$folder/root.gz", '-append',
    'console=ttyS0 quiet panic=-1 kasan_multi_shot'
);
open my $qemu, '-|', join( ' ', map {"'$_'"} @qemu ) . ' </dev/null 2>&1'
    or die "qemu: $!\n";
my @log = map {s/\r?\n$//r} <$qemu>;
close $qemu;
is( $?, 0, 'the machine was shut down' );

my ( $results, $plans, @bad ) = ( 0, 0 );
for my $line ( map { /reel: (.*)/ ? $1 : () } @log ) {
    if ( $line =~ /^(not )?ok \d+ - (.*)/ ) {
        $results++;
        ok( !$1, $2 );
    }
    elsif ( $line =~ /^1\.\.(\d+)/ ) {
        $plans += $1;
    }
    else {
        note($line);
    }
}
ok( $plans > 300 && $plans == $results, 'every test had a result' );

sub said {
    my ($what) = @_;
    return scalar grep {/$what/} @log;
}

is( said("reel: $_ (?:in|out)\$"), 2, "$_ came and went" )
    for qw(reel_port reel_suite);
is( said('reel: left 0$'), 1, 'nothing is left' );
is( said('reel: fault: \S+ is scratch \+ 8200: freed'),
    1, 'a fault has an owner and a state' );
my $oops = said('BUG: unable to handle page fault');
is( $oops, 1, 'and was the only one' );
@bad = grep { /WARNING:|BUG:|INFO: task|rcu:.*stall|sleeping function/
        && !/BUG: (?:unable to handle page fault|KASAN)/ } @log;
is( "@bad", '', 'the kernel has no complaint' );
my $watched = said('reel: # planted') / 2;
# Two were planted, and the access that faults reads what is no block either.
is( said('BUG: KASAN: '), 3 * $watched, 'KASAN reports what was planted, and nothing else' );
diag( join "\n", grep { !/reel: ok/ } @log ) if !Test::More->builder->is_passing;
done_testing();
