#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The commands of port/gdb/reel.py on a program whose allocators are in known states:
# live and from a core file on a host, and on emulated boards through QEMU's stub. What
# they find must be what reel's own functions said.
use strict;
use warnings;
use Test::More;

my $host   = 'build/gcc/objects';
my @boards = map {"build/$_/objects.elf"} qw(mps2-an385 microbit+primask+Os);
my @ask    = map {"reel $_"} 'list', 'map', 'show lifetimes', 'show messages',
    'show packets', 'show frame', 'show *made', 'show fill_region::session';
my @addresses = qw(pinned_block freed_block second_block large_object last_page
    heap_block heap_hole live_block beyond not_committed nested apart &packets known_count);

# What gdb prints for commands, each behind a line that names it.
sub gdb {
    my ( $image, @commands ) = @_;
    my @arguments = map { ( '-ex', $_ ) } map { ( "echo \\n=== $_\\n", $_ ) } @commands;
    open my $pipe, '-|', 'gdb-multiarch', '-nx', '-batch', '-ex',
        'set pagination off', '-ex', 'set width 0', '-x', 'port/gdb/reel.py', @arguments,
        $image
        or die "gdb-multiarch: $!\n";
    local $/ = undef;
    my $text = <$pipe>;
    close $pipe;
    my %said = ( '' => $text );
    $said{$1} = $2 while $text =~ /^=== ([^\n]*)\n(.*?)(?=^=== |\z)/gms;
    return \%said;
}

sub questions {
    return ( @ask, ( map {"reel owner $_"} @addresses ), 'print known_count', 'print knowns' );
}

# The statistics that the program noted: name, used, peak, failures.
sub knowns {
    my ($said) = @_;
    my @knowns;
    my $text = $said->{'print knowns'} // '';
    push @knowns, [ $1, $2, $3, $4 ]
        while $text =~ /name = 0x\w+ (?:<[^>]*> )?"([^"]+)", stats = \{size = \d+, used = (\d+), peak = (\d+), failures = (\d+)/g;
    return @knowns;
}

