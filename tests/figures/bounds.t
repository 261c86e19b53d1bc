#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# For each public function the most cycles that it takes on a Cortex-M0+ without wait
# states: the longest path through its instructions (bounds.pm), for objects as large as
# tests/figures/bounds/loops says.
#
# The emulator runs the programs that count instructions, and notes each instruction. No
# call of a function may take more cycles than its bound. The table shows how close the
# worst call came. `make bounds` has longer runs, too, and README=1 writes the table. Hooks of the application, and a panic, are not counted.
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use bounds;
use figures;
use thumb;

my $loops = 'tests/figures/bounds/loops';

# Names without the options that are a part of them.
sub public_functions {
    my %seen;
    return grep { /^reel_/ && !/^reel_(?:always|mpu|port|panic)/ && !/\./ && !/_built_with_/ && !$seen{$_}++ }
        bounds::names();
}

# Every instruction of a run, as addresses.
sub open_trace {
    my ($image) = @_;
    my ($board) = $image =~ m{^build/(\w+)};
    chomp( my $machine = `cat targets/$board/qemu` );
    open my $trace, '-|',
        "$machine -kernel $image -display none -monitor none -serial null"
        . ' -chardev null,id=console -semihosting-config enable=on,target=native,chardev=console'
        . ' -icount shift=10 -singlestep -d exec,nochain -D /dev/stderr 2>&1 </dev/null'
        or die "$machine: $!\n";
    return $trace;
}

# The most cycles of a call of each function, in this run.
sub observe {
    my ($image) = @_;
    my ( $code, $functions ) = thumb::disassemble($image);
    my %name;
    for my $function ( keys %$functions ) {
        $name{$_} = $function for @{ $functions->{$function} };
    }
    my ( %most, @calls, $before );
    my $trace = open_trace($image);
    while (<$trace>) {
        my ($address) = m{^Trace \d+: \S+ \[\w+/(\w+)/} or next;
        $address = hex $address;
        if ( defined $before ) {
            my ( $text, $after ) = @{ $code->{$before} }{qw(text after)};
            $calls[-1]{cycles} += bounds::cycles_of( $text, $address != $after ) if @calls;
            if ( $text =~ /^blx?\s/ && defined $name{$address} ) {
                push @calls, { name => $name{$address}, back => $after, cycles => 0,
                    is_outside => scalar( $text =~ /^blx/ || $name{$address} =~ /^reel_(?:panic|port_yield)$/ ) };
            }
            elsif ( @calls && $address == $calls[-1]{back} && $text =~ /^(?:bx|pop)\s/ ) {
                end_call( \@calls, \%most );
            }
            elsif ( $text =~ /^bx\s+r/ && @calls ) {    # a hook, and then the caller
                note_call( $calls[-1], \%most );
                $calls[-1]{is_hook} = 1;
            }
            elsif ( ( $name{$address} // '' ) =~ /_handler$/ ) {
                @calls = ();                            # an interrupt is no part of a call
            }
        }
        $before = $address;
    }
    return \%most;
}

sub note_call {
    my ( $call, $most ) = @_;
    my $name = $call->{name};
    $most->{$name} = $call->{cycles} if !$call->{is_hook} && ( $most->{$name} // 0 ) < $call->{cycles};
}

sub end_call {
    my ( $calls, $most ) = @_;
    my $call = pop @$calls;
    note_call( $call, $most );
    $calls->[-1]{cycles} += $call->{cycles} if @$calls && !$call->{is_outside} && !$call->{is_hook};
}

my ( %bounds, %observed );
for my $speed (qw(Os O2)) {
    my $folder = "build/microbit+primask+$speed";
    bounds::read_image( "$folder/cycles-icount.elf", bounds::read_loops($loops) );
    for my $name ( public_functions() ) {
        my $bound = eval { bounds::of($name) };
        ok( defined $bound, "$speed: $name has a bound" ) or diag($@);
        $bounds{$speed}{$name} = $bound->{$name} if defined $bound;
    }
    my %most;
    for my $program ( 'cycles', $ENV{BOUNDS} ? 'workloads' : () ) {
        my $found = observe("$folder/$program-icount.elf");
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
