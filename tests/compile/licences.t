#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Each file says what its licence is, in its first lines, or is data that .reuse/dep5
# names.
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;

# The paragraph of .reuse/dep5 with a comment lists the files without a line.
my ($data) = text_of('.reuse/dep5') =~ /^Files: ((?:.+\n)+?)Copyright:(?:.+\n)+?Comment:/m;
my @patterns = map { s/(\W)/$1 eq '*' ? '.*' : "\\$1"/ger } split ' ', $data;
my $is_data  = join '|', @patterns;

# In two parts, so that reuse does not take it for the line of this file.
my $line = 'SPDX-' . 'License-Identifier: MIT';

sub has_line {
    my ($path) = @_;
    my ($start) = text_of($path) =~ /\A((?:.*\n){0,3})/;
    return $start =~ m{^(?://|/\*|#|<!--) \Q$line\E}m;
}

# An archive has no list of its files.
my @files = -d '.git'
    ? grep { -f } split /\0/, `git ls-files -z --cached --others --exclude-standard`
    : map {s{^\./}{}r} grep { !m{^\./build/} } split /\0/, `find . -type f -print0`;
cmp_ok( scalar @files, '>', 400, 'the files of the project are found' );

my @bare = grep { !/^(?:$is_data)$/ && !has_line($_) } @files;
is( "@bare", '', "each file has its line: // $line" );

for my $pattern (@patterns) {
    ok( ( grep {/^$pattern$/} @files ), ".reuse/dep5: there are files named $pattern" );
}
my @both = grep { /^(?:$is_data)$/ && has_line($_) } @files;
is( "@both", '', '.reuse/dep5 names no file that has a line' );

done_testing;
