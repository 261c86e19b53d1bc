#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# For each public function the most cycles that it takes on a Cortex-M0+ without wait
# states: the longest path through its instructions (bounds.pm), for objects as large as
# tests/figures/bounds/loops says.
#
# The emulator runs the programs that count instructions, and notes each instruction. No
# call of a function may take more cycles than its bound. The table shows how close the
# worst call came. `make bounds` has -O2 and longer runs, too, and README=1 writes the table.
# Hooks of the application, and a panic, are not counted.
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use bounds;
use figures;
use observed;

my $loops = 'tests/figures/bounds/loops';

# Names without the options that are a part of them.
sub public_functions {
    my %seen;
    return grep { /^reel_/ && !/^reel_(?:always|mpu|port|panic)/ && !/\./ && !/_built_with_/ && !$seen{$_}++ }
        bounds::names();
}

my ( %bounds, %observed );
my @speeds = $ENV{BOUNDS} || $ENV{README} ? qw(Os O2) : 'Os';
for my $speed (@speeds) {
    my $folder = "build/microbit+primask+$speed";
    bounds::read_image( "$folder/cycles-icount.elf", bounds::read_loops($loops) );
    for my $name ( public_functions() ) {
        my $bound = eval { bounds::of($name) };
        ok( defined $bound, "$speed: $name has a bound" ) or diag($@);
        $bounds{$speed}{$name} = $bound->{$name} if defined $bound;
    }
    my %most;
    for my $run ( ['cycles-icount'], $ENV{BOUNDS} ? ( ['workloads-icount'], [ 'worst', 20 ] ) : () ) {
        my ( $program, @arguments ) = @$run;
        my $found = observed::most( "$folder/$program.elf", @arguments );
        for ( keys %$found ) {
            $most{$_} = $found->{$_} if ( $most{$_} // 0 ) < $found->{$_};
        }
    }
    for my $name ( sort keys %{ $bounds{$speed} } ) {
        my $most = $most{$name} or next;
        cmp_ok( $most, '<=', $bounds{$speed}{$name}, "$speed: $name: no call takes more than its bound" );
        $observed{$speed}{$name} = $most;
    }
    cmp_ok( scalar( keys %{ $observed{$speed} } ), '>=', 50, "$speed: calls of many functions were observed" );
}

my ($qemu) = `qemu-system-arm --version` =~ /version (\S+)/;
my @rows;
for my $name ( sort keys %{ $bounds{Os} } ) {
    my @cells = map {
        my ( $most, $bound ) = ( $observed{$_}{$name}, $bounds{$_}{$name} );
        ( $bound // '-', defined $most ? sprintf( '%d (%d %%)', $most, 100 * $most / $bound ) : '-' );
    } qw(Os O2);
    push @rows, [ "`$name`", @cells ];
}
# A bound moves with each change of the code, so `make bounds` alone judges the table.
figures::check_readme( 'bounds',
    readme::table( [ 'cycles', '-Os: bound', 'worst seen', '-O2: bound', 'worst seen' ], @rows ),
    "micro:bit, emulated by QEMU $qemu", 'arm-none-eabi-gcc' )
    if $ENV{BOUNDS} || $ENV{README};
done_testing();
