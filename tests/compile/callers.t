#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Who may call what: what a handler may call does not call what only a thread may. And a
# call waits if and only if its label says so. The labels come from the headers, the calls
# from gcc's call graph of the core, as it is compiled without optimisation
# (build/callers/*.ci). A call through a pointer is one of a page hook or a backing
# allocator: for threads only.
#
# A function that asks first whether it runs in a handler may go on to such a call. So
# may one that enters the gate, which asks, or that gives up if a helper does so and says
# no. That it asks first is seen in its text.
use strict;
use warnings;
use lib 'tests/compile', 'tests/tools';
use Test::More;
use files;
use headers;

my %is_asked = map { ( $_ => 1 ) } qw(reel_port_in_interrupt reel_gate_enter);

# The interface calls through a pointer: each allocator's own functions are judged. Any
# context may ask what a free is worth.
my %is_interface = map { ( $_ => 1 ) }
    qw(reel_allocate reel_reallocate reel_free reel_reclaim reel_allocator_frees);
my %is_free = ( reel_allocator_frees => 1 );    # it looks, and changes nothing

my %callers = headers::callers();
my %calls;    # function => functions that it calls; a static one begins with its file
for my $path ( glob 'build/callers/*.ci' ) {
    for ( split /\n/, text_of($path) ) {
        s/"[^"]*:(?=reel_)/"/g;    # the same name for an inline function everywhere
        $calls{$1}{$2} = 1 if /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/;
    }
}

# A bound allocator calls its registry through a pointer.
for ( grep {/:tell_registry$/} keys %calls ) {
    delete $calls{$_}{__indirect_call};
    $calls{$_}{reel_registry_tell} = 1;
}
ok( scalar keys %calls > 200, 'the call graph is there' );

sub plain_name { return $_[0] =~ s/.*://r }

# The text of each function of the core, by its name in the graph.
my %text;
for my $path ( glob('src/*.[ch] src/*/*.h include/reel/*.h include/reel/detail/*.h') ) {
    my ( $head, $name ) = ('');
    for my $line ( split /\n/, text_of($path) ) {
        if ( $line eq '{' ) {
            ($name) = $head =~ /(\w+)\(/;
        }
        elsif ( $line =~ /^\}/ || !defined $name && $line =~ /^(?:$|#|\/)/ ) {
            ( $head, $name ) = ('');
        }
        elsif ( defined $name ) {
            $text{ $name =~ /^reel_/ || $path =~ /h$/ ? $name : "$path:$name" } .= "$line\n";
        }
        else {
            $head .= $line =~ s/__attribute__\(.*?\)//r;
        }
    }
}

sub is_for_threads {
    my ($function) = @_;
    return $function eq '__indirect_call' || ( $callers{$function} // '' ) eq 'threads only';
}

# Does the function ask whether this is a handler before it calls on?
sub asks_before {
    my ( $function, $callee ) = @_;
    my @ask = map {qr/\b\Q$_\E\(/} grep { $is_asked{$_} } keys %{ $calls{$function} };
    push @ask, map {qr/!\Q$_\E\(/} map { plain_name($_) }
        grep { grep { $is_asked{$_} } keys %{ $calls{$_} } } keys %{ $calls{$function} };
    my $text = $text{$function} // $text{ plain_name($function) } // return 0;
    my $name = plain_name($callee);
    my $call = $callee eq '__indirect_call' ? qr/(?:->|\.)\w+\(|reel_(?:allocate|free|reclaim)\(/ : qr/\b$name\(/;
    my $called = $text =~ $call ? $-[0] : length $text;
    return grep { $text =~ $_ && $-[0] < $called } @ask;
}

# The calls that lead from a function to one for threads, which nothing asks about.
sub way_down {
    my ( $function, $seen ) = @_;
    return if $seen->{$function}++;
    for my $callee ( sort keys %{ $calls{$function} } ) {
        next if asks_before( $function, $callee ) || $is_asked{$callee}
            || $is_free{$callee};
        return ( $function, $callee ) if is_for_threads($callee);
        my @way = way_down( $callee, $seen );
        return ( $function, @way ) if @way;
    }
    return;
}

my @roots = sort grep { !is_for_threads($_) && !$is_interface{$_} && /^reel_/ } keys %callers;
push @roots, sort grep {/:(?:allocate|reallocate|give_back|frees)$/} keys %calls;
for my $function (@roots) {
    is( join( ' -> ', map { plain_name($_) } way_down( $function, {} ) ),
        '', plain_name($function) . ': a handler may call it' );
}
my @unknown = grep { !$calls{$_} && !$text{$_} && !/^reel_(?:port_|panic$)/ } @roots;
is( "@unknown", '', 'every function is in the graph or calls nothing' );

# Does a function wait? It does if it enters a gate, or calls a backing or a hook of
# pages. What binds an object, or ends bound blocks, waits for the registry: that is a
# default of reel/base.h.
sub way_to_wait {
    my ( $function, $seen ) = @_;
    return if $seen->{$function}++;
    for my $callee ( sort keys %{ $calls{$function} } ) {
        next if $is_free{$callee}
            || $callee =~ /^reel_registry_/ && $function !~ /^reel_registry_/;
        return ( $function, $callee )
            if $callee eq '__indirect_call' || $callee eq 'reel_gate_enter';
        my @way = way_to_wait( $callee, $seen );
        return ( $function, @way ) if @way;
    }
    return;
}

my %labels = headers::labels();
for my $function ( sort grep { $calls{$_} && !/^reel_port_/ && !$is_free{$_} } keys %labels ) {
    my @way  = map { plain_name($_) } way_to_wait( $function, {} );
    my $says = $labels{$function}{Waits} // 'never';
    ok( @way ? $says ne 'never' : $says eq 'never', "$function: it waits as its label says" )
        or diag( "Waits: $says; calls: " . join ' -> ', @way );
}
done_testing();
