#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Tests that cannot fail prove nothing: each mutant is the code broken in one place,
# and the host tests must notice. One that takes many times the CPU seconds of the code
# as it is hangs, a verdict of its own, and that is noticed as well. What the wall
# clock ends, which waits without CPU, is no verdict: it fails.
use strict;
use warnings;
use lib 'tests/mutants';
use Test::More;
use mutants;

my $patience = 20;    # times what the code as it is takes, and seconds

my $xcpu = 24;        # the signal that says that the limit is reached

# How a program ends, and its CPU seconds.
sub outcome {
    my ( $program, $limit ) = @_;
    my ( undef, undef, $user, $system ) = times;
    my $code = system(
        "ulimit -S -t $limit; exec timeout 1800 $program >$program.log 2>&1");
    my ( undef, undef, $user_then, $system_then ) = times;
    my $verdict
        = $code == 0                              ? 'passes'
        : ( $code & 127 || ( $code >> 8 ) - 128 ) == $xcpu ? 'hangs'
        : $code >> 8 == 124                       ? 'waits'
        :                                           'fails';
    return ( $verdict, $user_then - $user + $system_then - $system );
}

my %limit;
my %count = ( passes => 0, fails => 0, hangs => 0, waits => 0 );
for my $index ( mutants::chosen() ) {
    my ( $path, $from, $to ) = @{ $mutants::list[$index] };
    my $build = mutants::build_for($path);
    if ( !$limit{$build} ) {
        my ( $verdict, $seconds ) = outcome( "build/$build/tests", 600 );
        is( $verdict, 'passes', "the code as it is passes ($build)" );
        $limit{$build} = $patience + int( $patience * $seconds );
    }
    my ($verdict) = outcome( "build/$build/mutant-$index/tests", $limit{$build} );
    $count{$verdict}++;
    ( my $name = "$path: $from -> $to" ) =~ s/\s+/ /g;
    like( $verdict, qr/fails|hangs/, "$name: $verdict" );
}
note("$count{fails} failed, $count{hangs} hung, $count{passes} went unnoticed");
done_testing();
