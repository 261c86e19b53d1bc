#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# With REEL_RED_ZONES a memory checker sees an overrun and an underrun into a live
# neighbour, in every allocator. Without, it sees neither in blocks that touch.
use strict;
use warnings;
use Test::More;

my @zoned = (
    'build/gcc+asan+zones/zoned',
    'build/gcc+asan+zones/zoned-clang++',
    'build/clang+asan+zones/zoned',
    'valgrind -q --error-exitcode=9 build/gcc+valgrind+zones/zoned 3', # slow: fewer
);
my @misuses = ( 'what it may', 'behind it', 'farther behind it', 'ahead of it' );

$ENV{ASAN_OPTIONS} = 'symbolize=0';

# How the processes ended: by allocator, for each misuse.
sub ends_of {
    my ($program) = @_;
    return map { /^(\S+) ([\d ]+)$/ ? ( $1 => [ split / /, $2 ] ) : () } `$program 2>/dev/null`;
}

for my $program (@zoned) {
    my %ends = ends_of($program);
    is( scalar keys %ends, 21, "$program: each allocator was tried" );
    for my $owner ( sort keys %ends ) {
        my @ends = @{ $ends{$owner} };
        is( $ends[0], 0, "$program: $owner: who writes $misuses[0] is not accused" );
        ok( $ends[$_] != 0 && $ends[$_] != 3, "$program: $owner: who writes $misuses[$_] is" )
            for 1 .. $#ends;
    }
}
my %plain = ends_of('build/gcc+asan/zoned');
is( $plain{$_}[0], 0, "without zones: $_ does what it promises" ) for sort keys %plain;
is( $plain{blocks}[1], 0, 'without zones a neighbour hides an overrun' );
done_testing();
