#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A memory checker sees every misuse of an arena that its bookkeeping can show,
# and nothing in a program that keeps the contract.
use strict;
use warnings;
use Test::More;

my @misuses = qw(rewind reset free overflow shrink move padding shared static
    static-shared     temp-rewind temp-reset temp-trim temp-overflow
    cached-free cached-unused cached-flush heap-cached-free heap-shrink heap-free
    region-free region-shrink region-close);
$ENV{ASAN_OPTIONS} = 'symbolize=0';    # which takes longer than all else

my %checkers = (
    AddressSanitizer => [ 'build/gcc+asan/watched', qr/ERROR: AddressSanitizer/ ],
    memcheck         => [
        'valgrind -q --error-exitcode=9 build/gcc+O2+valgrind/watched',
        qr/Invalid write/
    ],
);

# What each is, if it is not accused.
my %innocent = (
    nothing            => 'a good program runs',
    'temp-nothing'     => 'also with a temp',
    'too-much'         => 'malloc refuses what is too much',
    unwritten          => 'what nobody wrote is not read',
    release            => 'a release costs what was committed',
    'release-disposed' => 'so it does after a dispose',
    map { ( $_ => "$_ is not accused" ) }
        qw(cached-nothing heap-nothing region-nothing next-owner next-owner-disposed
        local-buffer dump roots)
);

# How a program ended that got a word, and what it said: word => [status, text]. memcheck
# runs one process and its children.
sub ends_of {
    my ( $name, $command, @words ) = @_;
    my %ends;
    if ( $name eq 'memcheck' ) {
        my $text = `$command @words 2>&1`;
        $ends{$2} = [ $3, $1 ] while $text =~ /\G(.*?)^= (\S+) (-?\d+)\n/gms;
        return %ends;
    }
    for my $word (@words) {
        my $text = `$command $word 2>&1`;
        $ends{$word} = [ $?, $text ];
    }
    return %ends;
}

for my $name ( sort keys %checkers ) {
    my ( $command, $complaint ) = @{ $checkers{$name} };
    my %ends = ends_of( $name, $command, sort( keys %innocent ), @misuses );
    for my $word ( sort keys %innocent ) {
        my ( $status, $said ) = @{ $ends{$word} // [] };
        is( $status, 0, "$name: $innocent{$word}" ) or diag($said);
    }
    for my $misuse (@misuses) {
        my ( $status, $said ) = @{ $ends{$misuse} // [ 0, 'it did not run' ] };
        ok( $status != 0 && $said =~ $complaint, "$name: $misuse" ) or diag($said);
    }
}

# Static instances: a program that writes where it may is not accused, one that writes
# behind a block from before main() is.
my @programs = (
    map( {"build/$_/watched_statics"} qw(gcc+asan clang+asan) ),
    map( {"build/gcc+asan/watched_statics-$_"} qw(g++ clang++) ),
    'valgrind -q --error-exitcode=9 build/gcc+O2+valgrind/watched_statics',
);
for my $program (@programs) {
    my $output = `$program 2>&1`;
    is( $?, 0, "$program: blocks from before main() are alive" ) or diag($output);
    for my $word (qw(arena blocks heap temp local pool rewindable freed)) {
        $output = `$program $word 2>&1`;
        ok( $? != 0 && $output =~ /ERROR: AddressSanitizer: use-after-poison|Invalid write/,
            "$program: $word" )
            or diag($output);
    }
}
done_testing();
