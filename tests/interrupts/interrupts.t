#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Shared operations, interrupted after every instruction (tests/interrupts), on the
# emulated boards. An instruction counts as interrupted if an interrupt was taken
# when it was the next to be executed. Those that are executed while interrupts are
# masked cannot be; of all others at least 90 % must have been. An operation may be a
# handler's, which a handler above it interrupts.
#
# A second interrupt is what gets into the retries: an exclusive store that fails, or
# an exchange that finds another value, does so because of the first.
#
# Builds that protect nothing must fail, each kind of object among them (make interrupts).
use strict;
use warnings;
use lib 'tests/figures';
use Test::More;
use thumb;

my $least = 90;    # per cent, of each function

# Less where the rest of a function cannot be interrupted here, for these reasons.
my %least = (
    reel_pool_forget_chunk    => 55,    # trim and dispose, which need the pool to
    reel_pool_drop_chunk      => 65,    # themselves, take the other branches
    units_size                => 80,    # sums that pass SIZE_MAX
    reel_pool_pages           => 85,    # a pool that has ended: a reserve has turned back
    reel_rewindable_take_next => 85     # sizes that no chunk of this rewindable has
);

my @operations = qw(reel_blocks_alloc reel_blocks_free reel_blocks_count_used
    reel_pool_used_pages reel_pool_reserve reel_arena_alloc_shared
    reel_temp_alloc_shared reel_rewindable_alloc reel_rewindable_free
    reel_span_open reel_span_close reel_pool_claim reel_pool_release
    reel_pool_cache_flush reel_region_open reel_region_open_cached_slow
    reel_heap_free_later open_inline close_inline
    reel_region_alloc reel_region_realloc reel_region_free reel_region_close);

# A registry has one owner: no interrupt is at it. What is wrong with a pointer is asked
# after the refusal.
$thumb::outside = qr/$thumb::outside|^reel_registry_|^reel_heap_blame/;

sub run {
    my ( $build, $what ) = @_;
    my $image  = "build/$build/interrupts-icount.elf";
    my $output = `targets/common/emulate $image $what`;
    return ( $image, $output, $? );
}

sub report_function {
    my ( $build, $name, $addresses, $masked, $taken ) = @_;
    my @open = grep { !$masked->{$_} } @$addresses;
    my @missed = sort { $a <=> $b } grep { !$taken->{$_} } @open;
    my $done  = @open - @missed;
    my $share = 100 * $done / @open;
    note( sprintf '  %-26s interrupted %3d of %3d instructions (%d %%)%s',
        $name, $done, scalar @open, $share,
        @missed ? join ' ', ', not', map { sprintf '%x', $_ } @missed : '' );
    cmp_ok( $share, '>=', $least{$name} // $least,
        "$build: $name is interrupted everywhere" );
    return ( $done, scalar @open );
}

sub report_coverage {
    my ( $build, $image, $output ) = @_;
    my %taken = map { ( $_ => 1 ) } $output =~ /^# interrupted at (\d+)$/mg;
    my ( $code, $functions ) = thumb::disassemble($image);
    my ( $found, $names )
        = thumb::reachable( $code, $functions, @operations );
    my $masked = thumb::masked( $code, map {@$_} values %$found );
    my ( $done, $all ) = ( 0, 0 );
    for my $start ( sort { $a <=> $b } keys %$found ) {
        my @counts = report_function( $build, $names->{$start},
            $found->{$start}, $masked, \%taken );
        $done += $counts[0];
        $all  += $counts[1];
    }
    my @wrong = grep { $masked->{$_} } keys %taken;
    is( "@wrong", '', "$build: no interrupt where they are masked" );
    note( sprintf '%s: interrupted %d of %d instructions, %d are masked',
        $build, $done, $all, scalar keys %$masked );
}

my $how = $ENV{EVERY_BOARD} ? 'all' : '';    # second interrupts
my @protected   = qw(microbit+primask+O2 mps2-an385);
my @unprotected;
if ( $ENV{EVERY_BOARD} ) {    # make interrupts
    push @protected,   qw(mps2-an385+primask mps2-an505);
    push @unprotected, qw(microbit+none+O2 mps2-an385+none);
}
for my $build (@protected) {
    my ( $image, $output, $status ) = run( $build, $how );
    my @failures = $output =~ /^(?:not ok|Bail|#.*expected).*/mg;
    is( $status, 0, "$build runs" ) or diag( join "\n", @failures );
    my ($violations) = $output =~ /^# violations (\d+)$/m;
    is( $violations, 0, "$build: nothing is lost or had twice" );
    report_coverage( $build, $image, $output );
}

for my $build (@unprotected) {
    my ( $image, $output, $status ) = run( $build, $how );
    my ($violations) = $output =~ /^# violations (\d+)$/m;
    cmp_ok( $violations, '>', 0, "$build: violations are noticed" );
    note("$build: $violations violations");
    for my $object (
        'take', 'free', 'arena', 'temp', 'rewindable', 'rewindable free', 'span close',
        'claim', 'release', 'open', 'add', 'close', 'heap' )
    {
        like( $output, qr/^not ok \d+ - $object\b/m,
            "$build: so they are of '$object'" );
    }
}
# Allocators whose ends are broken: each kind is noticed.
{
    my ( $image, $output, $status ) = run( 'mps2-an385', 'broken' );
    for my $object ( 'blocks', 'a full arena', 'a temp', 'a rewindable', 'a pool', 'a region' ) {
        like( $output, qr/^not ok \d+ - end of \Q$object\E/m,
            "a broken end of $object is noticed" );
    }
}
done_testing();
