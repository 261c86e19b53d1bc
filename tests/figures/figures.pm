# SPDX-License-Identifier: MIT
package figures;

# Figures against their budget. A budget file names the compilers, or Debian
# packages, that it holds for and its columns, then has a line a figure: its name and one number a column. A
# figure above its budget fails; so does one that has no budget, and a budget
# that is for nothing. With others the figures are shown and not judged.
#
# NEW_BUDGET=1 in the environment writes the file anew from what was measured; a
# number that goes up is to be explained in the CHANGELOG.
use strict;
use warnings;
use Test::More;
use readme;

# Of a compiler, or of "package:NAME".
sub version_of {
    my ($tool) = @_;
    my $ask
        = $tool =~ s/^package://
        ? "dpkg-query --show --showformat='\${Version}' $tool 2>/dev/null"
        : "$tool -dumpfullversion";
    chomp( my $version = `$ask` // '' );
    return "$tool $version";
}

# $measured->{column}{figure}; @tools are what made them.
sub check {
    my ( $file, $measured, @tools ) = @_;
    check_columns( $file, ( read_budget($file) )[1], $measured, @tools );
}

# The same for some of the columns.
sub check_columns {
    my ( $file, $judged, $measured, @tools ) = @_;
    my $with = join ', ', map { version_of($_) } @tools;
    my ( $for, $columns, $budget ) = read_budget($file);
    if ( $ENV{NEW_BUDGET} ) {
        write_budget( $file, $measured, $with, @$columns );
        ( $for, $columns, $budget ) = read_budget($file);
    }
    my %names = map { ( $_ => 1 ) } keys %$budget,
        map { keys %$_ } values %$measured;
    note( row( '', @$judged ) );
    for my $name ( sort keys %names ) {
        note( row( $name,
            map { cell( $measured->{$_}{$name}, $budget->{$name}{$_} ) }
                @$judged ) );
    SKIP: {
            skip "the budget is for $for, this is $with", 1 if $for ne $with;
            my @bad = grep {
                is_over( $measured->{$_}{$name}, $budget->{$name}{$_} )
            } @$judged;
            is( "@bad", '', "$name keeps its budget" );
        }
    }
}

# A table of a README (readme.pm), which must be what was measured, `on` what;
# README=1 in the environment writes it. With other compilers it is not judged.
sub check_readme {
    my ( $name, $table, $on, @tools ) = @_;
    my $with = join ', ', map { version_of($_) } @tools;
    readme::store( $name, $table, $with, $on ) if $ENV{README};
    my ( $stored, $for ) = readme::stored($name);
SKIP: {
        skip readme::file_of($name) . " has the table of $for, this is $with", 1
            if defined $for && $for ne $with;
        is( $stored, $table,
            readme::file_of($name) . " shows what was measured (README=1 make writes it): $name"
        );
    }
}

# A row's cells: of each column, or list of columns, what was measured.
sub cells {
    my ( $measured, $name, @columns ) = @_;
    return map {
        join ' / ', map { $measured->{$_}{$name} // '-' } ref($_) ? @$_ : $_
    } @columns;
}

sub is_over {
    my ( $is, $most ) = map { $_ // '-' } @_;
    return $is ne $most if $is eq '-' || $most eq '-';
    return $is > $most;
}

sub cell {
    my ( $is, $most ) = map { $_ // '-' } @_;
    return $is eq $most ? $is : "$is of $most";
}

sub row {
    my ( $name, @cells ) = @_;
    return sprintf '%-28s' . ' %14s' x @cells, $name, @cells;
}

sub read_budget {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    my ( $for, @columns, %budget ) = ('');
    while (<$in>) {
        my ( $name, @numbers ) = split;
        if (/^# for (.*)/) {
            $for = $1;
        }
        elsif ( $name eq 'name' ) {
            @columns = @numbers;
        }
        elsif ( $name ne '#' ) {
            @{ $budget{$name} }{@columns} = @numbers;
        }
    }
    return ( $for, \@columns, \%budget );
}

sub write_budget {
    my ( $file, $measured, $with, @columns ) = @_;
    my %names = map { ( $_ => 1 ) } map { keys %$_ } values %$measured;
    open my $out, '>', $file or die "$file: $!";
    print $out "# for $with\n", row( 'name', @columns ), "\n";
    for my $name ( sort keys %names ) {
        print $out row( $name,
            map { $measured->{$_}{$name} // '-' } @columns ), "\n";
    }
}

1;
