#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Words that made readers stop, in pages and comments. The actor is the caller, a thread
# or another core, not a person; what a function gets, it is not told.
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;

my %instead = (
    qr/whoever|somebody|someone|anybody|anyone|everybody|everyone|nobody|no one/ =>
        'name the actor: the caller, a thread, another core',
    qr/told/            => 'gets, or is reported',
    qr/but for/         => 'except',
);

# Comments of C and of scripts, and each line of a page.
sub prose_of {
    my ($path) = @_;
    my @lines = split /\n/, text_of($path);
    return @lines if $path =~ /[.]md$/;
    my $start = $path =~ /[.](?:c|h|hpp|ld)$/ ? qr{(?:^|\s)//|/\*|^\s*\*} : qr{(?:^|\s)#};
    return map { /$start(.*)/ ? $1 : '' } @lines;
}

my @paths = map { glob $_ } qw(*.md Makefile include/reel/*.h include/reel/*/*.h src/*.[ch] src/*/*.h
    src/*.md linker/* port/*.[ch] port/*.md port/*/*.[ch] port/*/*.hpp port/*/*.md port/*.mk
    targets/*/*.[ch] targets/*/*.md targets/*/*.ld targets/*/*.mk tests/*.md tests/*.mk tests/*/*.md tests/*/*.mk);
cmp_ok( scalar @paths, '>', 150, 'the texts are there' );
for my $path (@paths) {
    my ( $number, @found ) = (0);
    for my $line ( prose_of($path) ) {
        $number++;
        for my $words ( sort keys %instead ) {
            push @found, "$number: '$1', $instead{$words}" if $line =~ /\b($words)\b/i;
        }
    }
    is( join( "\n", @found ), '', "$path: plain words" );
}
done_testing();
