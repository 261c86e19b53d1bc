#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Each cell of the README's table of guarantees equals the labels of the headers: what a
# call costs, who may call it, what it waits for. A cell names functions without the
# prefix of their module. The others have the defaults of reel/base.h.
#
#   cost   COST; `name`, `name` COST; …    the first COST is that of all others
#   waits  for THING: `name`, `name`; …    or: never
#
# What the row "every module" names, no other row names again. Costs of set-up, is_valid
# and caches are in the headers only.
use strict;
use warnings;
use lib 'tests/compile', 'tests/tools';
use Test::More;
use files;
use headers;

my %labels = headers::labels();
my ($table) = text_of('README.md') =~ /^\| module .*\n\|.*\n((?:\|.*\n)+)/m;
my %row;
for ( split /\n/, $table // '' ) {
    my ( undef, $module, @cells ) = split /\s*\|\s*/;
    @{ $row{$module} }{qw(cost any threads waits)} = @cells;
}
my $of_all = delete $row{'every module'};
ok( $of_all && %row > 5, 'README.md has a table of guarantees' );

sub names { return $_[0] =~ /`(\w+)`/g }

# A module's functions: those of its header and of its cache's, without prefix. A ref is
# of the registry.
sub functions_of {
    my ($module) = @_;
    my %of = map { headers::labels($_) } grep {-e}
        map {"include/reel/$_.h"} $module, "${module}_cache";
    return map { ( s/^reel_(?:\Q$module\E_)?//r => $_ ) }
        grep {/^reel_(?:$module|ref)_/} keys %of;
}

# ---- cost ----------------------------------------------------------------------

# What a text says in O(…), as a set of terms without O(1): a sum is several.
sub terms {
    my ($text) = @_;
    my %terms = map { ( $_ => 1 ) } grep { $_ ne '1' } map { split / \+ / }
        map {s/reel_\w+?_(\w+)\(\)/$1/r} $text =~ /\bO\(((?:[^()]|\(\))+)\)/g;
    return sort keys %terms;
}

# What the row of all modules covers: memory that is filled in some builds, and the ends
# of bound blocks.
my $in_some_builds = qr/\bwith (?:REEL_POISON|a memory checker)|\bbound, as reel_registry/;

# The label of a function, and of those that it refers to.
sub cost_of {
    my ( $function, %seen ) = @_;
    return '' if $seen{$function}++;
    my $label = join ';', grep { !/$in_some_builds/ } split /;/,
        $labels{$function}{Cost} // 'O(1)';
    return join '; ', $label, map { cost_of( $_, %seen ) } $label =~ /\bas (reel_\w+)\(\)/g;
}

# The last words of a term are enough: `size` for `smaller size`.
sub says_same {
    my ( $claim, $label ) = @_;
    my %is_used;
    for my $term (@$label) {
        my @same = grep { $term =~ /(?:^| )\Q$_\E$/ } @$claim or return 0;
        @is_used{@same} = (1) x @same;
    }
    return !grep { !$is_used{$_} } @$claim;
}

sub is_in_header_only { return $_[0] =~ /^init|^is_valid$|cache/ }

for my $module ( sort keys %row ) {
    my %function = functions_of($module);
    my ( $others, @named ) = split /;\s*/, $row{$module}{cost};
    my %claim;
    for my $clause (@named) {
        push @{ $claim{$_} }, $clause for names($clause);
    }
    is( join( ' ', grep { !$function{$_} } sort keys %claim ), '', "README.md, $module: cost of what there is" );
    for my $name ( sort grep { !is_in_header_only($_) } keys %function ) {
        my $says = join ';', @{ $claim{$name} // [ $name =~ /^(?:bind|handle)$/ ? 'O(1)' : $others ] };
        my @label = terms( cost_of( $function{$name} ) );
        ok( says_same( [ terms($says) ], \@label ), "README.md, $module: cost of $name" )
            or diag("README.md: $says; the header: O(@label)");
    }
}

my %in_some_builds;
for my $clause ( grep {/$in_some_builds/} map { split /;/, $_->{Cost} // '' } values %labels ) {
    $in_some_builds{$_} = 1
        for terms($clause), map { terms( cost_of($_) ) } $clause =~ /\bas (reel_registry_\w+)/g;
}
my ( $default, @in_some_builds ) = split /;\s*/, $of_all->{cost};
is( $default, 'O(1)', 'README.md, every module: cost' );
ok( says_same( [ terms("@in_some_builds") ], [ sort keys %in_some_builds ] ),
    'README.md, every module: cost in some builds' )
    or diag( join ', ', sort keys %in_some_builds );

# A call of a backing or of a hook is in both labels: it costs, and it is waited for.
for my $function ( sort keys %labels ) {
    next if cost_of($function) !~ /\b(?:calls? of the|the) (?:backing|commit hook|decommit hook|hook)\b/;
    isnt( $labels{$function}{Waits} // '', '', "$function: what it calls and waits for" );
}

# ---- callers -------------------------------------------------------------------

for my $module ( sort keys %row ) {
    my %function = functions_of($module);
    for ( [ 'any context', 'any' ], [ 'threads only', 'threads' ] ) {
        my ( $label, $column ) = @$_;
        my @has   = sort grep { $labels{ $function{$_} }{Callers} eq $label } keys %function;
        my $cell  = $row{$module}{$column};
        my ( $common, $except ) = $of_all->{$column} =~ /^(.*?)(?:, but not of a (\w+))?$/;
        my @claim = $cell eq 'all others'
            ? grep { my $name = $_; !grep { $_ eq $name } names( $row{$module}{any} ) } keys %function
            : ( names($cell), grep { $function{$_} } names($common) );
        @claim = names($cell) if ( $except // '' ) eq $module;
        push @claim, $cell if $cell !~ /^(?:none|all others|`.*)$/;
        is( join( ' ', sort @claim ), "@has", "README.md, $module: $label" );
    }
}

# ---- waits ---------------------------------------------------------------------

# What a label says that a call waits for.
sub waits_of {
    my ( $function, %seen ) = @_;
    return () if $seen{$function}++;
    my $label = $labels{$function}{Waits} // return ();
    my %things;
    $things{'the backing'}   = 1 if $label =~ /\bback(?:ing|ground)\b/;
    $things{'the page hook'} = 1 if $label =~ /\bhook\b/;
    $things{'another thread that changes it'} = 1 if $label =~ /another thread changes the registry/;
    $things{$_} = 1
        for map { waits_of( $_, %seen ) } $label =~ /\bas (reel_\w+)\(\)/g,
        $label =~ /^for a large object, as its allocation/ ? 'reel_region_alloc' : ();
    return sort keys %things;
}

for my $module ( sort keys %row ) {
    my %function = functions_of($module);
    my %claim;
    for my $clause ( split /;\s*/, $row{$module}{waits} ) {
        my ( $thing, $names ) = $clause =~ /^(?:for )?([^:]+)(?:: (.*))?$/;
        push @{ $claim{$_} }, $thing for names( $names // '' );
        fail("README.md, $module: waits, of '$clause'") if ( $thing eq 'never' ) != !defined $names;
    }
    my %has = map { ( $_ => join ' and ', waits_of( $function{$_} ) ) } keys %function;
    is( join( '; ', map {"$_ for @{[ join ' and ', sort @{ $claim{$_} } ]}"} sort keys %claim ),
        join( '; ', map {"$_ for $has{$_}"} sort grep { $has{$_} } keys %has ),
        "README.md, $module: waits" );
}

# ---- all modules ---------------------------------------------------------------

my %is_no_module = map { ( $_ => 1 ) } qw(allocator base config locked pages port reel report version events);
my @untold = grep { !$row{s/_cache$//r} && !$is_no_module{$_} } map {m{(\w+)\.h$}} glob 'include/reel/*.h';
is( "@untold", '', 'README.md has a row for every module' );
my ( $who, $when ) = text_of('include/reel/base.h') =~ s{\n///\s+}{ }gr
    =~ /[.] What (binds [^.]*), waits (while [^.]*)[.]/;
is( $of_all->{waits}, "$when: what $who", 'README.md, every module: waits as reel/base.h says' );
for my $column (qw(any threads)) {
    my @lost = grep {
        my $name = $_;
        !grep { $labels{"reel_${_}_$name"} } keys %row
    } names( $of_all->{$column} );
    is( "@lost", '', "README.md, every module: $column of what there is" );
}
done_testing();
