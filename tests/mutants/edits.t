#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every edit, twin and listed mutant still finds the text that it breaks: one that does
# not would break nothing, or no build.
use strict;
use warnings;
use lib 'tests/mutants', 'tests/tools';
use File::Temp 'tempdir';
use Test::More;
use lists;

my @mutants = eval { lists::mutants() };
is( $@, '', 'every edit finds its text' );

my %is_there   = map { ( $_->{name} => 1, $_->{key} => 1 ) } @mutants;
my %equivalent = lists::equivalent();
is( join( "\n", grep { !$is_there{$_} } sort keys %equivalent ), '', 'every equivalent is still a mutant' );
is( join( "\n", grep { !$equivalent{$_} } sort keys %equivalent ), '', 'every equivalent has a reason' );

# Code that changes brings mutants that were not judged: not too many.
my @killed = map { $_->{key} } lists::killed();
my $gone   = grep { !$is_there{$_} } @killed;
cmp_ok( $gone, '<=', @killed / 4, 'most of the list `killed` are still mutants: KILLED=1 make mutants' );

my $folder = tempdir( CLEANUP => 1 );
for my $name ( split ' ', `tests/explorer/twin` ) {
    my $said = `tests/explorer/twin $name $folder 2>&1`;
    is( $said, '', "the twin $name finds its texts" );
}
done_testing();
