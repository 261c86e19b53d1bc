# SPDX-License-Identifier: MIT
package readme;

# Tables that are written by what measures them: those of all figures in
# tests/bench/README.md, a few of them in README.md. Each stands between <!-- NAME -->
# and <!-- /NAME -->, and ends with a line "Measured with …".
#
# A file of lines "figure | text" says which rows a table has, in which order. Lines
# that begin with "+ " are those of the table in README.md.
use strict;
use warnings;
use Fcntl ':flock';
use POSIX 'strftime';
use Text::Wrap;

# Those of ports stand on the pages of these.
my %file = (
    calls    => 'README.md',
    bytes    => 'README.md',
    frames   => 'port/cxx/README.md',
    freertos => 'port/freertos/README.md',
    programs => 'port/libraries/README.md',
);

sub file_of {
    my ($name) = @_;
    return $file{$name} // 'tests/bench/README.md';
}

# [figure, text] of each row. With "first", those of README.md.
sub rows {
    my ( $list, $first ) = @_;
    open my $in, '<', $list or die "$list: $!\n";
    my @lines = grep { chomp; !/^#/ && /\S/ } <$in>;
    return map { [ split /\s*\|\s*/, s/^\+ //r, 2 ] } grep { !$first == !/^\+ / } @lines;
}

# A table: the heads, then a row each, as lists of cells.
sub table {
    my ( $heads, @rows ) = @_;
    my @lines = ( $heads, [ map {'---'} @$heads ], @rows );
    return join '', map { '| ' . join( ' | ', @$_ ) . " |\n" } @lines;
}

sub measured_with {
    my ( $with, $on ) = @_;
    local $Text::Wrap::columns = 161;
    my $date = strftime( '%Y-%m-%d', localtime );
    return wrap( '', '', "Measured with $with on $on, $date." ) . "\n";
}

# What stands between a name's markers now: the table, and with what it was made.
sub stored {
    my ($name) = @_;
    my $file = file_of($name);
    open my $in, '<', $file or die "$file: $!\n";
    flock $in, LOCK_SH;
    my $text = do { local $/; <$in> };
    my ($part) = $text =~ m{<!-- $name -->\n(.*)<!-- /$name -->}s
        or die "$file has no place for the table $name\n";
    my ($line) = $part =~ /^(Measured with .*)/ms;
    my ($with) = ( $line // '' ) =~ s/\s+/ /gr =~ /^Measured with (.*?) on /;
    my ($table) = $part =~ /((?:^\|.*\n)+)/m;
    return ( $table // '', $with );
}

# The processor's name, where the system tells it, and how many there are.
sub machine {
    my ( $name, $count ) = ( 'a processor without a name', 0 );
    open my $in, '<', '/proc/cpuinfo' or return $name;
    while (<$in>) {
        $name = $1 if /^model name\s*:\s*(.*)/;
        $count++ if /^processor\s*:/;
    }
    return "$name with $count cores";
}

# Several targets may do so at a time.
sub store {
    my ( $name, $table, $with, $on ) = @_;
    my $line = measured_with( $with, $on );
    my $file = file_of($name);
    open my $inout, '+<', $file or die "$file: $!\n";
    flock $inout, LOCK_EX;
    my $text = do { local $/; <$inout> };
    $text =~ s{(<!-- $name -->\n).*(<!-- /$name -->)}{$1$table\n$line$2}s
        or die "$file has no place for the table $name\n";
    seek $inout, 0, 0;
    print $inout $text;
    truncate $inout, tell $inout;
    close $inout or die "$file: $!\n";
}

1;
