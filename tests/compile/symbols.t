#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The core owns no memory, needs no libc and divides nothing: what it exports
# begins with reel_, what it needs is reel's hooks or the compiler's arithmetic, and
# it has no byte of .data or .bss. A static arena costs an image nothing but its control block.
use strict;
use warnings;
use Test::More;

# The hooks of reel/port.h and base.h. An inline mask leaves none of its own.
my $hook = qr/^reel_(?:panic|port_in_interrupt|port_yield|port_thread|port_gate_\w+)$/;

# Jump tables and products, which some CPUs lack. Nothing divides: a library's
# division is larger than most functions here.
my $arithmetic = qr/^(?:__aeabi_lmul|__gnu_thumb\w+|__mul[sd]i3)$/;

my %tools = (
    'microbit+primask' => 'arm-none-eabi',
    'mps2-an385+llsc'  => 'arm-none-eabi',
    'rv32imac'          => 'riscv64-unknown-elf',
    'x86-64'            => '',
);

for my $core ( sort keys %tools ) {
    my $prefix = $tools{$core} eq '' ? '' : "$tools{$core}-";
    for my $speed (qw(Os O2)) {
        my $object = "build/$core+$speed/core.o";
        my ( @foreign, @needs, $exports );
        for ( split /\n/, `${prefix}nm -g $object` ) {
            my ( $kind, $name ) = /(\w)\s+(\S+)$/ or next;
            if ( $kind eq 'U' ) {
                push @needs, $name
                    if $name !~ $hook && $name !~ $arithmetic;
            }
            else {
                $exports++;
                push @foreign, $name if $name !~ /^reel_/;
            }
        }
        ok( $exports, "$core -$speed exports something" );
        is( "@foreign", '', "$core -$speed exports reel_ names only" );
        is( "@needs",   '', "$core -$speed needs no libc and no division" );
        my $state = 0;
        for ( split /\n/, `${prefix}size -A $object` ) {
            $state += $1 if /^\.(?:s?data|s?bss|tdata|tbss|noinit)\S*\s+(\d+)/;
        }
        is( $state, 0, "$core -$speed has no .data and no .bss" );
    }
}

my ( $with, $without )
    = map { -s "build/mps2-an385+llsc+Os/$_/image.bin" } qw(with without);
my ($control) = map {hex}
    `arm-none-eabi-nm -S build/mps2-an385+llsc+Os/obj/tests/figures/size/sizes.o` =~ /^\w+ (\w+) \w size_of_arena$/m;
cmp_ok( $with - $without, '<=', $control + 4,
    'a static arena adds its control block to an image, not its memory' );
cmp_ok( $with, '>', $without, 'and the two images differ at all' );

done_testing();
