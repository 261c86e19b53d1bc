# SPDX-License-Identifier: MIT
package solve;

# Compiles proofs to LLVM's text without memory, as far as that is possible, and has
# their goals decided.
use strict;
use warnings;
use POSIX ();
use files;
use ir;
use terms;

my %triple = (
    32 => 'thumbv7m-none-eabi',
    m0 => 'thumbv6m-none-eabi',
    64 => 'x86_64-linux-gnu',
    rv => 'riscv64-none-elf',
);
our $most_seconds = $ENV{T} // 60;    # that one attempt may take, of CPU
my $jobs = $ENV{JOBS} // qx(nproc);

sub bits_of { return $_[0] =~ /^(?:64|rv)$/ ? 64 : 32 }

our @options = (
    qw(-std=c11 -ffreestanding -O2 -I. -Iinclude -Isrc -Iport -Itests/proof -Ibuild/proof -w -ferror-limit=3),
    '-DREEL_ATOMICS=REEL_ATOMICS_CUSTOM',
    '-DREEL_ATOMICS_HEADER="atomic/none.h"'
);

# gcc's, for the same text.
sub options_of_gcc { return grep { !/^-ferror-limit|^-O/ } @options }

# What is undefined becomes a trap, and each trap a duty.
my @traps = map {"-fsanitize=$_"} qw(shift integer-divide-by-zero signed-integer-overflow unreachable bounds);

# Values take the place of local memory.
my $round  = 'always-inline,function(sroa,early-cse<memssa>,simplifycfg)';
my $passes = join ',', ($round) x 4, 'globaldce';

sub run {
    my (@command) = @_;
    system(@command) == 0 or die "failed: @command\n";
}

