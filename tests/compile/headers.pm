# SPDX-License-Identifier: MIT
package headers;

# What the headers say: the comment above each function, and its labels.
use strict;
use warnings;
use lib 'tests/tools';
use files;

# What stands above each function of a header: name => comment.
sub comments_of {
    my ($path) = @_;
    my ( $comment, $type, %comments ) = ( '', '' );

    # In detail/ are the bodies of functions that are explained elsewhere.
    my $is_body = sub { $path =~ /detail/ && $_[0] =~ /^(?:static inline|REEL_REPORTING)/ };
    for my $line ( split /\n/, text_of($path) ) {
        if ( $line =~ /^[A-Za-z][\w *]*$/ ) {    # a type alone: the name is in the next line
            $type = "$line ";
            next;
        }
        $line = $type . $line;
        $type = '';
        if ( $line =~ m{^///} ) {
            $comment .= "$line\n";
        }
        elsif ( $line =~ /^(?!typedef|extern)(?:REEL_REPORTING )?[a-z][^#=]*?\b(reel_\w+)\(/ ) {
            $comments{$1} //= $comment if $comment || !$is_body->($line);
        }
        elsif ( $line =~ /^\s*$/ ) {
            $comment = '';
        }
    }
    return %comments;
}

# Function => its labels, of all public headers or of one: { Returns => text, … }.
# Callers is always there; a label that is not there says the default of reel/base.h.
sub labels {
    my ($path) = @_;
    my %labels;
    for my $header ( $path // glob 'include/reel/*.h' ) {
        my %comments = comments_of($header);
        for my $function ( keys %comments ) {
            my %text = ( Callers => 'owner' );
            my $label;
            for ( split /\n/, $comments{$function} ) {
                if (m{^/// ([A-Z]\w+)  +(\S.*)}) {
                    $text{ $label = $1 } = $2;
                }
                elsif ( defined $label && m{^///    +(\S.*)} ) {
                    $text{$label} .= " $1";
                }
            }
            $labels{$function} = \%text;
        }
    }
    return %labels;
}

# Function => who may call it, of all public headers or of one.
sub callers {
    my %labels = labels(@_);
    return map { ( $_ => $labels{$_}{Callers} ) } keys %labels;
}

1;
