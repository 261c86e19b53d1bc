#!/usr/bin/perl
# Exact instructions of each call on the emulated boards, call and return
# included, against tests/cycles/budget. One instruction takes 1,024 ns.
#
# The figures named masked_ are the most instructions that an interrupt waits for a
# call, from the one after CPSID to the MSR that unmasks; there is a limit to them
# whatever the budget. The disassembly tells whether some path waits longer than any
# that was measured.
use strict;
use warnings;
use lib 'tests';
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
    cmp_ok( $longest, '<=', $most_masked, "$build: interrupts wait not long" );
    is( $longest > 0, $build =~ /primask/, "$build: they do if they are masked" );
    is( longest_mask_of("build/$build/cycles.elf"),
        $longest, "$build: and on no path longer than was measured" );
}

my %measured;
for my $build (
    map { ( "$_+Os", "$_+O2" ) }
    qw(microbit+primask mps2-an385+llsc mps2-an385+native mps2-an385+primask
    mps2-an505+llsc)
    )
{
    my ($machine) = $build =~ /^([^+]+)/;
    my $output
        = `timeout 60 qemu-system-arm -M $machine -kernel build/$build/cycles.elf -display none -monitor none -serial null -icount shift=10 -chardev stdio,id=console -semihosting-config enable=on,target=native,chardev=console </dev/null`;
    is( $?, 0, "$build runs" ) or diag($output);
    my $column = $build =~ s/^mps2-an385/m3/r =~ s/^mps2-an505/m33/r
        =~ s/^microbit/m0/r =~ s/primask/mask/r;
    $measured{$column} = { map {split} split /\n/, $output };
    check_masks( $build, $measured{$column} );
}
figures::check( 'tests/cycles/budget', \%measured, 'arm-none-eabi-gcc' );
done_testing();
