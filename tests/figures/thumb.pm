# SPDX-License-Identifier: MIT
package thumb;

# Which instructions of an image can be executed from a function's first on, and
# where interrupts are masked: found by following every branch, so literal pools
# and padding are left out.
use strict;
use warnings;

# Not part of what is examined: the application's, and the compiler's arithmetic.
our $outside = qr/^(?:reel_panic|reel_port_yield|__\w+)$/;

my $condition = qr/eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le/;

# Hash of address => { text, after (the address behind it) }, and hash of function
# name => addresses of its first instruction.
sub disassemble {
    my ($image) = @_;
    my ( %code, %functions, $previous );
    for (`arm-none-eabi-objdump -d --no-show-raw-insn $image`) {
        if (/^([0-9a-f]+) <([^>]+)>:/) {
            push @{ $functions{$2} }, hex $1;
        }
        elsif (/^\s*([0-9a-f]+):\t(\S+)\s*([^\@;]*)/) {
            my ( $address, $text ) = ( hex $1, "$2 $3" );
            $code{$address} = { text => $text };
            $code{$previous}{after} = $address if defined $previous;
            $previous = $address;
        }
    }
    return ( \%code, \%functions );
}

sub ends_function {
    my ($text) = @_;
    return $text =~ /^(?:bx\s+lr|udf)\b/
        || $text =~ /^(?:pop|ldmia\.w)\s.*\bpc\b/;
}

# Addresses that may be executed after it, and the function it calls, if any.
sub successors {
    my ( $code, $address ) = @_;
    my $instruction = $code->{$address};
    my ( $text, $after ) = @$instruction{qw(text after)};
    my ($target) = $text =~ /\b([0-9a-f]+) </;
    die "a table branch: $text\n" if $text =~ /^tb[bh]/;
    return ( [$after], hex $target ) if $text =~ /^bl\s/;
    return ( [ hex $target ] ) if $text =~ /^b(?:\.[nw])?\s/;
    return ( [ $after, hex $target ] )
        if $text =~ /^(?:b$condition(?:\.[nw])?|cbn?z)\s/;
    return ( ends_function($text) ? [] : [$after] );
}

# The function a place belongs to: the last one that begins at it or before.
sub function_at {
    my ( $starts, $address ) = @_;
    my ($start) = grep { $_ <= $address } sort { $b <=> $a } keys %$starts;
    return $start;
}

# Every instruction from the functions named on, down through what they call but
# for $outside. Returns function's address => list of addresses, and
# function's address => name.
sub reachable {
    my ( $code, $functions, @roots ) = @_;
    my %starts;
    for my $name ( keys %$functions ) {
        $starts{$_} = $name for @{ $functions->{$name} };
    }
    my ( %seen, %found );
    my @open = map { @{ $functions->{$_} || die "no $_\n" } } @roots;
    while ( defined( my $address = pop @open ) ) {
        my $function = function_at( \%starts, $address );
        next if $seen{$address}++ || $starts{$function} =~ $outside;
        push @{ $found{$function} }, $address;
        my ( $next, $call ) = successors( $code, $address );
        push @open, @$next, defined $call ? $call : ();
    }
    return ( \%found, \%starts );
}

# What is executed while interrupts are masked: from the instruction after CPSID
# to the MSR that unmasks, both included. Hash of address => 1.
sub masked {
    my ( $code, @addresses ) = @_;
    my %masked;
    my @open = map { $code->{$_}{after} }
        grep { $code->{$_}{text} =~ /^cpsid\s/ } @addresses;
    while ( defined( my $address = pop @open ) ) {
        next if $masked{$address}++;
        next if $code->{$address}{text} =~ /^msr\s+PRIMASK/;
        my ($next) = successors( $code, $address );
        push @open, @$next;
    }
    return \%masked;
}

# The most instructions on any path from one address to the MSR that unmasks.
sub longest_path {
    my ( $code, $address, $length ) = @_;
    die "a loop or a call under the mask\n"
        if $length > 100 || $code->{$address}{text} =~ /^blx?\s/;
    return $length if $code->{$address}{text} =~ /^msr\s+PRIMASK/;
    my ($next) = successors( $code, $address );
    my ($longest) = sort { $b <=> $a }
        map { longest_path( $code, $_, $length + 1 ) } @$next;
    return $longest;
}

# The most instructions, of these, for which interrupts are masked at a stretch.
sub longest_mask {
    my ( $code, @addresses ) = @_;
    my ($longest) = sort { $b <=> $a }
        map { longest_path( $code, $code->{$_}{after}, 1 ) }
        grep { $code->{$_}{text} =~ /^cpsid\s/ } @addresses;
    return $longest // 0;
}

1;
