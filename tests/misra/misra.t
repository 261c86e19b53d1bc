#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# MISRA C:2012 by cppcheck: each violation is one that tests/misra/deviations explains.
# MISRA=all judges the whole core, in three builds: make misra.
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;
use modules;

my $all = ( $ENV{MISRA} // '' ) eq 'all';

# What a compiler would define.
my @common = qw(-D__GNUC__=12 -D__ELF__=1 -DSIZE_MAX=0xFFFFFFFFUL -DUINTPTR_MAX=0xFFFFFFFFUL
    -DINTPTR_MAX=0x7FFFFFFF);
my %builds = (
    native => '-D__GCC_ATOMIC_POINTER_LOCK_FREE=2',
    llsc   => '-D__GCC_ATOMIC_POINTER_LOCK_FREE=2 -D__ARM_ARCH_PROFILE=77 -D__ARM_FEATURE_LDREX=7 '
        . '-D__ARM_ARCH_ISA_THUMB=2 -DREEL_CHECKS=2',
    masked => '-D__GCC_ATOMIC_POINTER_LOCK_FREE=1 -DREEL_POISON=1',
);
my @builds  = $all ? sort keys %builds : ('native');
my @sources = $all ? map {"src/$_->{name}.c"} modules::all() : 'src/hooks.c';

my @mandatory = qw(9.1 12.5 13.6 17.3 17.4 17.6 19.1 21.13 21.17 21.18 21.19 21.20 22.2 22.4 22.5 22.6);
my %is_mandatory = map { $_ => 1 } @mandatory;

my %deviation;
for my $row ( grep { !/^#/ && /\S/ } split /\n/, text_of('tests/misra/deviations') ) {
    my ( $rule, $category, $files, $why ) = split /\s*[|]\s*/, $row;
    my @patterns = map { s/([.\/])/\\$1/gr =~ s/[*]/[^\/]*/gr } split ' ', $files;
    $deviation{$rule} = $files eq '*' ? '.*' : join '|', @patterns;
    ok( $category =~ /^(?:required|advisory)$/ && !$is_mandatory{$rule} && $why =~ /\w/,
        "rule $rule: category and reason" );
}

my ( %reported, @undocumented, @failed );
for my $build (@builds) {
    my $folder = "build/misra/$build"; # else it writes beside the sources
    system( 'mkdir', '-p', $folder ) == 0 or die;
    my $said = `cppcheck -q -j2 --cppcheck-build-dir=$folder --platform=unix32 --addon=misra --std=c11 --template='{file}:{line}: {id}' \\
        -Iinclude -Isrc @common $builds{$build} @sources 2>&1`;
    push @failed, $build if $? != 0;
    for my $line ( split /\n/, $said ) {
        my ( $file, $rule ) = $line =~ /^([^:]+):\d+: misra-c2012-(\S+)$/;
        if ( !defined $rule ) {
            push @failed, $line;
            next;
        }
        $reported{$rule}++;
        push @undocumented, $line
            if !defined $deviation{$rule} || $file !~ /^(?:$deviation{$rule})$/;
    }
}
is( "@failed", '', 'cppcheck judges each file' );
cmp_ok( scalar keys %reported, '>', 5, 'cppcheck knows the rules' );
is( join( "\n", @undocumented ), '', 'each violation is a documented deviation' );
if ($all) {
    is( join( ' ', grep { !$reported{$_} } sort keys %deviation ), '', 'each deviation is needed' );
}

done_testing;
