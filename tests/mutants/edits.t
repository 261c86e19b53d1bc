#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every mutant and twin still finds the text that it breaks: one that does not would
# break nothing, or no build.
use strict;
use warnings;
use lib 'tests/mutants', 'tests/tools';
use File::Temp 'tempdir';
use Test::More;
use mutants;
use overlay;

my $folder = tempdir( CLEANUP => 1 );
my @lost = grep { !eval { overlay::write( $folder, 0, @$_ ); 1 } } @mutants::list;
is( join( "\n", map {"$_->[0]: $_->[1]"} @lost ), '', 'every mutant finds its text' );
for my $name ( split ' ', `tests/explorer/twin` ) {
    my $said = `tests/explorer/twin $name $folder 2>&1`;
    is( $said, '', "the twin $name finds its texts" );
}
done_testing();
