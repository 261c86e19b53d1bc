#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Decides every goal of the proofs beside this file, and whether it is one of `goals`.
# By default those of the fast tier; all of them with PROVE=all, as in `make prove`.
#
#     PROVE=all NEW_GOALS=1 make prove       writes `goals` anew
#     PROVE=all ONLY=arena make prove        those of one file
#     PROOF='alloc.* 32'                     those whose file, name and CPU match
#     JOBS=4                                 so many goals at once; else as many as there are cores
#
# A line of `goals` is a file, a proof, a kind of CPU, a tier and a letter for each goal:
# which solver decided it (solve.pm). A goal that is not decided fails, and so does one that
# disappears, or a new one.
use strict;
use warnings;
use lib 'tests/proof', 'tests/tools';
use Test::More;
use solve;
use files;

my $folder = 'build/proof';
my $list   = 'tests/proof/goals';
my $is_all = ( $ENV{PROVE} // '' ) eq 'all';
my $pattern = length( $ENV{PROOF} // '' ) ? $ENV{PROOF} : '.';
my $only   = $is_all ? $ENV{ONLY} // '' : '';

sub read_list {
    open my $in, '<', $list or return {};
    my %goals;
    while (<$in>) {
        my ( $file, $proof, $cpu, $tier, $letters ) = split;
        $goals{"$file $proof $cpu"} = [ $tier, $letters ] if !/^#/;
    }
    return \%goals;
}

# The text of a goal: the statement that ends on that line of the file.
sub text_of_goal {
    my ( $file, $goal ) = @_;
    my ($line) = $goal =~ /^line (\d+)/ or return $goal;
    my @lines = ( split /\n/, text_of($file) )[ 0 .. $line - 1 ];
    my $text  = pop @lines;
    $text = pop(@lines) . " $text" while @lines && $text !~ /\b(?:[A-Z]{4,}|KNOW_\w+)\(/;
    return $text =~ s/[\s\\]+/ /gr =~ s/^ | $//gr;
}

sub seconds_used {
    my @times = times;
    return $times[2] + $times[3];
}

# Decides the goals of one proof. Returns results for the parent.
sub prove_one {
    my ( $file, $base, $name, $cpu, $known ) = @_;
    my $before = seconds_used();
    my $run    = ir::translate($name);
    my @known  = split //, $known;
    my @goals;    # kind, name, letter of the last time; then kind, name, answer, letter, seconds
    for my $kind (qw(duties wants)) {
        push @goals, map { [ $kind, $_, shift @known // '-' ] } solve::in_order( keys %{ $run->{$kind} } );
    }
    my $work = sub {
        my ( $kind, $goal, $was ) = @{ $_[0] };
        my $at = seconds_used();
        my @answer = $was eq 's' ? ( 'no answer', 's' )
            : solve::decide( $run->{$kind}{$goal}, $folder, $run->{given}, $kind eq 'wants', $was );
        return ( @answer, seconds_used() - $at );
    };
    my @answers = solve::in_parallel( $work, @goals );
    splice @{ $goals[$_] }, 2, 1, @{ $answers[$_] } for 0 .. $#goals;
    my @hard = grep { $_->[0] eq 'duties' && $_->[2] eq 'no answer' } @goals;
    if ( @hard && $run->{cases} ) {
        my $answer = solve::decide_by_cases( $name, $run->{cases}, $folder, map { $_->[1] } @hard );
        @$_[ 2, 3 ] = ( $answer, 's' ) for @hard;
    }
    my ( @results, $letters );
    for (@goals) {
        my ( $kind, $goal, $answer, $letter, $seconds ) = @$_;
        my $is_ok = $answer eq ( $kind eq 'wants' ? 'sat' : 'unsat' );
        my $text  = text_of_goal( $file, $goal );
        $letters .= $is_ok ? $letter : '-';
        push @results, [ $is_ok, "$base, $cpu: $name: $text"
                . ( $is_ok ? '' : ", $goal: $answer" ) . sprintf( ' (%.1f s)', $seconds ) ];
    }
    my $has_want = %{ $run->{wants} } > 0;
    push @results, [ 0, "$base, $cpu: $name: has a COVER" ] if !$has_want;
    return ( $letters, seconds_used() - $before, @results );
}

my $goals = read_list();
my ( %found, %seconds );

# What was found takes the place of what the list has.
sub write_list {
    my $now = read_list();
    my %all = ( ( map { ( $_ => $now->{$_}[1] ) } keys %$now ), %found );
    open my $out, '>', $list or die "$list: $!\n";
    print $out "# SPDX-License-Identifier: MIT\n# file, proof, CPU, tier, a letter for each goal (proof.t)\n";
    for my $key ( sort keys %all ) {
        my $tier = !defined $seconds{$key} ? $now->{$key}[0] : $key =~ /32$/ && $seconds{$key} < 0.8 ? 'fast' : 'all';
        print $out "$key $tier $all{$key}\n";
    }
}

sub is_chosen {
    my ($key) = @_;
    my $is_fast = $goals->{$key} && $goals->{$key}[0] eq 'fast';
    return ( $is_all || $is_fast ) && $key =~ /$pattern/;
}

sub prove_file {
    my ( $file, $cpu ) = @_;
    my ($base) = $file =~ m{([^/]+)\.c$};
    my $text = eval { solve::compile( $file, $cpu, sub { is_chosen("$base $_[0] $cpu") }, $folder ) };
    return fail("$base, $cpu: it compiles: $@") if !defined $text;
    for my $name ( ir::read_file( $text, solve::bits_of($cpu) ) ) {
        my $key   = "$base $name $cpu";
        my $known = $goals->{$key} ? $goals->{$key}[1] : '';
        my ( $letters, $seconds, @results ) = eval { prove_one( $file, $base, $name, $cpu, $known ) };
        if ( !defined $letters ) {
            chomp $@;
            fail("$base, $cpu: $name: it can be translated: $@");
            next;
        }
        ok( $_->[0], $_->[1] ) for @results;
        $found{$key}   = $letters;
        $seconds{$key} = $seconds;
        write_list() if $ENV{NEW_GOALS};
        note( sprintf '%.1f s of CPU', $seconds );
        is( length $letters, length $known, "$base, $cpu: $name: it has the goals that are on the list" )
            if !$ENV{NEW_GOALS};
    }
}

mkdir 'build';
mkdir $folder;
my %kinds = ( heap_bits => [ 32, 'm0', 64, 'rv' ], mpu7 => [32], mpu8 => [32] );
my @new;
for my $file ( grep { !/native/ } sort glob 'tests/proof/*.c' ) {
    my ($base) = $file =~ m{([^/]+)\.c$};
    next if index( $base, $only ) < 0;
    my @names = text_of($file) =~ /^PROOF\((\w+),/mg;
    for my $cpu ( @{ $kinds{$base} // [ 32, 64 ] } ) {
        push @new, grep { / (?:32|64)$/ && !$goals->{$_} } map {"$base $_ $cpu"} @names;    # m0 and rv have some of them
        next if !$is_all && !grep { /^$base .* $cpu$/ && is_chosen($_) } keys %$goals;
        prove_file( $file, $cpu );
    }
}
my @lost = grep { !defined $found{$_} && ( $is_all ? /^\Q$only\E/ : $goals->{$_}[0] eq 'fast' ) } sort keys %$goals;
is( "@new", '', 'each proof is on the list' ) if !$ENV{NEW_GOALS};
is( "@lost", '', 'no proof of the list is missing' ) if !$ENV{NEW_GOALS} && $pattern eq '.';
note( length( join '', values %found ), ' goals' );
done_testing();
