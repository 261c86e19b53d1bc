# SPDX-License-Identifier: MIT
package bounds;

# The most cycles that a function of an image takes on a Cortex-M0+ without wait states:
# the longest path through its instructions, and through what it calls. A loop counts as
# many rounds as the file `loops` says. What is the application's takes 0 cycles here:
# its hooks, and reel_panic.
use strict;
use warnings;
use thumb;

# ---- cycles of an instruction ------------------------------------------------------
#
# By the Cortex-M0+ technical reference manual, table 3-1, with the multiplier of one
# cycle. A branch that is taken fills the pipeline again.

sub registers_in {
    my ($text) = @_;
    my ($list) = $text =~ /\{(.*?)\}/ or return 0;
    my $count = 0;
    for ( split /,\s*/, $list ) {
        $count += /r(\d+)-r(\d+)/ ? $2 - $1 + 1 : 1;
    }
    return $count;
}

sub cycles_of {
    my ( $text, $is_taken ) = @_;
    my ($name) = $text =~ /^(\w+)/;
    my $count = registers_in($text);
    return 3 + $count if $name eq 'pop' && $text =~ /\bpc\b/;
    return 1 + $count if $name =~ /^(?:push|pop|ldm|stm)/;
    return 2          if $name =~ /^(?:ldr|str)/;
    return 3          if $name =~ /^(?:bl|mrs|msr|isb|dmb|dsb)$/;
    return 2          if $name =~ /^(?:b|bx|blx)$/;
    return $is_taken ? 2 : 1 if $name =~ /^b(?:eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)$/;
    return 2 if $text =~ /^(?:mov|add)\s+pc\b/;
    return 1;
}

# ---- one function --------------------------------------------------------------------

my ( $image, $code, $functions, %name_at, %loops, %bound, %open, %location );

sub read_image {
    ( $image, my $loops ) = @_;
    ( $code, $functions ) = thumb::disassemble($image);
    ( %name_at, %bound, %open, %location ) = ();
    for my $name ( grep { !/^\$/ } keys %$functions ) {
        $name_at{$_} = $name for @{ $functions->{$name} };
    }
    %loops = %$loops;
}

sub read_loops {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    my %read;
    while (<$in>) {
        my ( $name, $rounds, $why ) = split ' ', $_, 3;
        $read{$name} = $rounds if defined $why && !/^#/;
    }
    return \%read;
}

# For each address the functions that were inlined to there, the innermost first.
sub functions_at {
    my (@addresses) = @_;
    my @unknown = grep { !$location{$_} } @addresses;
    my $asked   = join ' ', map { sprintf '%x', $_ } @unknown;
    my $at;
    for ( @unknown ? split /\n/, `arm-none-eabi-addr2line -afi -e $image $asked` : () ) {
        if    (/^0x([0-9a-f]+)$/) { $at = $location{ hex $1 } = [] }
        elsif ( !/:\S+(?: \(discriminator \d+\))?$/ ) { push @$at, $_ }
    }
    return map { $location{$_} } @addresses;
}

# Where an instruction leads inside its function: [address, cycles] each, and what is
# called on the way, if anything. An address of 'return' leaves the function.
sub steps {
    my ( $start, $address ) = @_;
    my ( $text, $after ) = @{ $code->{$address} }{qw(text after)};
    return [ 'return', 0 ] if $text =~ /^\./;    # data, after a call that does not return
    my $cycles = cycles_of( $text, 0 );
    my ($target) = $text =~ /\b([0-9a-f]+) </;
    $target = hex $target if defined $target;
    return [ $after, $cycles, $target ] if $text =~ /^bl\s/;
    return [ $after, $cycles ] if $text =~ /^blx\s/;    # a hook
    return [ 'return', $cycles ] if $text =~ /^(?:bx\s|udf|bkpt)/ || thumb::ends_function($text);
    return map { leads( $start, $address, @$_ ) } [ $target, cycles_of( $text, 1 ) ]
        if $text =~ /^b(?:\.[nw])?\s/;
    if ( $text =~ /^b\w\w(?:\.[nw])?\s/ ) {
        return map { leads( $start, $address, @$_ ) } [ $after, $cycles ], [ $target, cycles_of( $text, 1 ) ];
    }
    return [ $after, $cycles ];
}

# A branch to the start of another function is a call that returns for this one.
sub leads {
    my ( $start, $address, $to, $cycles ) = @_;
    return $name_at{$to} && $to != $start ? [ 'return', $cycles, $to ] : [ $to, $cycles ];
}

