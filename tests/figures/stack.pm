# SPDX-License-Identifier: MIT
package stack;

# How deep a function's stack gets, from the call graphs that gcc writes
# (-fcallgraph-info=su): its own frame, saved registers and all, and the deepest
# chain of functions that it calls by name, in whatever module of the core. It is
# an upper bound: a call at a function's end may leave no frame behind.
#
# What is not in it: functions that are called through a pointer (the page hooks,
# backing allocators), the hooks that an application replaces, and the compiler's
# arithmetic. left_out() tells who calls which.
use strict;
use warnings;

my $replaced = qr/^reel_(?:panic$|port_)/;

# Functions that call themselves once more, and then no further: a request for 0
# bytes is made again as one for 1 byte. Any other recursion is an error.
my %twice = map { ( $_ => 1 ) } qw(reel_region_alloc reel_span_alloc);

# Functions of all these files: name => { frame (bytes; undef: not in the core),
# is_dynamic, calls (names) }. A static function's name begins with its file's.
sub read_graphs {
    my %functions;
    for my $path (@_) {
        open my $in, '<', $path or die "$path: $!\n";
        while (<$in>) {
            if (/^node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \((\S+)\)/) {
                @{ $functions{$1} }{qw(frame is_dynamic)}
                    = ( $2, $3 eq 'dynamic' );
            }
            elsif (/^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/) {
                $functions{$1}{calls}{$2} = 1;
            }
        }
    }
    return \%functions;
}

sub is_left_out {
    my ( $functions, $name ) = @_;
    return $name =~ $replaced || !defined $functions->{$name}{frame};
}

# Goes down from a function. Returns its depth in bytes; fills in what is left
# out of it.
sub depth {
    my ( $functions, $name, $left_out, @above ) = @_;
    my $times = grep { $_ eq $name } @above;
    die "recursion: @above $name\n" if $times > 0 && !$twice{$name};
    return 0 if $times == 2;
    @above = ($name) if $times == 1;
    die "$name: a frame of no fixed size\n" if $functions->{$name}{is_dynamic};
    my $deepest = 0;
    for my $callee ( sort keys %{ $functions->{$name}{calls} } ) {
        if ( is_left_out( $functions, $callee ) ) {
            $left_out->{$callee} = 1;
            next;
        }
        my $depth = depth( $functions, $callee, $left_out, @above, $name );
        $deepest = $depth if $depth > $deepest;
    }
    return $functions->{$name}{frame} + $deepest;
}

sub public {
    my ($functions) = @_;
    return grep { /^reel_/ && !is_left_out( $functions, $_ ) } sort keys %$functions;
}

# Public function => bytes.
sub depths {
    my ($functions) = @_;
    return map { ( $_ => depth( $functions, $_, {} ) ) } public($functions);
}

# What is left out => the public functions below which it is called.
sub left_out {
    my ($functions) = @_;
    my %by;
    for my $name ( public($functions) ) {
        depth( $functions, $name, \my %out );
        push @{ $by{$_} }, $name for keys %out;
    }
    return \%by;
}

1;
