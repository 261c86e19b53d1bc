#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Recorded traces (README.md): the least buffer in which a heap serves each, against the
# budget `least`; and the instructions of its calls on boards, against `calls`. Without
# HEAP=1 in the environment the two small traces are replayed only. What other
# allocators need is in `peers` and `malloc`, which are records and no aims.
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use figures;

my @small = qw(ecdsa cjsonsmall);
my @all   = map {m{([^/]+)\.txt\.xz$}} glob 'tests/figures/traces/*.txt.xz';

# In a short run the budget of what was not measured is left alone.
sub check {
    my ( $file, $measured, @tools ) = @_;
    return figures::check( $file, $measured, @tools ) if $ENV{HEAP};
    my ( $for, $columns, $budget ) = figures::read_budget($file);
    my $with = join ', ', map { figures::version_of($_) } @tools;
SKIP: {
        skip "the budget is for $for, this is $with", 1 if $for ne $with;
        for my $column (@$columns) {
            my $of = $measured->{$column};
            my @bad = grep { figures::is_over( $of->{$_}, $budget->{$_}{$column} ) }
                sort keys %$of;
            is( "@bad", '', "$file: $column keeps its budget" )
                or diag( map {"$_ $of->{$_} of $budget->{$_}{$column}\n"} @bad );
        }
    }
}

sub run {
    my (@command) = @_;
    my $output = `@command`;
    is( $?, 0, "$command[-1]: $command[0] $command[1]" ) or diag($output);
    return map {split} split /\n/, $output;
}

# ---- the least buffer ----------------------------------------------------------------

my %least;
my @traces = ( map( {"build/traces/$_"} $ENV{HEAP} ? @all : @small ), qw(phases drift) );
for ( [ 32, 'qemu-arm', 'build/armhf+O2/traces' ], [ 64, 'build/gcc+O2/traces' ] ) {
    my ( $width, @program ) = @$_;
    $least{$width} = { run( @program, 'least', @traces ), run( @program, 'worst' ) };
}
my @hosts = qw(arm-linux-gnueabihf-gcc gcc);
check( 'tests/figures/traces/least', \%least, @hosts );

# ---- instructions ----------------------------------------------------------------------

sub calls {
    my ( $build, @names ) = @_;
    my %calls;
    for my $name (@names) {
        my %of = run( 'targets/common/emulate', "build/$build/traces-icount.elf",
            "build/traces/$name" );
        $calls{"${name}_$_"} = $of{$_} for keys %of;
    }
    return \%calls;
}

my ( %calls, %malloc );
for my $speed (qw(Os O2)) {
    $calls{"m0+$speed"} = calls( "microbit+primask+$speed", @small );
    $calls{"m3+$speed"}
        = calls( "mps2-an385+llsc+$speed", $ENV{HEAP} ? @all : @small );
}
check( 'tests/figures/traces/calls', \%calls, 'arm-none-eabi-gcc' );
if ( $ENV{HEAP} ) {
    # In 3 MiB newlib-nano does not serve cc1 twice.
    $malloc{$_} = calls( "mps2-an385+Os/$_", grep { $_ ne 'cc1' } @all )
        for qw(newlib picolibc);
    for my $who ( keys %malloc ) {
        $malloc{$who} = { map { ( s/_${who}_/_/r => $malloc{$who}{$_} ) }
                keys %{ $malloc{$who} } };
    }
    check( 'tests/figures/traces/malloc', \%malloc, 'arm-none-eabi-gcc',
        qw(package:libnewlib-arm-none-eabi package:picolibc-arm-none-eabi) );
}

# ---- tables ------------------------------------------------------------------------------

sub peers {
    my ( undef, undef, $peers ) = figures::read_budget('tests/figures/traces/peers');
    return $peers;
}

