#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# port/clang/lifetimes.h: clang reports each function of wrong.c, and none of right.c.
# What is compiled has the calls and nothing else.
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;

my $flags = '-std=c11 -Wall -Wextra -Iinclude -Iport -Itests/lifetimes';
my $here  = 'tests/lifetimes';

# The function that each line of a file is in.
sub functions_of {
    my ($path) = @_;
    my ( $number, $function, @in, @names ) = ( 0, '' );
    for my $line ( split /\n/, text_of($path) ) {
        $number++;
        if ( $line =~ /^(?:int|void) (\w+)\([^;]*$/ ) {
            $function = $1;
            push @names, $function;
        }
        $in[$number] = $function;
    }
    return ( \@in, @names );
}

my $said = `clang-19 $flags -Wthread-safety -fsyntax-only $here/right.c 2>&1`;
is( $said, '', 'clang says nothing of programs that are right' );
my ( undef, @right ) = functions_of("$here/right.c");
cmp_ok( scalar @right, '>=', 10, 'of ten or more' );

$said = `clang-19 $flags -Wthread-safety -fsyntax-only $here/wrong.c 2>&1`;
my ( $in, @wrong ) = functions_of("$here/wrong.c");
cmp_ok( scalar @wrong, '>=', 10, 'there are ten or more kinds of misuse' );
my %reported;
$reported{ $in->[$1] }++ while $said =~ /^\Q$here\E\/wrong.c:(\d+):\d+: warning: .*\[-Wthread-safety-analysis\]$/mg;
ok( $reported{$_}, "reported: $_" ) or diag($said) for @wrong;
unlike( $said, qr/warning: (?!.*thread-safety)/, 'and nothing else is' );

# Without the analysis it is the plain calls, also for gcc.
for my $tool (qw(gcc clang-19)) {
    for my $file (qw(right wrong)) {
        my $object = "build/lifetimes-$tool-$file.o";
        is( `mkdir -p build; $tool $flags -Werror -O1 -c -o $object $here/$file.c 2>&1`, '',
            "$tool compiles $file.c without a warning" );
        unlike( scalar `nm $object`, qr{ (?:frame|inner|request)(?:_\w+)?$}m, "$tool: a lifetime leaves no symbol" )
            if $file eq 'right';
    }
}

done_testing;
