# SPDX-License-Identifier: MIT
package files;

# Reading and writing whole files, byte for byte.
use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(text_of spill);

sub text_of {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar( <$file> ) // '';
}

# Returns the path.
sub spill {
    my ( $path, $text ) = @_;
    open my $file, '>:raw', $path or die "$path: $!\n";
    print {$file} $text;
    close $file or die "$path: $!\n";
    return $path;
}

1;
