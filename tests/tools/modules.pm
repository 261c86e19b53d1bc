# SPDX-License-Identifier: MIT
package modules;

# The list of modules, src/modules.
use strict;
use warnings;

# Each as { name, includes, size, tests }.
sub all {
    open my $in, '<', 'src/modules' or die "src/modules: $!";
    my @all;
    while (<$in>) {
        next if /^#|^\s*$/;
        chomp;
        my %module;
        @module{qw(name includes size tests)} = map {s/^\s+|\s+$//gr} split /[|]/;
        push @all, \%module;
    }
    return @all;
}

# As rows of tests/README.md.
sub table {
    return join '', map {
        my $tests = join ', ', map {"`unit/$_.c`"} split ' ', $_->{tests};
        "| `src/$_->{name}.c` | $tests |\n"
    } all();
}

1;
