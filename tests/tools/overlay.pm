# SPDX-License-Identifier: MIT
package overlay;

# Code that is broken on purpose, by edits of a file's text. The compiler (clang's
# -ivfsoverlay) reads the broken file in place of the other, so nothing else is copied.
use strict;
use warnings;
use Cwd 'getcwd';
use files;

# Leaves in the folder the broken files and overlay.yaml. The edits are file, text that
# occurs there, what it becomes, and so on. With $once a text must occur once: one that is
# not there any more would break nothing.
sub write {
    my ( $folder, $once, @edits ) = @_;
    my %texts;
    while ( my ( $path, $from, $to ) = splice @edits, 0, 3 ) {
        my $text  = $texts{$path} //= text_of($path);
        my $times = () = $text =~ /\Q$from\E/g;
        die "$path: '$from' is there $times times\n" if $times < 1 || $once && $times > 1;
        substr( $texts{$path}, index( $text, $from ), length $from ) = $to;
    }
    my $here = getcwd();
    my @roots;
    for my $path ( sort keys %texts ) {
        my $broken = "$folder/" . $path =~ s{/}{-}gr;
        spill( $broken, $texts{$path} );
        push @roots,
            qq({ "name": "$here/$path", "type": "file", "external-contents": "$here/$broken" });
    }
    spill( "$folder/overlay.yaml",
        qq({ "version": 0, "roots": [\n) . join( ",\n", @roots ) . "\n] }\n" );
}

1;
