#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A report of AddressSanitizer begins with the lines that allocated and freed the block.
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;

# Lines are found by reel; AddressSanitizer's own take longer than all else.
$ENV{ASAN_OPTIONS} = 'symbolize=0';

my $source = 'tests/host/blamed.c';
my @lines  = split /\n/, text_of($source);
my %said   = (
    rewind => [ 'arena',      'rewound' ],
    reset  => [ 'arena',      'reset' ],
    blocks => [ 'block pool', 'freed' ],
    heap   => [ 'heap',       'freed' ],
    region => [ 'region',     'closed' ],
);

# The number of the line with this comment.
sub line_of {
    my ($comment) = @_;
    my ($line) = grep { $lines[ $_ - 1 ] =~ m{// \Q$comment\E$} } 1 .. @lines;
    return $line // 'no line';
}

for my $build (qw(gcc+asan+history clang+asan+history)) {
    for my $word ( sort keys %said ) {
        my ( $owner, $end ) = @{ $said{$word} };
        my $output = `build/$build/blamed $word 2>&1`;
        like( $output, qr/^reel: 0x\w+ is byte \d+ of a block of \d+ bytes, of the $owner at/m,
            "$build: $word: the block is known" )
            or diag($output);
        for my $what ( 'allocated', $end ) {
            my $line = line_of("$word: $what");
            like( $output, qr/^    $what in \w+ at .*\Q$source\E:$line\b/m,
                "$build: $word: who $what it" )
                or diag($output);
        }
        like( $output, qr/ERROR: AddressSanitizer: use-after-poison/,
            "$build: $word is reported" );
    }
    my $output = `build/$build/blamed explain 2>&1`;
    is( $?, 0, "$build: addresses that no checker reports" );
    my $block = qr/reel: 0x\w+ is byte 0 of a block of 32 bytes, of the block pool messages at .*\n/;
    my ( $allocated, $freed ) = map {
        my $line = line_of("explain: $_");
        qr/    $_ in .*:$line\n/
    } qw(allocated freed);
    like( $output, qr/^$block${allocated}taken: known\n/m, "$build: a block that a cache handed out" );
    like( $output, qr/^$block$allocated${freed}put: known\n/m, "$build: one that went back" );
    my $full = line_of('full: freed');
    like( $output, qr/^    freed in .*:$full\nfull: known\n/m, "$build: one that a full cache took" );
    like( $output, qr/^no block: unknown\n/m,              "$build: an address of no block" );
    like( $output, qr/^    ended in .*\nended: known\n/m, "$build: a block whose allocator ended" );
    like( $output, qr/^long ago: unknown\n/m,              "$build: the history has an end" );
}
done_testing();
