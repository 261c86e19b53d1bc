#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every schedule of the compiled code (explore.mjs): on two Cortex-M0+ of an RP2040, and in
# a thread with handlers. Twins that protect too little must be caught, by each subject
# whose operations exchange words.
use strict;
use warnings;
use Test::More;

my $only = $ENV{SUBJECT} // '';

sub explored {
    my ( $build, $how ) = @_;
    my @lines = `node tests/schedules/schedules.mjs build/$build/schedules.elf $how '$only'`;
    return ( $?, @lines );
}

for my $run (
    'microbit+primask+Os handlers', 'microbit+primask+O2 handlers',
    'microbit+rp2040+Os cores',     'microbit+rp2040+O2 cores'
    )
{
    my ( $build, $how ) = split ' ', $run;
    my ( $status, @lines ) = explored( $build, $how );
    my @wrong = grep {/^not ok/} @lines;
    is( $status, 0, "$build, $how: every schedule is right" ) or diag( join '', @wrong );
    note( map { tr/\n//dr } grep {/^# /} @lines );
    note( map {"  $_"} @lines ) if $ENV{TEST_VERBOSE};
}

$ENV{TWIN} = 1;
for my $twin ( 'microbit+alone+O2 handlers', 'microbit+rp2040-unlocked+Os cores' ) {
    my ( $build, $how ) = split ' ', $twin;
    my ( $status, @lines ) = explored( $build, $how );
    for my $subject ( 'blocks', 'pool', 'arena', 'temp', 'rewindable', 'heap' ) {
        next if index( $subject, $only ) < 0;
        ok( scalar( grep {/^not ok \d+ - \Q$subject\E:/} @lines ), "$build: $subject is caught" );
    }
}

done_testing();
