#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What each call of random workloads takes (calls.c): the least, the mean, the 99.9th
# percentile and the most. On a Cortex-M0+ without wait states in cycles, by the costs of
# tests/figures/bounds.pm; on a Cortex-M3 in instructions. The most must be within
# tests/figures/worst/budget and, in cycles, within the bound of the function.
#
# `make test` has the first 10,000 calls of each function on one board. `make worst` has CALLS on
# all of WORST, and on this host, whose times are not judged. README=1 writes the tables.
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use bounds;
use figures;
use observed;
use thumb;

my $full   = 1_000_000;
my $calls  = $ENV{CALLS} // 10_000;
my @builds = split ' ', $ENV{WORST} || 'microbit+primask+Os';
my $budget = 'tests/figures/worst/budget';

# Functions of more than one workload.
my %of_workload = (
    'region_cache reel_region_alloc'       => ', with a cache of pages',
    'frees_blocks reel_rewindable_alloc'   => ', with `frees_blocks`',
    'frees_blocks reel_rewindable_rewind'  => ', with `frees_blocks`',
);

sub column_of {
    my ($build) = @_;
    return $build =~ s/^mps2-an385/m3/r =~ s/^microbit/m0/r =~ s/primask/mask/r;
}

# ---- a board ---------------------------------------------------------------------------

sub is_in_cycles { return $_[0] =~ /^microbit/ }

# Calls through a register are hooks, like reel_panic the application's.
sub kind_of {
    my ($text) = @_;
    return 1 if $text =~ /^blx\s+r/ || $text =~ /^bl\s.*<reel_(?:panic|port_yield)>/;
    return $text =~ /^bx\s+r/ ? 2 : 0;
}