# The map has two bits for each granule, so larger granules make it smaller.
sub large_granules {
    my @few   = qw(cc1 sqlite phases drift);
    my $peers = peers();
    my %large = run( 'qemu-arm', 'build/armhf+O2/traces', 'least16',
        map { -e "build/traces/$_" ? "build/traces/$_" : $_ } @few );
    figures::check_readme( 'trace-granules',
        readme::table(
            [ 'trace, 32 bits', 'granules of 8 bytes', 'of 16', 'TLSF' ],
            map { [ $_, $least{32}{$_}, $large{$_}, $peers->{$_}{tlsf32} ] } @few ),
        'a host, and the same under qemu-arm', @hosts );
}

# The largest of a figure in all traces that a board replays.
sub most_of {
    my ( $calls, $what ) = @_;
    my ($most) = sort { $b <=> $a } map { /_${what}$/ ? $calls->{$_} : () } keys %$calls;
    return $most;
}

sub what_checks_take {
    my %bare = (
        'm3+O2' => calls( 'mps2-an385+llsc+O2+checks0', @all ),
        'm0+O2' => calls( 'microbit+primask+O2+checks0', @small ),
    );
    my @rows = map {
        my ( $text, $board, $what, $aim ) = @$_;
        [ $text, $aim, most_of( $bare{$board}, $what ), most_of( $calls{$board}, $what ) ]
    } (
        [ 'alloc, mean, Cortex-M3',  'm3+O2', 'heap_alloc_mean',  100 ],
        [ 'alloc, worst, Cortex-M3', 'm3+O2', 'heap_alloc_worst', 165 ],
        [ 'free, mean, Cortex-M3',   'm3+O2', 'heap_free_mean',   120 ],
        [ 'free, worst, Cortex-M3',  'm3+O2', 'heap_free_worst',  190 ],
        [ 'free, worst, Cortex-M0',  'm0+O2', 'heap_free_worst',  300 ],
    );
    figures::check_readme( 'trace-checks',
        readme::table( [ 'instructions', 'aim', 'REEL_CHECKS 0', 'REEL_CHECKS 1' ], @rows ),
        'micro:bit (Cortex-M0) and MPS2 AN385 (Cortex-M3), at -O2', 'arm-none-eabi-gcc' );
}

sub tables {
    my $peers = peers();
    my @rows = map {
        my $name = $_;
        my @others = map { $peers->{$name}{$_} // '-' } qw(tlsf32 o1heap32 tlsf64 o1heap64);
        [ $name, $least{32}{$name}, @others[ 0, 1 ], $least{64}{$name}, @others[ 2, 3 ] ]
    } @all, qw(phases drift Robson);
    figures::check_readme( 'traces',
        readme::table(
            [ 'trace', 'heap, 32 bits', 'TLSF', 'o1heap', 'heap, 64 bits', 'TLSF', 'o1heap' ],
            @rows ),
        'a host, and the same under qemu-arm', @hosts );
    large_granules();
    what_checks_take();
    my @cells = map {
        my $name = $_;
        [ $name,
            map { join ' / ', map { $_ // '-' } @$_ }
            map { my $call = $_;
                ( [ map { $calls{'m3+O2'}{"${name}_heap_${call}_$_"} } qw(mean worst) ],
                    [ map { $calls{'m3+O2'}{"${name}_cache_${call}_$_"} } qw(mean worst) ],
                    [ map { $malloc{newlib}{"${name}_${call}_$_"} } qw(mean worst) ],
                    [ map { $malloc{picolibc}{"${name}_${call}_$_"} } qw(mean worst) ] )
            } qw(alloc free) ]
    } @all;
    figures::check_readme( 'trace-calls',
        readme::table( [ 'trace', map { ( "heap $_", "with a cache", 'newlib-nano', 'picolibc' ) } qw(alloc free) ],
            @cells ),
        'MPS2 AN385 (Cortex-M3), heap at -O2', 'arm-none-eabi-gcc',
        qw(package:libnewlib-arm-none-eabi package:picolibc-arm-none-eabi) );
}

tables() if $ENV{HEAP};
done_testing();
