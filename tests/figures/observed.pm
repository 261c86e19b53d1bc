# SPDX-License-Identifier: MIT
package observed;

# The most cycles of a call of each function of an image, in a run of it on the emulator,
# which notes each instruction.
use strict;
use warnings;
use bounds;
use thumb;

# Every instruction of a run, as addresses.
sub open_trace {
    my ( $image, @arguments ) = @_;
    my ($board) = $image =~ m{^build/(\w+)};
    chomp( my $machine = `cat targets/$board/qemu` );
    my $arguments = join '', map {",arg=$_"} $image =~ m{([^/]+)$}, @arguments;
    open my $trace, '-|',
        "$machine -kernel $image -display none -monitor none -serial null"
        . ' -chardev null,id=console -semihosting-config enable=on,target=native,chardev=console' . $arguments
        . ' -icount shift=10 -singlestep -d exec,nochain -D /dev/stderr 2>&1 </dev/null'
        or die "$machine: $!\n";
    return $trace;
}

# The most cycles of a call of each function, in this run.
sub most {
    my ( $image, @arguments ) = @_;
    my ( $code, $functions ) = thumb::disassemble($image);
    my %name;
    for my $function ( keys %$functions ) {
        $name{$_} = $function for @{ $functions->{$function} };
    }
    my ( %most, @calls, $before );
    my $trace = open_trace( $image, @arguments );
    while (<$trace>) {
        my ($address) = m{^Trace \d+: \S+ \[\w+/(\w+)/} or next;
        $address = hex $address;
        next if defined $before && $address == $before;    # noted before an interval of time ended
        if ( defined $before ) {
            my ( $text, $after ) = @{ $code->{$before} }{qw(text after)};
            $calls[-1]{cycles} += bounds::cycles_of( $text, $address != $after ) if @calls;
            if ( $text =~ /^blx?\s/ && defined $name{$address} ) {
                push @calls, { name => $name{$address}, back => $after, cycles => 0,
                    is_outside => scalar( $text =~ /^blx/ || $name{$address} =~ /^reel_(?:panic|port_yield)$/ ) };
            }
            elsif ( @calls && $address == $calls[-1]{back} && $text =~ /^(?:bx|pop)\s/ ) {
                end_call( \@calls, \%most );
            }
            elsif ( $text =~ /^bx\s+r/ && @calls ) {    # a hook, and then the caller
                note_call( $calls[-1], \%most );
                $calls[-1]{is_hook} = 1;
            }
            elsif ( ( $name{$address} // '' ) =~ /_handler$/ ) {
                @calls = ();                            # an interrupt is no part of a call
            }
        }
        $before = $address;
    }
    return \%most;
}

sub note_call {
    my ( $call, $most ) = @_;
    my $name = $call->{name};
    $most->{$name} = $call->{cycles} if !$call->{is_hook} && ( $most->{$name} // 0 ) < $call->{cycles};
}

sub end_call {
    my ( $calls, $most ) = @_;
    my $call = pop @$calls;
    note_call( $call, $most );
    $calls->[-1]{cycles} += $call->{cycles} if @$calls && !$call->{is_outside} && !$call->{is_hook};
}

1;
