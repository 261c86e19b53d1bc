#!/usr/bin/perl
# Exact instructions of each call on the emulated boards, call and return
# included, against tests/cycles/budget. One instruction takes 1,024 ns.
use strict;
use warnings;
use lib 'tests';
use Test::More;
use figures;

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
}
figures::check( 'tests/cycles/budget', \%measured, 'arm-none-eabi-gcc' );
done_testing();
