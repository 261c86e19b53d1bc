#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Two emulators of a Cortex-M0 agree: on each result of the tests, and on the instructions
# of each call and each sequence of calls.
use strict;
use warnings;
use Test::More;

for my $image (
    ( map {"microbit+primask+checks2+Os/tests-$_.elf"} 1 .. 3 ),
    ( map { ( "microbit+primask+$_/cycles-icount.elf", "microbit+primask+$_/workloads-icount.elf" ) }
            qw(Os O2) )
    )
{
    my @first  = `targets/common/emulate build/$image`;
    my @second = `node tests/schedules/second.mjs build/$image 2>&1`;
    is( $?, 0, "$image runs" );
    note( ( pop @second ) =~ s/^# //r );
    cmp_ok( scalar @first, '>', 10, "$image says something" );
    is_deeply( \@second, \@first, "$image: the same on both" );
}

done_testing();
