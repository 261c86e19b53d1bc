#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Bytes of code per module (-Os), of each control block, of a linked program that
# uses an arena's main functions, and of stack per public function (stack.pm),
# against tests/figures/size/budget. An inline function has no stack of its own.
use strict;
use warnings;
use lib 'tests/figures', 'tests/tools';
use Test::More;
use figures;
use modules;
use stack;

my %cores = (
    m0      => [ 'microbit+primask', 'arm-none-eabi-' ],
    m3      => [ 'mps2-an385+llsc', 'arm-none-eabi-' ],
    rv32    => [ 'rv32imac',          'riscv64-unknown-elf-' ],
    'x86-64' => [ 'x86-64',           '' ],
);

# Code and constants; what the linker drops for debugging does not count.
sub text_of {
    my ( $tool, $object ) = @_;
    my $bytes = 0;
    for ( split /\n/, `${tool}size -A $object` ) {
        $bytes += $1 if /^\.(?:text|rodata)\S*\s+(\d+)/;
    }
    return $bytes;
}

# The stack's bytes; and, on the Cortex-M0, what is not among them.
sub stack_of {
    my ( $column, $folder ) = @_;
    my $functions = stack::read_graphs( map {"$folder/$_->{name}.ci"} modules::all() );
    my %depths    = stack::depths($functions);
    if ( $column eq 'm0' ) {
        my $by = stack::left_out($functions);
        for my $callee ( sort keys %$by ) {
            my $name = $callee eq '__indirect_call' ? "functions by pointer" : $callee;
            note("stack without the calls of $name, below: @{ $by->{$callee} }");
        }
    }
    return map { ( "stack:$_" => $depths{$_} ) } keys %depths;
}

my %measured;
for my $column ( keys %cores ) {
    my ( $core, $tool ) = @{ $cores{$column} };
    my $folder = "build/$core+Os/obj/src";
    my $row    = $measured{$column} = {};
    for my $module ( map { $_->{name} } modules::all() ) {
        $row->{"code:$module"} = text_of( $tool, "$folder/$module.o" );
    }
    $row->{'code:core'} = text_of( $tool, "build/$core+Os/core.o" );
    my %stack = stack_of( $column, $folder );
    @{$row}{ keys %stack } = values %stack;
    for ( split /\n/, `${tool}nm -S build/$core+Os/obj/tests/figures/size/sizes.o` ) {
        $row->{"block:$2"} = hex $1 if /^\w+ (\w+) \w size_of_(\w+)$/;
    }
}
$measured{m0}{"linked:$_"}
    = text_of( 'arm-none-eabi-', "build/microbit+primask+Os/$_.elf" )
    for qw(arena arena-blocks all-main);
my @tools = qw(arm-none-eabi-gcc riscv64-unknown-elf-gcc gcc);
figures::check( 'tests/figures/size/budget', \%measured, @tools );

# The rows of the list, with those of the modules' code before the whole.
my @modules = map { [ "code:$_->{name}", "code: $_->{size}" ] }
    grep { $_->{size} ne '-' } modules::all();
my @rows = map {
    my ( $name, $text ) = @$_;
    [ $text, figures::cells( \%measured, $name, qw(m0 m3 rv32 x86-64) ) ]
} map { $_->[0] eq 'code:core' ? ( @modules, $_ ) : $_ }
    readme::rows('tests/figures/size/readme');
figures::check_readme( 'size',
    readme::table( [qw(bytes Cortex-M0 Cortex-M3 rv32imac x86-64)], @rows ),
    'their objects at -Os', @tools );
my @few = map { [ $_->[1], figures::cells( \%measured, $_->[0], qw(m0 m3 rv32 x86-64) ) ] }
    readme::rows( 'tests/figures/size/readme', 'first' );
figures::check_readme( 'bytes',
    readme::table( [qw(bytes Cortex-M0 Cortex-M3 rv32imac x86-64)], @few ),
    'their objects at -Os', @tools );
done_testing();
