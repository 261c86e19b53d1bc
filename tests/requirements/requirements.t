#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tests/REQUIREMENTS.md: numbers are unique and in order, each requirement has tests, and
# they are there; each module with a header has a section. port/SECURITY.md has each
# parameter of each public function.
use strict;
use warnings;
use lib 'tests/tools', 'tests/compile';
use Test::More;
use files;
use modules;

my $page = text_of('tests/REQUIREMENTS.md');
my %known = map { $_ => 1 } map { text_of($_) =~ /\bTEST\(\s*([a-z_0-9]+)/g } glob 'tests/unit/*.c';
my @rows = map { [ split /\s*[|]\s*/, s/^[|]\s*//r ] } $page =~ /^([|] R.*)$/mg;

cmp_ok( scalar @rows, '>', 50, 'there are requirements' );
my @numbers = map { $_->[0] } @rows;
is_deeply( \@numbers, [ sort { substr( $a, 1 ) <=> substr( $b, 1 ) } @numbers ], 'numbers are in order' );
my %count;
$count{$_}++ for @numbers;
is( join( ' ', grep { $count{$_} > 1 } sort keys %count ), '', 'each number is there once' );
for my $row (@rows) {
    my ( $number, $text, $shown ) = @$row;
    my @tests = $shown =~ /`([^`]+)`/g;
    my @lost = grep { m{/} ? !-e "tests/$_" : !$known{$_} } @tests;
    ok( @tests > 0 && $text =~ /[.]$/, "$number: a sentence, shown by a test" );
    is( "@lost", '', "$number: its tests exist" );
}
for my $module ( grep { $_->{includes} ne '-' } modules::all() ) {
    my ($word) = $module->{name} =~ s/locked/lock/r;
    like( $page, qr/^## .*\b\Q$word\E/mi, "$module->{name}: a section has its requirements" );
}

# ---- what comes in ---------------------------------------------------------------

my %in_table = map { $_ => 1 } map {/`(\w+)`/g}
    text_of('port/SECURITY.md') =~ /^[|] (`[^|]*|[^|]*`\w+`[^|]*) [|]/mg;
my %lost;
for my $header ( glob 'include/reel/*.h' ) {
    my $text = text_of($header) =~ s{^\s*//.*\n}{}mgr;
    while ( $text =~ /^(?!typedef|static|#)[a-z_ *]*?\b(reel_\w+)\(([^()]*)\)\s*(?:REEL_OF|;)/mg ) {
        my ( $function, $parameters ) = ( $1, $2 );
        for my $name ( map {/(\w+)\s*$/} split /,/, $parameters ) {
            $lost{"$name of $function"} = 1 if $name ne 'void' && !$in_table{$name};
        }
    }
}
is( join( ', ', sort keys %lost ), '', 'port/SECURITY.md says whether each parameter is trusted' );

done_testing;
