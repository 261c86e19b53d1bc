package figures;

# Figures against their budget. A budget file has a head line that names the
# columns, then a line a figure: its name and one number for each column. A
# figure above its budget fails; so does one that has no budget, and a budget
# that is for nothing. NEW_BUDGET=1 in the environment writes the file anew from
# what was measured; a change of it is to be explained in the CHANGELOG.
use strict;
use warnings;
use Test::More;

sub check {
    my ( $file, $measured ) = @_;    # $measured->{column}{figure}
    open my $in, '<', $file or die "$file: $!";
    my ( @columns, %budget );
    while (<$in>) {
        next if /^#/ || !/\S/;
        my ( $name, @numbers ) = split;
        if ( !@columns ) {
            @columns = @numbers;
            next;
        }
        @{ $budget{$name} }{@columns} = @numbers;
    }
    write_budget( $file, $measured, @columns ) if $ENV{NEW_BUDGET};
    my %names = map { ( $_ => 1 ) } keys %budget,
        map { keys %$_ } values %$measured;

    diag_row( '', @columns );
    for my $name ( sort keys %names ) {
        my @cells = map {
            my $is   = $measured->{$_}{$name} // '-';
            my $most = $budget{$name}{$_}     // '-';
            $is eq $most ? $is : "$is of $most"
        } @columns;
        diag_row( $name, @cells );
        my @bad = grep {
            my $is   = $measured->{$_}{$name};
            my $most = $budget{$name}{$_} // '-';
            defined $is ? $most eq '-' || $is > $most : $most ne '-'
        } @columns;
        is( "@bad", '', "$name keeps its budget" );
    }
}

sub write_budget {
    my ( $file, $measured, @columns ) = @_;
    my %names = map { ( $_ => 1 ) } map { keys %$_ } values %$measured;
    open my $in, '<', $file or die "$file: $!";
    my ($head) = grep {/^#/} <$in>;
    open my $out, '>', $file or die "$file: $!";
    print $out $head, sprintf( '%-28s' . ' %14s' x @columns, 'name', @columns ),
        "\n";
    for my $name ( sort keys %names ) {
        printf $out '%-28s' . ' %14s' x @columns . "\n", $name,
            map { $measured->{$_}{$name} // '-' } @columns;
    }
}

sub diag_row {
    my ( $name, @cells ) = @_;
    note( sprintf '%-28s' . ' %14s' x @cells, $name, @cells );
}

1;
