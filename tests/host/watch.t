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
my %checkers = (
    AddressSanitizer => [ 'build/gcc+O2+asan/watched', qr/ERROR: AddressSanitizer/ ],
    memcheck         => [
        'valgrind -q --error-exitcode=9 build/gcc+O2+valgrind/watched',
        qr/Invalid write/
    ],
);

for my $name ( sort keys %checkers ) {
    my ( $command, $complaint ) = @{ $checkers{$name} };
    my $output = `$command nothing 2>&1`;
    is( $?, 0, "$name: a good program runs" ) or diag($output);
    $output = `$command temp-nothing 2>&1`;
    is( $?, 0, "$name: also with a temp" ) or diag($output);
    $output = `$command too-much 2>&1`;
    is( $?, 0, "$name: malloc refuses what is too much" ) or diag($output);
    $output = `$command unwritten 2>&1`;
    is( $?, 0, "$name: what nobody wrote is not read" ) or diag($output);
    for my $word (
        qw(cached-nothing heap-nothing region-nothing next-owner next-owner-disposed
        local-buffer dump roots)
        )
    {
        $output = `$command $word 2>&1`;
        is( $?, 0, "$name: $word is not accused" ) or diag($output);
    }
    for my $release (qw(release release-disposed)) {
        $output = `$command $release 2>&1`;
        is( $?, 0, "$name: $release costs what was committed" ) or diag($output);
    }
    for my $misuse (@misuses) {
        $output = `$command $misuse 2>&1`;
        ok( $? != 0 && $output =~ $complaint, "$name: $misuse" )
            or diag($output);
    }
}

# Static instances: a program that writes where it may is not accused, one that writes
# behind a block from before main() is.
my @programs = (
    map( {"build/$_/watched_statics"} qw(gcc+O2+asan clang+asan) ),
    map( {"build/gcc+O2+asan/watched_statics-$_"} qw(g++ clang++) ),
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
