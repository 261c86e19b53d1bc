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

for my $program ( @zoned, 'build/gcc+asan/zoned' ) {
    my ( $plan, @results ) = grep {/^(?:1[.][.]|ok|not ok)/} `$program 2>/dev/null`;
    is( $plan, '1..' . @results . "\n", "$program: each allocator was tried" );
    ok( $_ !~ /^not/, "$program: " . s/.*? - |\n//gr ) for @results;
}
done_testing();
