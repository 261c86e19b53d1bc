# SPDX-License-Identifier: MIT
package lists;

# All mutants, and two lists of them: `equivalent`, which no test can notice, and
# `killed`, with the program and the test that noticed.
use strict;
use warnings;
use lib 'tests/mutants', 'tests/tools';
use edits;
use files;
use operators;

# What is broken: the core, its headers, and the ports that a judge runs.
sub files {
    return glob('src/*.c src/*.h src/*/*.h include/reel/*.h include/reel/detail/*.h'),
        glob('port/*.[ch] port/host/*.[ch] port/cortex-m/*.[ch] port/mmu/*.[ch] port/riscv/*.[ch]');
}

sub mutants {
    return ( edits::all(), map { operators::of_file($_) } files() );
}

# Name -> reason. A line that begins with '# ' is the reason for the names below it.
sub equivalent {
    my ( %reason, $why );
    for ( split /\n/, text_of('tests/mutants/equivalent') ) {
        if    (/^# (.*)/) { $why = $1 }
        elsif (/\S/)      { $reason{$_} = $why }
    }
    return %reason;
}

# Each as { program, test, key }.
sub killed {
    return map {
        my ( $program, $test, $keys ) = split /\t/;
        map { { program => $program, test => $test, key => $_ } } split ' ', $keys;
    } split /\n/, text_of('tests/mutants/killed');
}

# From the same, each with what noticed it.
sub write_killed {
    my (@killed) = @_;
    my %keys;
    push @{ $keys{"$_->{program}\t$_->{test}"} }, $_->{key} for @killed;
    spill( 'tests/mutants/killed', join '', map { "$_\t" . join( q( ), sort @{ $keys{$_} } ) . "\n" } sort keys %keys );
}

1;