sub is_as_known {
    my ( $where, $said ) = @_;
    my $list   = $said->{'reel list'} // '';
    my @knowns = knowns($said);
    is( scalar @knowns, 12, "$where: the program noted what reel says" );
    for my $known (@knowns) {
        my ( $name, $used, $peak, $failures ) = @$known;
        my ($row) = $list =~ /^(\Q$name\E(?:0x\w+)? .*)/m;
        like(
            $row // '',
            qr/\] +$used +$peak +\d+ +$failures\b/,
            "$where: $name is listed with what reel_..._stats() says"
        );
    }
    like( $list, qr/^device[.]queues\[0\] +arena +not initialised/m,
        "$where: an arena in a struct, which nobody started" );
    like( $list, qr/^device[.]queues\[1\] +arena +\[#+\.+\]/m, "$where: and one that was" );
    like( $list, qr/^fill_region::idle +region +closed/m, "$where: a closed region" );
    like( $list, qr/^with_caches::cache +blocks_cache +\[-+\] +1 +1 +4 +0 +blocks/m,
        "$where: a cache on the stack holds one block" );
    like( $list, qr/^fill_rewindable::span +span .* 40 +40 +304 /m, "$where: a span" );
    like( $list, qr/^lock +lock +no thread is inside/m, "$where: a lock" );
    return;
}

sub shows {
    my ( $where, $said ) = @_;
    like( $said->{'reel show lifetimes'},
        qr/^  \d+, version \w+: \*made\n    \d+, version \w+: packets\n      \d+, version \w+: scratch$/m,
        "$where: a registry is shown as a tree"
    );
    my $heap = $said->{'reel show messages'};
    like( $heap, qr/5 blocks, \d+ free in [34] pieces, largest \d+/, "$where: fragments of a heap" );
    is( join( '', $heap =~ /^  ([-#.=]) \[0x/mg ), '=#-#-#.', "$where: a heap's blocks in order" );
    is( join( '', $said->{'reel show packets'} =~ /^  ([-#.]) \[0x/mg ),
        '###-###.', "$where: blocks are used, freed, unused" )
        or diag $said->{'reel show packets'};
    is( join( '', $said->{'reel show frame'} =~ /^  ([-#._]) \[0x/mg ),
        '#-__', "$where: a temp's frontier is seen" );
    is( join( ' ', $said->{'reel show *made'} =~ /^  ([-#._=]) \[0x/mg ), '# # . = # . =', "$where: live blocks of a chunk, by the bits of this generation" )
        or diag $said->{'reel show *made'};
    like( $said->{'reel show *made'}, qr/chunk 1: used, 1 live/, "$where: bits of an old generation do not count" );
    like( $said->{'reel show fill_region::session'}, qr/3 pages of 256.*1 large objects/s,
        "$where: pages and large objects of a region" );
    my @starts = $said->{'reel map'} =~ /^(0x\w+) /mg;
    is_deeply( \@starts, [ sort { length $a <=> length $b || $a cmp $b } @starts ], "$where: the map is in order" );
    like( $said->{'reel map'}, qr/ \[#.*\(reel_arena \*\)\w+ \(arena\)\n.*  \[.*pages \(pool\)\n.*    \[.*session/,
        "$where: what lies inside is indented" );
    return;
}

sub owners_are_right {
    my ( $where, $said ) = @_;
    my %wanted = (
        pinned_block  => qr/scratch \(arena\) \+0: used, below the newest mark/,
        freed_block   => qr/scratch \(arena\) \+100: used, \[/,
        second_block  => qr/packets \(blocks\) \+40: block 1: used, \[\w+, \w+\) \+ 0/,
        large_object  => qr/\(reel_arena \*\)\w+ \(arena\).*\n.*session \(region\) \+0: large object/,
        last_page     => qr/pages \(pool\).*: used/,
        heap_block    => qr/messages \(heap\) \+\d+: block: used/,
        heap_hole     => qr/messages \(heap\) \+\d+: block: free/,
        live_block    => qr/queues\[1\].*\n.*made \(rewindable\) \+\d+: chunk 0: live block at \+48,.*\) \+ 0/,
        beyond        => qr/frame \(temp\) 8 bytes beyond its end: an overrun/,
        not_committed => qr/frame \(temp\) \+512: freed, not committed/,
        nested        => qr/\(arena\) .*\n.*pages .*\n.*session/,
        apart         => qr/fill_static::placed \(rewindable\) \+24: chunk 0: live block at \+24/,
        '&packets'    => qr/packets \(blocks\) its control block \+ 0/,
        known_count   => qr/is in no allocator of reel/,
    );
    for my $address ( sort keys %wanted ) {
        like( $said->{"reel owner $address"}, $wanted{$address}, "$where: the owner of $address" );
    }
    return;
}

sub all_is_right {
    my ( $where, $said ) = @_;
    is_as_known( $where, $said );
    shows( $where, $said );
    owners_are_right( $where, $said );
    unlike( $said->{''}, qr/Traceback|Python Exception|cannot be read/, "$where: no error" );
    return;
}

my $core = "$host.core";
unlink $core;
all_is_right( 'live', gdb( $host, 'break reached', 'run', questions(), "generate-core-file $core" ) );
all_is_right( 'core file', gdb( $host, "core-file $core", questions() ) );
unlink $core;

for my $board (@boards) {
    my $remote = "target remote | GDB=stdio targets/common/emulate $board";
    all_is_right( $board, gdb( $board, $remote, 'break reached', 'continue', questions(), 'kill' ) );
}

# Red zones between blocks and pages: their addresses are others, and are found.
{
    my $where = 'with red zones';
    my $zoned = gdb( 'build/gcc+asan+zones/objects', 'break reached', 'run', questions(), 'kill' );
    my %wanted = (
        second_block => qr/packets \(blocks\) .*block 1: used, .*\) \+ 0/,
        nested       => qr/\(arena\) .*\n.*pages .*: used.*\n.*session \(region\)/,
        heap_block   => qr/messages \(heap\) \+\d+: block: used.*\) \+ 0/,
        live_block   => qr/made \(rewindable\) \+\d+: chunk 0: live block.*\) \+ 0/,
    );
    like( $zoned->{"reel owner $_"}, $wanted{$_}, "$where: the owner of $_" ) for sort keys %wanted;
    like( $zoned->{'reel show fill_region::session'}, qr/\(region\)|region/, "$where: a region is shown" );
    unlike( $zoned->{''}, qr/Traceback|Python Exception|cannot be read/, "$where: no error" );
}

# While a context counts free pages, the list is hidden behind a cover.
my $counting = gdb(
    $boards[1],
    "target remote | GDB=stdio targets/common/emulate $boards[1]",
    'break reached', 'continue',
    'set var counted->list.fresh_bit = counted->list.head.value + 2',
    'set var counted->list.head.value = -32768',
    'reel show counted', 'kill'
);
like( $counting->{'reel show counted'}, qr/used 1024, peak 1280, size 2048/, 'a list that is being counted' );

# Before it runs, and where memory was written over.
my $said = gdb( $host, 'reel list' );
like( $said->{'reel list'}, qr/^scratch +arena +\[\.+\] +0 +0 +1024/m, 'an image that does not run' );
$said = gdb(
    $host, 'break reached', 'run',
    'set var scratch.next.value = 1',
    'set var packets.list.peak.value = 1000000',
    'set var messages.frontier.value = (unsigned long)-1',
    'set var *(unsigned long *)frame_memory = 0',
    'set var made->count.value = 77',
    'set var fill_region::pages.chunks = 8', 'reel list', 'reel map', 'kill'
);
is( scalar( () = $said->{'reel list'} =~ /cannot be read: (?!its pool)/g ), 6,
    'what was overwritten is said to be so, the rest is listed' ) or diag $said->{'reel list'};
like( $said->{'reel map'}, qr/frame \(temp\)/, 'the map leaves it out' );
$said = gdb( $host, 'reel show main', 'reel show', 'reel owner', 'reel show nothing' );
unlike( $said->{''}, qr/Traceback/, 'wrong arguments are refused in words' );

done_testing();
