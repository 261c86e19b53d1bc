#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tests/EVIDENCE.md has a row for each promise: each row and sentence of the README's
# "What is guaranteed", each claim of "Prove it", each header with a function that says
# what it returns. The files of a header's row are there, and name its functions. Other
# headers and commands that have rows are there, too.
use strict;
use warnings;
use lib 'tests/compile', 'tests/tools';
use Test::More;
use files;
use headers;

my %kinds = map { $_ => 1 } qw(exhaustive sampled measured argued proved);
my $readme = text_of('README.md');
my $ledger = text_of('tests/EVIDENCE.md');

sub section {
    my ( $text, $title ) = @_;
    return $text =~ /^## \Q$title\E\n(.*?)(?=^## |\z)/ms ? $1 : '';
}

# The cells of each row of a table, without its head.
sub rows {
    my ($text) = @_;
    my @rows = map { [ map { s/^\s+|\s+$//gr } split /\|/, s/^\||\|$//gr ] }
        $text =~ /^(\|.*\|)$/mg;
    return grep { $_->[0] !~ /^-+$/ } @rows[ 2 .. $#rows ];
}

# The functions of a header whose comments have the label.
sub functions_of {
    my %comments = headers::comments_of( $_[0] );
    return sort grep { $comments{$_} =~ m{^/// Returns}m } keys %comments;
}

# The files that a header's row names.
sub paths_of { return map {"tests/$_"} $_[0][2] =~ /`([^`]+)`/g }

# Sentences of what is neither table nor heading.
sub sentences {
    my ($text) = @_;
    $text =~ s/^\|.*\n//mg;
    $text =~ s/^\* //mg;
    return map { s/\s+/ /gr =~ s/^ | $//gr } $text =~ /(\S.*?[.])(?=\s|\z)/gs;
}

my $guaranteed = section( $readme, 'What is guaranteed' );
my @promises = ( ( map { $_->[0] } rows($guaranteed) ),
    sentences($guaranteed), map { $_->[0] } rows( section( $readme, 'Prove it' ) ) );
my @rows = rows( section( $ledger, 'Promises of the README' ) );
my %row = map { $_->[0] => $_ } @rows;
cmp_ok( scalar @promises, '>', 20, 'the README makes promises' );
is( join( "\n", grep { !$row{$_} } @promises ), '', 'each promise has a row' );
my %is_promise = map { $_ => 1 } @promises;
is( join( "\n", grep { !$is_promise{$_} } sort keys %row ), '', 'each row has a promise' );

my $makefiles = join '', map { text_of($_) } 'Makefile',
    glob 'tests/*.mk tests/*/*.mk tests/*/*/*.mk port/*.mk';
my %is_target = map { $_ => 1 } $makefiles =~ /^([a-z-]+):.*## /mg;
$is_target{$_} = 1 for map { split ' ' } $makefiles =~ /^[.]PHONY: (.*)/mg;
for my $row (@rows) {
    my ( $promise, $kind, $command, $missing ) = @$row;
    my ($target) = $command =~ /^`make ([a-z-]+)`$/;
    ok( $kinds{$kind} && defined $target && $is_target{$target} && $missing =~ /\w/,
        "$promise: kind, command and what is not covered" );
}

my %files = map { $_->[0] =~ s/`//gr => $_ } rows( section( $ledger, 'Functions' ) );
for my $header ( glob 'include/reel/*.h port/*.h port/*/*.h' ) {
    my @functions = functions_of($header);
    next if !@functions;
    my $row = delete $files{$header};
    ok( $row && $kinds{ $row->[1] } && $row->[3] =~ /\w/, "$header has a row" ) or next;
    my @paths = paths_of($row);
    is( join( ' ', grep { !-e } @paths ), '', "$header: its files are there" );
    next if $row->[2] =~ /, (?:through|at) /;    # by what the board starts
    my $text = join '', map { -e $_ ? text_of($_) : '' } @paths;
    is( join( ' ', grep { $text !~ /\b$_\b/ } @functions ),
        '', "$header: its files name each function" );
}
is( join( ' ', sort keys %files ), '', 'each row has a header' );

my @others = rows( section( $ledger, 'Headers without such functions' ) );
cmp_ok( scalar @others, '>', 10, 'other headers have rows' );
for my $row (@others) {
    my ($header) = $row->[0] =~ /^`([^`]+)`$/;
    is( join( ' ', functions_of($header) ), '', "$header: no function says what it returns" );
    my @paths = paths_of($row);
    my @lost = grep { !-e } @paths;
    ok( $kinds{ $row->[1] } && @paths && !@lost && $row->[3] =~ /\w/,
        "$header: kind, files and what is not covered" );
}

my @commands = rows( section( $ledger, 'Other commands' ) );
cmp_ok( scalar @commands, '>', 10, 'other commands have rows' );
for my $row (@commands) {
    my @targets = $row->[0] =~ /`make ([a-z-]+)`/g;
    my @lost = grep { !$is_target{$_} } @targets;
    ok( @targets && !@lost && $row->[1] =~ /\w/ && $row->[2] =~ /\w/,
        "$row->[0]: a target, what it shows and what not" );
}
done_testing();
