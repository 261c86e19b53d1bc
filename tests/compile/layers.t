#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The shape of the tree: what is at the top, what each file may include, and the labels
# of each public function.
use strict;
use warnings;
use lib 'tests/compile', 'tests/tools';
use Test::More;
use files;
use headers;
use modules;

# A header may include only those to its right; src/*.c may include all. Those of the
# modules are in their list.
my %below = (
    'reel/config.h' => [],
    'reel/version.h' => [],
    'reel/base.h'   => [ 'reel/config.h', 'reel/version.h' ],
    'reel/events.h' => ['reel/base.h'],
    'reel/pages.h'  => ['reel/base.h'],
    'reel/report.h' => ['reel/base.h'],
    'reel/port.h'   => ['reel/base.h'],
);
for my $module ( grep { $_->{includes} ne '-' } modules::all() ) {
    $below{"reel/$module->{name}.h"}
        = [ map {"reel/$_.h"} split ' ', $module->{includes} ];
}
$below{'reel/reel.h'} = [ grep { !m{reel/(?:config|base|version)} } keys %below ];

# What users need not read. A part of detail/ that is named like a header belongs to
# it: it begins with what the header says, and the header ends with it.
my %detail = (
    compiler  => ['reel/base.h'],
    options   => ['reel/base.h'],
    constants => ['reel/base.h'],
    list      => ['reel/detail/constants.h'],
    memory    => ['reel/port.h'],
    report    => ['reel/report.h'],
    events    => [ 'reel/events.h', 'reel/port.h' ],
    arena     => [ 'reel/arena.h', 'reel/events.h' ],
    allocator => ['reel/allocator.h'],
    heap      => [ 'reel/detail/constants.h', 'reel/heap.h' ],
    heap_cache => ['reel/heap_cache.h'],
    blocks    => ['reel/blocks.h'],
    blocks_cache => ['reel/blocks_cache.h'],
    pool      => [ 'reel/detail/constants.h', 'reel/pool.h' ],
    rewindable => [ 'reel/detail/constants.h', 'reel/rewindable.h' ],
    registry  => ['reel/registry.h'],
    temp      => ['reel/temp.h'],
    span      => [ 'reel/arena.h', 'reel/span.h' ],
    region    => [ 'reel/arena.h', 'reel/region.h' ],
);
$below{"reel/detail/$_.h"} = $detail{$_} for keys %detail;
push @{ $below{"reel/$_.h"} }, "reel/detail/$_.h"
    for grep { $below{"reel/$_.h"} } keys %detail;
push @{ $below{'reel/base.h'} }, 'reel/detail/compiler.h', 'reel/detail/options.h';
push @{ $below{"reel/$_.h"} }, 'reel/detail/memory.h' for qw(arena blocks heap rewindable);
push @{ $below{'reel/blocks.h'} }, 'reel/detail/list.h';

sub includes_of {
    my ($path) = @_;
    return text_of($path) =~ /^\s*#\s*include\s+([<"\w][^\n]*)/mg;
}

# An archive of `make dist` has manifests and LICENSES/, too.
my $added = qr/^(?:CMakeLists.txt|meson(?:_options)?[.](?:build|txt)|zephyr|Kconfig|idf_component.yml|library.json|LICENSES)$/;
my @top = sort grep { !/^build$/ && ( -e '.git' || !/$added/ ) } map { s{/$}{}r } glob '*';
is_deeply(
    \@top,
    [
        qw(CHANGELOG.md LICENSE Makefile README.md include linker port src
            targets tests)
    ],
    'the top level holds the agreed names and nothing else'
);

for my $path ( glob 'include/reel/*.h include/reel/*/*.h' ) {
    my $name = $path =~ s{^include/}{}r;
    ok( exists $below{$name}, "$name has its place in the layers" );
    my %may = map { ( "\"$_\"" => 1 ) } @{ $below{$name} || [] };
    $may{"<$_>"} = 1
        for $name eq 'reel/base.h' ? qw(stdbool.h stddef.h stdint.h) : ();
    my @wrong = grep { !$may{$_} && !/^REEL_\w+$/ } includes_of($path);
    is( "@wrong", '', "$name includes only from the rows below its own" );
}

