#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The translation against compiled code. A solver chooses inputs that reach each COVER,
# several times with some bits fixed by chance, and says what every OBSERVE is then. gcc's
# build of the same proof, for this host and for 32-bit Arm, must say the same for these
# inputs: all assumptions and assertions are true, the COVER is reached, each value equal.
use strict;
use warnings;
use lib 'tests/proof', 'tests/tools';
use Test::More;
use Math::BigInt;
use solve;

my $is_all = ( $ENV{PROVE} // '' ) eq 'all';
my $rounds = $is_all ? 6 : 1;
my $folder = 'build/proof/agree';
mkdir $_ for 'build', 'build/proof', $folder;
srand 1;

my %compiler = ( 64 => [qw(gcc -static)], 32 => [qw(arm-linux-gnueabihf-gcc -static)] );
my %runner   = ( 64 => '',      32 => 'qemu-arm ' );

sub build {
    my ( $file, $base, $cpu, @names ) = @_;
    my $program = "$folder/$base-$cpu.program";
    solve::run( @{ $compiler{$cpu} }, solve::options_of_gcc(), '-O2', '-Wl,--unresolved-symbols=ignore-all',
        '-DTHE_PROOFS=' . join( ' ', map {"THIS($_)"} @names ), '-o', $program, $file, 'tests/proof/native.c' );
    return $program;
}

# Bits of an input that are fixed by chance.
sub by_chance {
    my ($run) = @_;
    my $input = $run->{inputs}[ rand @{ $run->{inputs} } ];
    my $low   = int rand terms::width_of($input) - 3;
    return terms::related( '=', terms::bits( $input, $low + 2, $low ), terms::constant( 3, int rand 8 ) );
}

sub number_of {
    my ($text) = @_;
    no warnings 'portable';
    return $text eq 'true' ? 1 : $text =~ s/^#x// ? hex $text : $text =~ s/^#b// ? oct "0b$text" : 0;
}

# Values of the names for which all terms are true, or nothing.
sub values_for {
    my ( $named, @all ) = @_;
    my $file = "$folder/question.smt2";
    open my $out, '>', $file or die "$file: $!\n";
    print $out "(set-option :produce-models true)\n", terms::question( 0, $named, @all ),
        map {"(get-value ($_))\n"} sort keys %$named;
    close $out;
    my ( $answer, @lines ) = `ulimit -t 10; z3 $file 2>/dev/null`;
    return if !defined $answer || $answer !~ /^sat/;
    my %value;
    for (@lines) {
        my ( $name, $text ) = /^\(\((\w+) (\S+?)\)\)/ or next;
        $value{$name} = number_of($text);
    }
    return \%value;
}

sub compare {
    my ( $run, $program, $goal, $by_chance ) = @_;
    my %named;
    my ( $i, $o ) = ( 0, 0 );
    $named{ sprintf 'i%03d', $i++ } = $_ for @{ $run->{inputs} };
    for ( @{ $run->{observed} } ) {
        $named{ sprintf 'p%03d', $o } = $_->[0];
        $named{ sprintf 'o%03d', $o++ } = $_->[1];
    }
    my $value = values_for( \%named, $run->{wants}{$goal}, $by_chance ) or return;
    my @expected = map { "sees " . $value->{ sprintf 'o%03d', $_ } } grep { $value->{ sprintf 'p%03d', $_ } } 0 .. $o - 1;
    my @inputs = map { $value->{ sprintf 'i%03d', $_ } } 0 .. $i - 1;
    my @lines = split /\n/, `$program @inputs`;
    my ($line) = $goal =~ /line (\d+)/;
    my $wrong = ( grep { $_ eq "covers $line" } @lines ) ? '' : "$goal is not reached; ";
    my @seen = grep {/^sees/} @lines;
    $wrong .= "it sees @seen, not @expected" if "@seen" ne "@expected";
    $wrong .= " $_" for grep {/false/} @lines;
    return $wrong eq '' ? '' : "$wrong (inputs @inputs)";
}

# What is computed of constants, which come as numbers and as texts.
sub folds {
    my ( $width, $op, $x, $y ) = @_;
    my $term = terms::binary( $op, terms::constant( $width, "$x" ), terms::constant( $width, "$y" ) );
    my ($seen) = terms::name_of($term) =~ /^\(_ bv(\d+) /;
    my ( $a, $b ) = map { Math::BigInt->new($_) } $x, $y;
    my %expected = (
        bvand => sub { $a->band($b) }, bvor  => sub { $a->bior($b) }, bvxor => sub { $a->bxor($b) },
        bvadd => sub { $a->badd($b) }, bvsub => sub { $a->bsub($b) },
    );
    my $expected = $expected{$op}->()->bmod( Math::BigInt->new(2)->bpow($width) );
    return defined $seen && $expected->bcmp($seen) == 0;
}

sub has_memory { return !!grep { terms::width_of($_) == 0 } terms::cone( 0, values %{ $_[0]{wants} } ) }

for my $width ( 32, 64 ) {
    my @wrong;
    for ( 1 .. 200 ) {
        my ( $x, $y ) = map { int rand 2**( 1 + rand 32 ) } 1, 2;
        push @wrong, map {"$_ $x $y"} grep { !folds( $width, $_, $x, $y ) } qw(bvand bvor bvxor bvadd bvsub);
    }
    ok( !@wrong, "$width bits: constants are computed as a solver would" ) or diag("@wrong[ 0 .. ( $#wrong > 4 ? 4 : $#wrong ) ]");
}

for my $file ( grep { !/native/ } sort glob 'tests/proof/*.c' ) {
    my ($base) = $file =~ m{([^/]+)\.c$};
    next if $base =~ /^(?:mpu\d|pmp|heap_bits|heap_alloc)$/ || index( $base, $ENV{ONLY} // '' ) < 0;
    next if !$is_all && $base !~ /^(?:arena|bits|chunk)$/;
    for my $cpu ( 32, 64 ) {
        my $text = solve::compile( $file, $cpu, sub { 1 }, $folder );
        my @names = ir::read_file( $text, $cpu );
        @names = @names[ grep { $_ % 12 == 0 } 0 .. $#names ] if !$is_all;
        my $program = $runner{$cpu} . build( $file, $base, $cpu, @names );
        for my $name (@names) {
            my $run = ir::translate($name);
            next if !@{ $run->{observed} } || has_memory($run);
            my ( $count, @wrong ) = (0);
            for my $goal ( sort keys %{ $run->{wants} } ) {
                for ( 1 .. $rounds ) {
                    my $wrong = compare( $run, "$program $name", $goal, $_ == 1 ? terms::truth(1) : by_chance($run) );
                    $count += defined $wrong;
                    push @wrong, $wrong if ( $wrong // '' ) ne '';
                }
            }
            ok( $count > 0 && !@wrong, "$base, $cpu: $name: agrees on $count inputs" ) or diag( join "\n", @wrong );
        }
    }
}
done_testing();
