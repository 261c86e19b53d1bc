#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Tests that cannot fail prove nothing: eight of the mutants that were noticed, chosen
# by the text of the tree, still are.
use strict;
use warnings;
use lib 'tests/mutants', 'tests/tools';
use Digest::MD5 'md5_hex';
use Test::More;
use files;
use judges;
use lists;

my $sampled = 8;
my $folder  = 'build/mutants/sample';
my %is_test = map { ( $_ => 1 ) } map { text_of($_) =~ /^    TEST\((\w+)\)/gm } glob 'tests/unit/*.c';
my $tree    = md5_hex( map { text_of($_) } lists::files(), glob 'tests/unit/*.c' );

my %few    = map { ( $_ => 1 ) } @judges::few;
my %mutant = map { ( $_->{key} => $_ ) } lists::mutants();
my @there  = grep { $mutant{ $_->{key} } && $few{ $_->{program} } } lists::killed();
my @chosen = sort { md5_hex( $tree . $a->{key} ) cmp md5_hex( $tree . $b->{key} ) } @there;

# One that is none any more, since the code around it has changed, counts for nothing.
my $asked = 0;
judges::prepare($folder);
for my $killed (@chosen) {
    last if $asked == $sampled;
    my $mutant = $mutant{ $killed->{key} };
    my $known  = $is_test{ $killed->{test} } ? $killed->{test} : undef;
    my ( $verdict, undef, $test ) = judges::judge( $folder, $mutant, $known, $killed->{program},
        grep { $_ ne $killed->{program} } @judges::few );
    next if $verdict !~ $judges::noticed && $verdict ne 'passes';
    $asked++;
    like( $verdict, $judges::noticed, "$mutant->{name}: $verdict, $test" );
}
judges::clean($folder);
is( $asked, $sampled, 'there are mutants to choose from' );
done_testing();