for my $path ( glob('src/*.[ch]'), glob('src/*/*.h') ) {
    my @wrong = grep { !m{^"(?:reel/)?[\w/]+\.h"$} && !/^REEL_\w+$/ }
        includes_of($path);
    is( "@wrong", '', "$path includes nothing from outside the core" );
    my ($own) = $path =~ m{src/(\w+)\.c$};
    unlike( text_of($path), qr/"(?!reel|atomic)\w*port/, "$path: no port" );
}

cmp_ok( scalar( () = text_of('README.md') =~ /\n/g ), '<=', 180, 'README.md is short' );

# A new module is reported where it is missing (tests/README.md has the recipe).
my @modules = modules::all();
my %unit = map { ( $_ => 1 ) } map {m{/(\w+)[.]c$}} grep {
    text_of($_) =~ /^const test_case /m
} glob 'tests/unit/*.c';
is( join( ' ', sort map { $_->{name} } @modules ),
    join( ' ', sort map {m{/(\w+)[.]c$}} glob 'src/*.c' ),
    'src/modules lists every source of the core, and nothing else' );
for my $module (@modules) {
    my $name = $module->{name};
    my @lost = grep { !$unit{$_} } split ' ', $module->{tests};
    is( "@lost", '', "$name: its unit tests exist" );
    isnt( $module->{tests}, '', "$name has unit tests" );
    next if $module->{includes} eq '-';
    ok( text_of('include/reel/reel.h') =~ m{"reel/$name[.]h"},
        "include/reel/reel.h includes $name" );
    next if $name =~ /_cache$/;    # explained, measured and tried with what it caches
    ok( text_of('README.md') =~ /\breel_$name\b|`\Q$name\E|\*\*$name\*\*/,
        "README.md names $name" );
    ok( text_of('src/README.md') =~ /^## \u$name|^## .*\b$name/mi,
        "src/README.md has a section on $name" )
        if $name ne 'allocator';
    ( my $type = $name ) =~ s/locked/lock/;
    ok( text_of('tests/figures/size/sizes.c') =~ /\breel_$type\b/,
        "tests/figures/size/sizes.c measures its control block" );
    ok( text_of('tests/unit/allocator.c') =~ /reel_${name}(?:_allocator|_init|_open)?\(/,
        "tests/unit/allocator.c runs the common tests on $name" )
        if $name !~ /^(?:allocator|registry|span)$/;
}
my ($table) = text_of('tests/README.md') =~ /^((?:\| `src.*\n)+)/m;
is( $table, modules::table(), 'tests/README.md has the table of src/modules' );

# And a board.
for my $folder ( map {s{/board[.]mk$}{}r} glob 'targets/*/board.mk' ) {
    my ($board) = $folder =~ m{([^/]+)$};
    ok( -s "$folder/$_", "$folder has $_" ) for 'qemu', "$board.ld";
    ok( text_of('tests/README.md') =~ /`\Q$board\E`/, "tests/README.md names $board" );
}

# The labels, in the order in which they may stand (reel/base.h says what they mean).
my $callers = qr/owner|any context|threads only/;
my $labels  = qr{^(?:(?!///\ [A-Z]\w+\ \ )///.*\n)+
    ///\ Returns\ \ \S.*\n            (?:///\ {4,}.*\n)*
    (?:///\ Panics\ \ \ \S.*\n        (?:///\ {4,}.*\n)*)?
    (?:///\ Cost\ \ \ \ \ \S.*\n      (?:///\ {4,}.*\n)*)?
    (?:///\ Callers\ \ (?:$callers)\n)?
    (?:///\ Waits\ \ \ \ \S.*\n        (?:///\ {4,}.*\n)*)?$}x;
for my $path ( glob 'include/reel/*.h' ) {
    my %comments = headers::comments_of($path);
    my @wrong = grep { $comments{$_} !~ $labels } sort keys %comments;
    is( "@wrong", '', "$path: each function has its labels, Returns at least" );
    my @idle = grep {
        $comments{$_} =~ m{^/// (?:Cost     O\(1\)\.?|Callers  owner|Waits    never\.?)$}m
    } sort keys %comments;
    is( "@idle", '', "$path: no label says what is the default" );
    my @old = text_of($path) =~ m{^/// Context |ISR:|SMP:}mg;
    is( "@old", '', "$path: no label of a kind that there is no more" );
}
for my $path ( glob 'port/*.h port/*/*.h' ) {
    my @wrong = grep { !/^(?:$callers)(?:$|[,;])/ } text_of($path) =~ m{^///? Callers +(.*)}mg;
    is( "@wrong", '', "$path: its callers are one of the three" );
}
for my $path ( glob 'include/reel/detail/*.h' ) {
    my %comments = headers::comments_of($path);
    my @silent = grep { $comments{$_} !~ /\S/ } sort keys %comments;
    is( "@silent", '', "$path: each function is explained" );
}

done_testing();
