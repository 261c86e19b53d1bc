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
    my ( $comment, %comments ) = ('');

    # In detail/ are the bodies of functions that are explained elsewhere.
    my $is_body = sub { $path =~ /detail/ && $_[0] =~ /^(?:static inline|REEL_REPORTING)/ };
    for my $line ( split /\n/, text_of($path) ) {
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

# Function => who may call it, of all public headers or of one.
sub callers {
    my ($path) = @_;
    my %callers;
    for my $header ( $path // glob 'include/reel/*.h' ) {
        my %comments = comments_of($header);
        for my $function ( keys %comments ) {
            ( $callers{$function} ) = $comments{$function} =~ m{^/// Callers  (.*)}m;
            $callers{$function} //= 'owner';
        }
    }
    return %callers;
}

1;