# The file of costs that meter.c reads.
sub write_costs {
    my ( $build, $image, $file ) = @_;
    my ($code) = thumb::disassemble($image);
    my %symbol = map { my @word = split; ( $word[2] => hex $word[0] ) } `arm-none-eabi-nm $image`;
    open my $out, '>', $file or die "$file: $!\n";
    print $out "@symbol{qw(next_workload measured_call measured_end random_below next_workload)}\n";
    for my $address ( sort { $a <=> $b } keys %$code ) {
        my ( $text, $after ) = @{ $code->{$address} }{qw(text after)};
        next if $text !~ /^\w/;    # data
        my @costs = is_in_cycles($build) ? map { bounds::cycles_of( $text, $_ ) } 0, 1 : ( 1, 1 );
        print $out join( ' ', $address, $after // $address + 2, @costs, kind_of($text) ), "\n";
    }
    close $out or die "$file: $!\n";
}

# {"workload function"} = { address, calls, least, mean, p999, most }.
sub run_board {
    my ( $build, $calls ) = @_;
    my $image   = "build/$build/worst.elf";
    my $files   = "build/worst/$build";
    write_costs( $build, $image, "$files.costs" );
    local $ENV{PLUGIN} = "build/worst/meter.so,costs=$files.costs,out=$files.figures";
    chomp( my @names = `targets/common/emulate $image $calls` );
    is( $?, 0, "$image runs" ) or diag("@names");
    open my $in, '<', "$files.figures" or die "$files.figures: $!\n";
    my %found;
    while (<$in>) {
        @{ $found{ shift @names } }{qw(address calls least mean p999 most)} = split;
    }
    is( scalar @names, 0, "$build: each function of the workloads was measured" );
    return \%found;
}

# Address => name.
sub functions_of {
    my ($image) = @_;
    my ( undef, $functions ) = thumb::disassemble($image);
    return map {
        my $name = $_;
        map { ( $_ => $name ) } @{ $functions->{$name} }
    } grep { !/^\$/ } keys %$functions;
}

# A few calls, of which the emulator notes each instruction (observed.pm): that sees the
# same worst calls. It also sees those that the workloads do not measure.
sub check_meter {
    my ($build) = @_;
    my $image   = "build/$build/worst.elf";
    my %name    = functions_of($image);
    my $metered = run_board( $build, 20 );
    my $noted   = observed::most( $image, 20 );
    my %most;
    for ( values %$metered ) {
        my $name = $name{ $_->{address} };
        $most{$name} = $_->{most} if ( $most{$name} // 0 ) < $_->{most};
    }
    my @more = grep { $most{$_} > $noted->{$_} } sort keys %most;
    is( "@more", '', "$build: no call was measured that the emulator did not note" );
    my @same = grep { $most{$_} == $noted->{$_} } keys %most;
    cmp_ok( @same / keys %most, '>', 0.8, "$build: measured as noted, to the cycle" );
}

sub add_bounds {
    my ( $build, $found ) = @_;
    my $image = "build/$build/worst.elf";
    my %name  = functions_of($image);
    bounds::read_image( $image, bounds::read_loops('tests/figures/bounds/loops') );
    for my $name ( sort keys %$found ) {
        my $of = $name{ $found->{$name}{address} };
        $found->{$name}{bound} = eval { bounds::of($of)->{$of} } // 0;
        cmp_ok( $found->{$name}{most}, '<=', $found->{$name}{bound}, "$build: $name keeps its bound" )
            or diag($@);
    }
}

# ---- what is judged --------------------------------------------------------------------

sub check_sample {
    my ($measured) = @_;
    my ( $for, undef, $most ) = figures::read_budget($budget);
    my $with = figures::version_of('arm-none-eabi-gcc');
    for my $column ( sort keys %$measured ) {
        for my $name ( sort keys %{ $measured->{$column} } ) {
        SKIP: {
                skip "the budget is for $for, this is $with", 1 if $for ne $with;
                cmp_ok( $measured->{$column}{$name}, '<=', $most->{$name}{$column} // -1,
                    "$column: $name keeps its budget" );
            }
        }
    }
}

my ( %found, %measured );
for my $build (@builds) {
    my $figures = $found{$build} = run_board( $build, $calls );
    my ($least) = sort { $a <=> $b } map { $_->{calls} } values %$figures;
    cmp_ok( $least, '>=', $calls, "$build: each function was called so often" );
    add_bounds( $build, $figures ) if is_in_cycles($build);
    $measured{ column_of($build) } = { map { ( s/ /./r => $figures->{$_}{most} ) } keys %$figures };
}
check_meter( $builds[0] ) if $ENV{WORST};
if ( $calls == $full && @builds > 1 ) {
    figures::check( $budget, \%measured, 'arm-none-eabi-gcc' );
}
else { check_sample( \%measured ) }

# ---- tables ----------------------------------------------------------------------------

sub text_of {
    my ($key) = @_;
    my ($function) = $key =~ /(\w+)$/;
    return '`' . $function =~ s/_to$//r . '`' . ( $of_workload{$key} // '' );
}

sub board_cells {
    my ( $build, $figures ) = @_;
    my @cells = join ' / ', @{$figures}{qw(least mean p999 most)};
    push @cells, sprintf '%d (%d %%)', $figures->{bound}, 100 * $figures->{most} / $figures->{bound}
        if is_in_cycles($build);
    return @cells;
}

sub check_boards {
    my @keys = @_;
    my ($qemu) = `qemu-system-arm --version` =~ /version (\S+)/;
    my @rows = map {
        my $key = $_;
        [ text_of($key), map { board_cells( $_, $found{$_}{$key} ) } @builds ]
    } @keys;
    figures::check_readme( 'worst',
        readme::table(
            [ 'call', 'M0+ -Os, cycles', 'bound', 'M0+ -O2, cycles', 'bound', 'M3 -O2, instructions' ], @rows ),
        "micro:bit and MPS2 AN385, emulated by QEMU $qemu", 'arm-none-eabi-gcc' );
}

# ---- this host -------------------------------------------------------------------------

sub run_host {
    my @with  = @_;
    my @lines = `build/gcc+cores2+O2/worst $calls @with`;
    is( $?, 0, "the workloads run on this host @with" );
    return map { chomp; my @cell = split /\|/; ( "$cell[0] $cell[1]" => [ @cell[ 3 .. 6 ] ] ) } @lines;
}

sub in_ns { return $_[0] < 1e6 ? sprintf '%.0f', $_[0] : sprintf '%.0f ms', $_[0] / 1e6 }

sub time_cell {
    my ( $least, $mean, $p999, $most ) = @{ $_[0] };
    return join ' / ', in_ns($least), sprintf( '%.1f', $mean ), in_ns($p999), in_ns($most);
}

sub note_host {
    my @keys = ( 'nothing nothing', @_ );
    my %warm = run_host();
    my %cold = run_host('cold');
    my @rows = map { [ text_of($_), time_cell( $warm{$_} ), time_cell( $cold{$_} ) ] } @keys;
    $rows[0][0] = 'a function that does nothing';
    my $table = readme::table( [ 'call', 'warm, ns', 'cold, ns' ], @rows );
    note($table);
    chomp( my $version = `gcc -dumpfullversion` );
    readme::store( 'worst-host', $table, "gcc $version -O2", readme::machine() ) if $ENV{README};
}

if ( $ENV{WORST} ) {
    my @keys = sort keys %{ $found{ $builds[0] } };
    check_boards(@keys) if $calls == $full && @builds > 1;
    note_host(@keys);
}
done_testing();
