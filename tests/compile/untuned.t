#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What -O0 and -Og make of the core, and clang: neither a call of libc nor a warning,
# which make has turned into an error; and how long an interrupt waits for each of the
# compilers that reel/port.h names.
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use thumb;

my $hook = qr/^reel_(?:panic|port_\w+)$/;

# Builds without optimisation divide, and address a host's globals by a table.
my $arithmetic
    = qr/^(?:__aeabi_u?idiv(?:mod)?|__aeabi_lmul|__gnu_thumb\w+|_GLOBAL_OFFSET_TABLE_)$/;

for my $build (
    qw(microbit+primask+O0 microbit+primask+Og clang-m0+primask+O0 clang-m0+primask+Og
    clang-m0+primask+Os clang-m0+primask+O2 clang-x86-64+O0)
    )
{
    my ( %defined, %used );
    for ( split /\n/, `find build/$build/obj -name '*.o' | xargs nm` ) {
        my ( $kind, $name ) = /(\w)\s+(\S+)$/ or next;
        $kind eq 'U' ? $used{$name}++ : $defined{$name}++;
    }
    my @foreign = grep { !$defined{$_} && !/$hook/ && !/$arithmetic/ } sort keys %used;
    ok( scalar %defined, "$build: the core is there" );
    is( "@foreign", '', "$build: it needs no libc" );
}

# Instructions, as reel/port.h promises.
my %most = (
    'microbit+primask+Os' => 9,
    'microbit+primask+O2' => 9,
    'microbit+primask+Og' => 13,
    'clang-m0+primask+Os' => 12,
    'clang-m0+primask+O2' => 12,
    'clang-m0+primask+Og' => 13,
);
for my $build ( sort keys %most ) {
    my ($code) = thumb::disassemble("build/$build/core.elf");
    my $longest = thumb::longest_mask( $code, keys %$code );
    cmp_ok( $longest, '>', 0, "$build: interrupts are masked" );
    cmp_ok( $longest, '<=', $most{$build},
        "$build: for $most{$build} instructions at most" );
}
done_testing();