# Each function becomes one that is inlined, but for the proofs; those that are not chosen
# are left out. If proofs define cut_NAME, it is called in place of NAME: by what it
# promises, which another proof or the tests show.
sub inline_all {
    my ( $from, $to, $is_chosen ) = @_;
    my $cuts = join '|', text_of($from) =~ /^define .*\@cut_(\w+)\(/mg;
    open my $in,  '<', $from or die "$from: $!\n";
    open my $out, '>', $to   or die "$to: $!\n";
    my $is_left_out = 0;
    while (<$in>) {
        $is_left_out = !$is_chosen->($1) if /^define .*\@proof_(\w+)\(/;
        if ($is_left_out) {
            $is_left_out = !/^\}/;
            next;
        }
        s/\bnoinline\b//g;
        s/\@($cuts)\(/\@cut_$1(/g if $cuts && /^\s/;
        s/^(declare .*\@(?:proof_\w+|any_\w+)\(.*\)).*/$1 nounwind willreturn memory(inaccessiblemem: readwrite)/;
        s/\b(load|store) volatile /$1 /;
        if (/^attributes/) {
            s/\boptsize\b|\bminsize\b|\boptnone\b//g;
            s/\{/{ alwaysinline / if !/alwaysinline/;
        }
        if ( /^define / && !/\@proof_/ ) {
            s/\b(?:internal|linkonce_odr|available_externally|weak|linkonce) //;
            s/^define (?:dso_local )?/define internal /;
        }
        print $out $_;
    }
}

# Proofs name functions, not files: where/NAME is the file that defines it, once.
sub find_sources {
    my ($proofs) = @_;
    my @names = text_of($proofs) =~ m{^#include "where/(\w+)"}mg;
    my @sources = glob 'src/*.c port/*/*.c';
    my %text = map { ( $_ => text_of($_) ) } @sources;
    mkdir $_ for 'build', 'build/proof', 'build/proof/where';
    for my $name (@names) {
        my @files = grep { $text{$_} =~ /^[^\s#\/].*\b$name\)?\([^;{]*\)\n\{/m } @sources;
        die "$proofs: no function $name\n" if !@files;
        my $file = "build/proof/where/$name";
        open my $out, '>', "$file.$$" or die "$file: $!\n";
        print $out map { my $at = s/\W/_/gr; "#ifndef AT_$at\n#define AT_$at\n#include \"$_\"\n#endif\n" } $files[0];
        close $out;
        rename "$file.$$", $file;
    }
}

# The text of a file's proofs for one kind of CPU. $is_chosen->(name): is this one wanted?
# @more are options of clang.
sub compile {
    my ( $file, $cpu, $is_chosen, $folder, @more ) = @_;
    my $base = $file =~ s{.*/}{}r =~ s/\.c$//r;
    my $path = "$folder/$base-$cpu";
    find_sources($file);
    run( 'clang-19', "--target=$triple{$cpu}", @options, @more, @traps, '-fsanitize-trap=all',
        qw(-Xclang -disable-llvm-passes -S -emit-llvm -o), "$path.1.ll", $file );
    inline_all( "$path.1.ll", "$path.2.ll", $is_chosen );
    run( 'opt-19', '-S', "-passes=$passes", "$path.2.ll", '-o', "$path.ll" );
    return "$path.ll";
}

# ---- solvers -------------------------------------------------------------------
#
# Each is quick where another is not. A letter says which one decided a goal, a capital
# that it was asked the exact question, not the vaguer one (terms.pm); s: case by case. M is
# z3 that multiplies sums out.

my %solvers = ( z => 'z3', c => 'cvc5', b => 'boolector', m => 'z3' );
my $as_sums = '(check-sat-using (then (using-params simplify :som true) solve-eqs (using-params simplify :som true) smt))';
my @attempts = ( # letter, CPU seconds
    [ z => 1 ], [ M => 1 ], [ c => 1 ], [ b => 2 ], [ Z => 2 ], [ B => 4 ], [ C => 3 ], [ z => 10 ], [ c => 15 ], [ B => 20 ], [ Z => 30 ]
);

sub ask {
    my ( $letter, $seconds, $folder, @terms ) = @_;
    my $is_vague = $letter eq lc $letter;
    my $file = "$folder/goal-$$.smt2";
    open my $out, '>', $file or die "$file: $!\n";
    my $script = terms::script( $is_vague, @terms );
    $script =~ s/\(check-sat\)/$as_sums/ if lc $letter eq 'm';
    print $out $script;
    close $out;
    my ($answer) = `ulimit -t $seconds; $solvers{lc $letter} $file 2>/dev/null`;
    chomp( $answer //= 'no answer' );
    unlink $file;
    return $answer =~ /^unsat$/ || $answer =~ /^sat$/ && !$is_vague ? $answer : undef;
}

# Is the term true for some inputs (sat)? Else it is false for all of them (unsat).
# Returns that, and the letter of who says so. The solver of the last time, $known, is asked
# first and may take $seconds_known, or as long as any.
sub decide {
    my ( $term, $folder, $given, $is_wanted, $known, $seconds_known ) = @_;
    return ( 'unsat', '-' ) if terms::is_false($term);
    my @all = ( $term, @$given );
    my $has_vague = terms::has_vague(@all);
    my @open = grep { $_->[1] <= $most_seconds && ( $_->[0] =~ /[A-Z]/ || $has_vague && !$is_wanted ) } @attempts;
    unshift @open, [ $known => $seconds_known // $most_seconds ] if ( $known // q(-) ) !~ /[-?]/;
    for (@open) {
        my ( $letter, $seconds ) = @$_;
        my $answer = ask( $letter, $seconds, $folder, @all );
        return ( $answer, $letter ) if defined $answer;
    }
    return ( 'no answer', '?' );
}

# Names of goals in the order of their lines; what has none comes first.
sub in_order {
    my %line = map { ( $_ => /^line (\d+)/ ? $1 : 0 ) } @_;
    return sort { $line{$a} <=> $line{$b} || $a cmp $b } @_;
}

# What the work returns for each item, a list of words, from several processes at once.
# Each takes the next number of an item when it is done with the last.
sub in_parallel {
    my ( $work, @items ) = @_;
    die "more items than a pipe holds\n" if @items > 16_000;
    pipe( my $next, my $numbers ) or die "pipe: $!\n";
    syswrite $numbers, join '', map { pack 'N', $_ } 0 .. $#items;
    close $numbers;
    my ( @pipes, @results );
    for ( 1 .. $jobs ) {
        my $pid = open( my $pipe, '-|' ) // die "fork: $!\n";
        if ( $pid == 0 ) {
            eval {
                while ( sysread $next, my $number, 4 ) {
                    my $i = unpack 'N', $number;
                    print join( "\t", $i, $work->( $items[$i] ) ), "\n";
                }
                close STDOUT;
            } or print STDERR $@;
            POSIX::_exit(0);
        }
        push @pipes, $pipe;
    }
    for my $pipe (@pipes) {
        while (<$pipe>) {
            chomp;
            my ( $i, @words ) = split /\t/;
            $results[$i] = \@words;
        }
    }
    die "a process ended early\n" if grep { !defined $results[$_] } 0 .. $#items;
    return @results;
}

# The same of goals of one proof, for each number that any_case() may be. Not one of them
# is true for any inputs if this is unsat.
sub decide_by_cases {
    my ( $name, $cases, $folder, @goals ) = @_;
    my $letter;
    my $work = sub {
        my ($case) = @_;
        my $run = ir::translate( $name, $case );
        my $any = terms::or_( map { $run->{duties}{$_} // () } @goals );
        ( my $answer, $letter ) = decide( $any, $folder, $run->{given}, 0, $letter, 10 );
        return $answer eq 'unsat' ? $answer : "$answer in case $case";
    };
    my @answers = map { $_->[0] } in_parallel( $work, $cases->[0] .. $cases->[1] );
    my ($wrong) = grep { $_ ne 'unsat' } @answers;
    return $wrong // 'unsat';
}

# The same within so many seconds, by the exact question only; undef: not decided.
sub refute {
    my ( $term, $folder, $given, $seconds ) = @_;
    return 'unsat' if terms::is_false($term);
    for my $letter (qw(Z B)) {
        my $answer = ask( $letter, $seconds, $folder, $term, @$given );
        return $answer if defined $answer;
    }
    return;
}

1;
