#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# On a new machine an object waits for the packages of its compiler, and a variant's for
# those of its library: the rules of make say so, before anything is built.
use strict;
use warnings;
use Test::More;

my ( %need, %need_for, %tool, %waits_for );
delete @ENV{qw(MAKEFLAGS MFLAGS T ONLY)};    # of the make that runs this
open my $rules, '-|', "make -pn -j1 test 2>/dev/null" or die "make: $!\n";
while (<$rules>) {
    if    (/^NEED_FOR_(\S+) :?= (.*)/) { $need_for{$1} = $2 }
    elsif (/^NEED_(\S+) :?= (.*)/)     { $need{$1}     = $2 }
    elsif (/^TOOL_(\S+) :?= (\S+)/)    { $tool{$1}     = $2 }
    elsif (m{^build/((\w[^/+:]*)[^/:]*/(?:([^/:]+)/)?obj)/[^:]*[.]o:.* Makefile\b[^|]*(?:\| (.*))?}) {
        $waits_for{$1} = [ $2, $3 // '', join ' ', map { s{build/have-}{}r } split ' ', $4 // '' ];
    }
}
close $rules;

# A package is named as what it brings: a command, or a file.
sub brings {
    my ( $command, @packages ) = @_;
    return grep {m{(?:^|[='/])\Q$command\E(?:'|\s|$)}} map { split ' ', $need{$_} // '' } @packages;
}

cmp_ok( scalar keys %waits_for, '>', 60, 'make has rules for objects' );
for my $folder ( sort keys %waits_for ) {
    my ( $who, $variant, $has ) = @{ $waits_for{$folder} };
    my @has     = split ' ', $has;
    my $command = $tool{$who} // 'arm-none-eabi-gcc';
    ok( $command eq 'gcc' ? $has =~ /\bhost\b/ : brings( $command, @has ), "build/$folder waits for $command" )
        or diag("it waits for: $has");
    my $library = $need_for{$variant} // next;
    ok( ( grep { $_ eq $library } @has ), "build/$folder waits for the packages of '$library'" );
}
done_testing();