sub bound_of {
    my ($start) = @_;
    my $name = $name_at{$start} // die sprintf "no function at %x\n", $start;
    return 0 if $name =~ /^(?:reel_panic|reel_port_yield|__aeabi_idiv0)$/;
    return $bound{$start} if defined $bound{$start};
    die "$name calls itself\n" if $open{$start};
    local $open{$start} = 1;
    my $graph = graph_from($start);
    my $extra = loop_costs( $graph, $start );
    return $bound{$start} = longest( $graph, $start, $extra ) + ( $extra->{'of two entries'} // 0 );
}

sub graph_from {
    my ($start) = @_;
    my ( %graph, @open );
    @open = ($start);
    while ( defined( my $address = pop @open ) ) {
        next if $address eq 'return' || $graph{$address};
        my @steps = steps( $start, $address );
        for (@steps) {
            my ( $to, $cycles, $called ) = @$_;
            $cycles += bound_of($called) if defined $called;
            push @{ $graph{$address} }, [ $to, $cycles ];
            push @open, $to;
        }
    }
    return \%graph;
}

# ---- loops ---------------------------------------------------------------------------

sub back_edges {
    my ( $graph, $start ) = @_;
    my ( %state, @edges );
    my @stack = ( [ $start, 0 ] );
    $state{$start} = 1;
    while (@stack) {
        my ( $address, $n ) = @{ $stack[-1] };
        my $edge = $graph->{$address}[$n];
        if ( !$edge ) {
            $state{$address} = 2;
            pop @stack;
            next;
        }
        $stack[-1][1]++;
        my $to = $edge->[0];
        next if $to eq 'return';
        if ( !$state{$to} ) {
            $state{$to} = 1;
            push @stack, [ $to, 0 ];
        }
        elsif ( $state{$to} == 1 ) { push @edges, [ $address, $to ] }
    }
    return @edges;
}

# What is in the loop of some edges back to its head.
sub body_of {
    my ( $graph, $head, @from ) = @_;
    my %before;
    for my $address ( keys %$graph ) {
        push @{ $before{ $_->[0] } }, $address for @{ $graph->{$address} };
    }
    my %body = ( $head => 1 );
    while ( defined( my $address = pop @from ) ) {
        next if $body{$address}++;
        push @from, @{ $before{$address} // [] };
    }
    return \%body;
}

# By the innermost function that all of the loop is in: the loop may end with what was
# inlined into it. A name may be stated without the module's.
sub rounds_of {
    my ( $body, @from ) = @_;
    my %count;
    for my $functions ( functions_at( keys %$body ) ) {
        $count{$_}++ for uniq_names(@$functions);
    }
    my ($inner) = functions_at( $from[0] );
    my @names = grep { $count{$_} == keys %$body } @$inner;
    for my $name (@names) {
        $name =~ s/\.(?:isra|part|constprop)\.\d+//g;
        my $rounds = $loops{$name} // $loops{ $name =~ s/^reel_[a-z]+_//r };
        return $rounds if defined $rounds;
    }
    die "no rounds are stated for a loop of " . join( ', in ', uniq_names(@names) ) . "\n";
}

sub uniq_names {
    my %seen;
    return grep { !$seen{$_}++ } @_;
}

# What each loop adds where it begins: all its rounds, each by its longest path. A path
# need not pass the beginning of a loop of two entries: what that adds is added whole, and
# with it the way out from there, after another way in.
sub loop_costs {
    my ( $graph, $start ) = @_;
    my %loop;
    push @{ $loop{ $_->[1] } }, $_->[0] for back_edges( $graph, $start );
    my %body = map { ( $_ => body_of( $graph, $_, @{ $loop{$_} } ) ) } keys %loop;
    my %extra;
    for my $head ( sort { keys %{ $body{$a} } <=> keys %{ $body{$b} } || $a <=> $b } keys %loop ) {
        my $rounds = rounds_of( $body{$head}, @{ $loop{$head} } );
        my $round  = longest( $graph, $head, \%extra, $body{$head} );
        if ( $body{$head}{$start} && $head != $start ) {
            $extra{'of two entries'} += $rounds * $round + longest( $graph, $head, \%extra );
        }
        else {
            $extra{$head} = $rounds * $round;
        }
    }
    return \%extra;
}

# The longest path: from the start of a function to where it returns, or of a loop once
# around, without the loop's own rounds.
sub longest {
    my ( $graph, $start, $extra, $body ) = @_;
    my %is_back = map { ( "@$_" => 1 ) } back_edges( $graph, $start );
    my %most;
    my $walk;
    no warnings 'recursion';
    $walk = sub {
        my ($address) = @_;
        return $most{$address} if defined $most{$address};
        my $most = -1e9;
        for ( @{ $graph->{$address} } ) {
            my ( $to, $cycles ) = @$_;
            my $rest
                = $body
                ? $to eq $start ? 0 : !$body->{$to} || $is_back{"$address $to"} ? -1e9 : $walk->($to)
                : $to eq 'return' ? 0 : $is_back{"$address $to"} ? -1e9 : $walk->($to);
            $most = $cycles + $rest if $cycles + $rest > $most;
        }
        return $most{$address} = $most + ( $extra->{$address} // 0 );
    };
    return $walk->($start);
}

# The bound of each function that is named so: name => cycles.
sub of {
    my (@names) = @_;
    return { map { ( $_ => bound_of( $functions->{$_}[0] ) ) } @names };
}

sub names { return sort keys %$functions }

1;
