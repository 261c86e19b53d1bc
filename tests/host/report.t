#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A report names the object, the request, what was left, and the line that called.
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;

my $source = 'tests/host/reported.c';

# The number of the line whose comment is the word.
sub line_of {
    my ($word) = @_;
    my @lines = split /\n/, text_of($source);
    my ($line) = grep { $lines[ $_ - 1 ] =~ m{// \Q$word\E$} } 1 .. @lines;
    return $line // 'no line';
}

my %begins = (
    refused => qr/^refused: arena "frames" at 0x\w+, 320 bytes aligned to 8, 256 left: REEL_NO_MEMORY, called at 0x\w+$/m,
    foreign => qr{^broken contract: arena "frames" at 0x\w+: REEL_FOREIGN, called at 0x\w+, found at src/arena\.c:\d+$}m,
    misaligned => qr/^broken contract: arena "frames" at 0x\w+: REEL_INVALID/m,
    scope      => qr/^broken contract: arena "frames" at 0x\w+: REEL_STALE/m,
    starved    => qr/^refused: region at 0x\w+, 48 bytes aligned to 8, 16 left: REEL_NO_MEMORY, after its backing "objects" at/m,
);

for my $build (qw(gcc+checks2 clang+checks2 gcc+O2+checks2 gcc+checks2+nopie)) {
    for my $word ( sort keys %begins ) {
        my $output = `build/$build/reported $word 2>&1`;
        is( $?, 0, "$build: $word returns" );
        like( $output, $begins{$word}, "$build: $word is described" );
        my $line = line_of($word);
        like( $output, qr{called in .*\Q$source\E:$line\b}, "$build: $word has its line" )
            or diag($output);
    }
    my $output = `build/$build/reported starved 2>&1`;
    like( $output,
        qr/^refused: pool "objects" at 0x\w+, 64 bytes, 0 left: REEL_NO_MEMORY, after its backing "frames" at/m,
        "$build: the pool names its backing" );
    like( $output, qr/^refused: arena "frames"(?:.*\n)+refused: pool(?:.*\n)+refused: region/m,
        "$build: who refused first is first" );
    $output = `build/$build/reported unknown 2>&1`;
    is( $?, 0, "$build: callers without a line" );
    like( $output, qr/^line 0: 0\nline 1: 0\nline 2: 0\nline of the heap: 0, 1$/m,
        "$build: their address is all that is known" );
    unlike( $output, qr/called in/, "$build: and no line is named" );
}
done_testing();
