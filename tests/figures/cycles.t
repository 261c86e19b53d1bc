#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Exact instructions of each call on the emulated boards, call and return
# included, against tests/figures/cycles/budget. One instruction takes 1,024 ns.
#
# The figures named masked_ are the most instructions that an interrupt waits for a
# call, from the one after CPSID to the MSR that unmasks; there is a limit to them
# whatever the budget. The disassembly tells whether some path waits longer than any
# that was measured.
#
# Then the same for whole sequences of requests (cycles/workloads), against
# tests/figures/workloads/budget. What the C libraries' malloc takes for them is in
# tests/figures/workloads/peers; that file is a record and no aim, and good for the
# packages that it names.
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use figures;
use thumb;

my $most_masked = 12;

my @shared = qw(reel_blocks_alloc reel_blocks_free reel_arena_alloc_shared
    reel_temp_alloc_shared);

sub longest_mask_of {
    my ($image) = @_;
    my ( $code, $functions ) = thumb::disassemble($image);
    my ($found) = thumb::reachable( $code, $functions, @shared );
    return thumb::longest_mask( $code, map {@$_} values %$found );
}

sub check_masks {
    my ( $build, $figures ) = @_;
    my ($longest) = sort { $b <=> $a }
        map { $figures->{$_} } grep {/^masked_/} keys %$figures;
    cmp_ok( $longest, '<=', $most_masked, "$build: an interrupt waits for few instructions" );
    is( $longest > 0, $build =~ /primask/, "$build: they do if they are masked" );
    is( longest_mask_of("build/$build/cycles-icount.elf"),
        $longest, "$build: and on no path longer than was measured" );
}

sub column_of {
    my ($build) = @_;
    return $build =~ s/^mps2-an385/m3/r =~ s/^mps2-an505/m33/r
        =~ s/^microbit/m0/r =~ s/primask/mask/r;
}

# What a program prints, as figure => number.
sub run {
    my ( $build, $program ) = @_;
    my $image  = "build/$build/$program-icount.elf";
    my $output = `targets/common/emulate $image`;
    is( $?, 0, "$image runs" ) or diag($output);
    return map {split} split /\n/, $output;
}

# `make test` leaves two atomics of the Cortex-M3 to `make cycles`.
my @later = $ENV{CYCLES} || $ENV{NEW_BUDGET} ? qw(mps2-an385+native mps2-an385+primask) : ();
my %measured;
for my $build ( map { ( "$_+Os", "$_+O2" ) } qw(microbit+primask mps2-an385+llsc mps2-an505+llsc), @later )
{
    my $column = column_of($build);
    $measured{$column} = { run( $build, 'cycles' ) };
    check_masks( $build, $measured{$column} );
}
my $budget = 'tests/figures/cycles/budget';
my @judged = grep { @later || !/native|m3[+]mask/ } @{ ( figures::read_budget($budget) )[1] };
figures::check_columns( $budget, \@judged, \%measured, 'arm-none-eabi-gcc' );

my %workloads;
for my $build (
    map { ( "$_+Os", "$_+O2" ) }
    qw(microbit+primask mps2-an385+llsc mps2-an505+llsc)
    )
{
    $workloads{ column_of($build) } = { run( $build, 'workloads' ) };
}
figures::check( 'tests/figures/workloads/budget',
    \%workloads, 'arm-none-eabi-gcc' );

my @peers = qw(package:libnewlib-arm-none-eabi package:picolibc-arm-none-eabi);
my %peers;
for my $build (qw(microbit+Os mps2-an385+Os mps2-an505+Os)) {
    $peers{ column_of($build) } = {
        map { run( "$build/$_", 'workloads' ) } qw(newlib picolibc)
    };
}
figures::check( 'tests/figures/workloads/peers',
    \%peers, 'arm-none-eabi-gcc', @peers );

# ---- READMEs ----------------------------------------------------------------

my ($qemu) = `qemu-system-arm --version` =~ /version (\S+)/;
my $on = 'micro:bit (Cortex-M0), MPS2 AN385 (Cortex-M3) and AN505 (Cortex-M33), '
    . "emulated by QEMU $qemu";

sub check_calls {
    my @cores = map { [ "$_+Os", "$_+O2" ] } qw(m0+mask m3+llsc m33+llsc);
    my @rows  = map {
        my ( $name, $text ) = @$_;
        [ $text, figures::cells( \%measured, $name, @cores ) ]
    } readme::rows('tests/figures/cycles/readme');
    figures::check_readme( 'cycles',
        readme::table( [qw(call Cortex-M0 Cortex-M3 Cortex-M33)], @rows ),
        $on, 'arm-none-eabi-gcc' );
    my @few = map { [ $_->[1], figures::cells( \%measured, $_->[0], @cores ) ] }
        readme::rows( 'tests/figures/cycles/readme', 'first' );
    figures::check_readme( 'calls',
        readme::table( [qw(instructions Cortex-M0 Cortex-M3 Cortex-M33)], @few ),
        $on, 'arm-none-eabi-gcc' );
}

# A contestant's mean and worst, on one core.
sub workload_cells {
    my ( $figures, $who ) = @_;
    my @cells;
    for my $call ( map {"mixed_${who}_$_"} qw(alloc free) ) {
        push @cells, join ' / ', map { $figures->{"${call}_$_"} } qw(mean worst);
    }
    return @cells, map { $figures->{"${_}_${who}_each"} } qw(mixed frames);
}

sub check_workloads {
    my @heads = ( 'who', 'what a free does' );
    for my $core (qw(M0 M3)) {
        push @heads, map {"$core $_"} qw(alloc free mixed frames);
    }
    my @rows;
    for ( readme::rows('tests/figures/workloads/readme') ) {
        my ( $who, $text ) = @$_;
        my ($of) = grep { defined $_->{m3}{"mixed_${who}_each"} }
            { m0 => $peers{'m0+Os'}, m3 => $peers{'m3+Os'} },
            { m0 => $workloads{'m0+mask+Os'}, m3 => $workloads{'m3+llsc+Os'} };
        push @rows,
            [
            split( /\s*\|\s*/, $text ),
            map { workload_cells( $of->{$_}, $who ) } qw(m0 m3)
            ];
    }
    figures::check_readme( 'workloads', readme::table( \@heads, @rows ),
        $on, 'arm-none-eabi-gcc', @peers );
}

check_calls();
check_workloads();
done_testing();
