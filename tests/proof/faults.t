#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Proofs that hold for any code prove nothing: each fault is the code broken in one
# place, and a goal of the proofs named with it must be lost. Lost is what is false for
# some inputs, not what takes too long.
use strict;
use warnings;
use lib 'tests/proof', 'tests/tools';
use Test::More;
use solve;
use files;
use overlay;

my $folder = 'build/proof/faults';
mkdir $_ for 'build', 'build/proof', $folder;

# A file of proofs, a pattern of their names; file (the first of a pattern that has the
# text), text that occurs there, what it becomes; and the kind of CPU, if it is not 32.
my @faults = (
    [ 'bits', 'gap_leads', 'src/bits.h', '(0 - address) & mask', '(1 - address) & mask' ],
    [ 'bits', 'log2',      'src/bits.h', 'pow2 >> log2 > 1',     'pow2 >> log2 > 2' ],
    [ 'bits', 'next_above', 'src/bits.h', 'while (above <= n)',   'while (above < n)' ],
    [ 'bits', 'below_top', 'src/bits.h', 'start <= top && size', 'size' ],
    [ 'bits', 'least',     'src/bits.h', 'size == 0 ? 1 : size', 'size' ],
    [ 'bits', 'have_one_bit', 'src/bits.h', 'x != 0 && (x & (x - 1)) == 0', '(x & (x - 1)) == 0' ],
    [ 'arena', 'a_fit', 'include/reel/detail/arena.h', 'REEL_MAY_CARRY(mask) && padded < next', 'false' ],
    [ 'arena', 'a_fit', 'include/reel/detail/arena.h', '*end <= *start : size == 0', '*end < *start : size == 0' ],
    [ 'arena', 'a_fit', 'include/reel/detail/arena.h', '*end > limit', '*end - 1 > limit' ],
    [ 'arena', 'no_fit', 'include/reel/detail/arena.h', '(align & mask) != 0', 'false' ],
    [ 'arena', 'whole_granules', 'src/arena.c', 'size <= gap || size - gap < granule', 'size - gap < granule' ],
    [ 'arena', 'whole_granules', 'src/arena.c', '(start + size) & ~mask', '(start + size)' ],
    [ 'arena', 'alloc_succeeds', 'src/arena.c', 'gap > left || size > left - gap', 'size > left - gap' ],
    [ 'arena', 'alloc_succeeds', 'src/arena.c', 'size > left - gap', 'size >= left - gap' ],
    [ 'arena', 'alloc_succeeds', 'src/arena.c', 'stop + gap_to(stop, granule_mask(arena));', 'stop;' ],
    [ 'arena', 'resize_succeeds', 'src/arena.c', '&& with_zone(new_size) <= arena->end - start', '' ],
    [ 'arena', 'resize_succeeds', 'src/arena.c', '&& start >= arena->floor', '' ],
    [ 'arena', 'inline_half', 'include/reel/detail/arena.h', '&& old_size - 1 < next - arena->floor', '' ],
    [ 'arena', 'free_lowers', 'src/stack.h', '&& start >= arena->floor', '' ],
    [ 'arena', 'a_rewind', 'src/arena_marks.c', 'position > arena->last_position', 'position >= arena->last_position' ],
    [ 'arena', 'a_rewind', 'src/arena_marks.c', 'position - base > next - base', 'position > next' ],
    [ 'arena', 'a_rewind', 'src/arena_marks.c', '|| (position & granule_mask(arena)) != 0 // of before a new init', '' ],
    [ 'arena', 'lowest_rewind', 'src/arena_marks.c', 'if (position <= arena->low_position)', 'if (position != 0)' ],
    [ 'arena', 'a_reset', 'src/stack.h', '    arena->epoch = serial;', '' ],
    [ 'arena', 'free_lowers', 'src/stack.h', '&& (start & mask) == 0', '' ],
    [ 'arena', 'questions', 'src/arena.c', 'at_least_1(size) <= used - offset', 'offset + at_least_1(size) <= used' ],
    [ 'heap_bits', 'found_from', 'src/heap_bits.h', 'WORD_BITS - 1 - leading', 'WORD_BITS - leading' ],
    [ 'heap_bits', 'found_from', 'src/heap_bits.h', 'half |= half >> 8;', '', 'rv' ],
    [ 'heap_bits', 'two_below', 'src/heap_bits.h', '17, 17, 17, 17', '17, 17, 17, 18', 'm0' ],
    [ 'heap_bits', 'two_below', 'src/heap_bits.h', 'n >= 16 * SMALL', 'n >= 17 * SMALL', 'rv' ],
    [ 'heap_bits', 'in_the_order', 'src/heap_bits.h', '4 * (WORD_BITS - 2) - 4 * zeroes', '4 * (WORD_BITS - 2) - 3 * zeroes' ],
    [ 'heap_bits', 'less_than_a_quarter', 'src/heap_bits.h', '(WORD_BITS - 3)', '(WORD_BITS - 2)' ],
    [ 'heap_bits', 'same_lists', 'include/reel/detail/heap.h', '(4 * (size_t)(n) >> ', '(2 * (size_t)(n) >> ' ],
    [ 'heap', 'whole_granules', 'src/heap_map.h', '(with_zone(size) + heap->mask) >>', 'with_zone(size) >>' ],
    [ 'heap', 'a_granule_starts', 'src/heap_map.h', 'return offset >> shift | offset << ((0 - shift) & (WORD_BITS - 1));', 'return offset >> shift;' ],
    [ 'heap', 'lowest_list', 'src/heap*.c', 'heap->bins[word] & (0 - bit)', 'heap->bins[word] & (0 - (bit << 1))' ],
    [ 'heap', 'lowest_list', 'src/heap*.c', 'word < 3 && heap->bins[3] != 0', 'false' ],
    [ 'heap_free', 'joins', 'src/heap_free.c', 'block -= before;', 'block -= bytes;' ],
    [ 'heap_free', 'joins', 'src/heap_free.c', 'bytes += behind;', 'bytes = behind;' ],
    [ 'heap_free', 'joins', 'src/heap_free.c', 'end == frontier_of(heap)', 'end - 1 == frontier_of(heap)' ],
    [ 'heap_free', 'joins', 'src/heap_free.c', '|| REEL_UNLIKELY(!reel_heap_unlink(heap, block - before))', '' ],
    [ 'heap_init', 'what_fits', 'src/heap_init.c', 'gap <= size - end', 'gap <= size' ],
    [ 'heap_init', 'fewer_do', 'src/heap_init.c', 'n / WORD_BITS + 1', 'n % WORD_BITS + 1' ],
    [ 'heap_init', 'fewer_do', 'src/heap_init.c', 'n <= (size - end - gap)', 'n == (size - end - gap)' ],
    [ 'heap_most', 'most_granules', 'src/heap_init.c', 'bit >>= 1', 'bit >>= 2' ],
    [ 'heap_realloc', 'stays', 'src/heap.c', 'n > heap->count - first', 'n >= heap->count - first' ],
    [ 'heap_realloc', 'stays', 'src/heap.c', 'bytes < more', 'bytes <= more' ],
    [ 'heap_alloc', 'alloc_succeeds', 'src/heap*.c', 'n > left - gap', 'n >= left - gap' ],
    [ 'heap_alloc', 'any_alignment', 'src/heap*.c', 'gap <= get_word(heap, BYTES(block)) - taken', 'gap <= get_word(heap, BYTES(block))' ],
    [ 'heap_alloc', 'any_alignment', 'src/heap*.c', 'more <= heap->count - n', 'true' ],
    [ 'heap_alloc', 'any_alignment', 'src/heap*.c', 'raise_frontier(heap, first + gap + n);', 'raise_frontier(heap, first + n);' ],
    [ 'heap_alloc', 'any_alignment', 'src/heap*.c', 'leave_free(heap, first, gap);', 'leave_free(heap, first, gap + 1);' ],
    [ 'heap_alloc', 'any_alignment', 'src/heap*.c', 'block + gap, bytes - gap, n, taken', 'block + gap, bytes, n, taken' ],
    [ 'heap_alloc', 'any_alignment', 'src/heap*.c', 'gap_to(address_of(heap, first), mask) >> heap->shift', 'mask >> heap->shift' ],
    [ 'heap_alloc', 'alloc_succeeds', 'src/heap*.c', 'const size_t taken = n << heap->shift;', 'const size_t taken = (n - 1) << heap->shift;' ],
    [ 'heap_alloc', 'alloc_succeeds', 'src/heap*.c', 'raise_frontier(heap, first + gap + n);', 'raise_frontier(heap, first + gap + n - 1);' ],
    [ 'blocks', 'exact_if', 'src/blocks*.c', 'middle > LOW_HALF', 'middle > LOW_HALF + 1' ],
    [ 'blocks', 'exact_if', 'src/blocks*.c', '|| low > limit - high', '' ],
    [ 'blocks', 'made_from', 'src/block_list.h', 'product >> shift', 'product >> (shift / 2)' ],
    [ 'blocks', 'below_the_count', 'src/block_list.h', '| product << ((0 - shift) & (WORD_BITS - 1))', '' ],
    [ 'blocks', 'changes_the_version', 'src/list/versioned.h', '+ 2 * list->fresh_bit;', '+ list->fresh_bit;' ],
    [ 'blocks', 'is_empty_and', 'src/list/versioned.h', 'return link & (list->fresh_bit - 1);', 'return link & list->fresh_bit;' ],
    [ 'blocks', 'is_free_or_fresh', 'src/blocks*.c', 'watermark >= list->count', 'watermark > list->count' ],
    [ 'blocks', 'is_free_or_fresh', 'src/list/versioned.h', 'next_version(list, *head) | link_after', '(*head - top_of(list, *head)) | link_after' ],
    [ 'blocks', 'free_succeeds', 'src/block_list.h', 'REEL_UNLIKELY(i >= peak)', 'REEL_UNLIKELY(i > peak)' ],
    [ 'blocks', 'free_succeeds', 'src/block_list.h', 'i == number_of(blocks, NULL)', 'i == 0' ],
    [ 'blocks', 'free_succeeds', 'src/list/versioned.h', 'store_relaxed(last, head & mask);', 'store_relaxed(last, head);' ],
    [ 'registry', 'version_is_new', 'src/registry*.c', 'next == 0 ? 1 : next', 'next' ],
    [ 'registry', 'has_its_version', 'src/registry*.c', 'handle.index >= load_acquire', 'handle.index > load_acquire' ],
    [ 'registry', 'one_is_left', 'src/registry*.c', 'registry->used == registry->capacity', 'registry->used > registry->capacity' ],
    [ 'registry', 'given_back', 'src/registry*.c', 'store_release(&entry->version, 0);', '' ],
    [ 'registry', 'below_the_end', 'src/registry*.c', '(UINTPTR_MAX - (uintptr_t)entries) / sizeof', 'UINTPTR_MAX / sizeof' ],
    [ 'temp', 'whole_pages', 'src/temp*.c', 'stop + min_of(gap, temp->stack.end - stop)', 'stop + gap' ],
    [ 'temp', 'alloc_succeeds', 'src/temp*.c', '|| (least < most && raise_frontier_to(temp, least))', '|| (raise_frontier_to(temp, least) && least < most)' ],
    [ 'temp', 'reserve', 'src/temp*.c', 'taken > temp->stack.end - next', 'taken > temp->stack.end - temp->stack.base' ],
    [ 'temp_rewind', 'given_back', 'src/temp*.c', '(most | page_mask_of(temp)) + 1', 'most + 1' ],
    [ 'temp_rewind', 'given_back', 'src/temp*.c', 'committed - keep - 1, limit - 1', 'committed - keep - 1, limit' ],
    [ 'temp_rewind', 'spare_step', 'src/temp*.c', 'b <= SIZE_MAX - a ? a + b : SIZE_MAX', 'a + b' ],
    [ 'temp_rewind', 'moves_towards', 'src/temp*.c', '(uint32_t)distance * rate / RATE_ONE', '(uint32_t)distance * rate' ],
    [ 'temp_rewind', 'moves_towards', 'src/temp*.c', 'return goal > estimate ? estimate + step : estimate - step;', 'return estimate + step;' ],
    [ 'region', 'lies_in_it', 'src/region*.c', 'mask > page_mask ? mask - page_mask : 0', '0' ],
    [ 'region', 'worst_one', 'src/region*.c', 'padding <= page - taken', 'padding < page - taken' ],
    [ 'region', 'lies_in_it', 'src/region*.c', 'region->end = stop;', '' ],
    [ 'region', 'lies_in_it', 'src/region*.c', 'stop - start - taken >= region->end', 'stop - taken >= region->end' ],
    [ 'span', 'all_granules', 'src/span.c', 'start + (granules << rewindable->shift)', 'start + size' ],
    [ 'span', 'alloc_succeeds', 'src/span.c', '|| span->generation != span->rewindable->generation) {', ') {' ],
    [ 'span', 'alloc_succeeds', 'src/span.c', '    span->next = stop;', '' ],
    [ 'span', 'odd_alignment', 'src/span.c', '(align & mask_of(align)) == 0', 'true' ],
    [ 'span', 'keeps_the_word', 'src/span.c', 'live_of(used) - (kept == start)', 'live_of(used) - 1' ],
    [ 'span', 'gives_back', 'src/span.c', 'kept += granules_in(taken, shift);', 'kept += taken >> shift;' ],
    [ 'span', 'gives_back', 'src/span.c', 'is_live ? chunk_of(span->rewindable, span->start) : NULL', 'chunk_of(span->rewindable, span->start)' ],
    [ 'pool', 'a_place_in_it', 'src/page_list.h', '<< pool->place_bits | place', '<< pool->page_bits | place' ],
    [ 'pool', 'lies_in_a_chunk', 'src/page_list.h', 'place < pool->chunk_pages', 'place <= pool->chunk_pages' ],
    [ 'pool', 'links_of_a_unit', 'src/pool*.c', ': stop + links', ': pages + links' ],
    [ 'pool', 'one_step_apart', 'src/pool*.c', 'step > SIZE_MAX - size ? 0', 'false ? 0' ],
    [ 'pool', 'no_more_chunks', 'src/pool*.c', 'pages -= min_of(pages, pool->chunk_pages);', 'pages -= min_of(pages, pool->chunk_pages - 1);' ],
    [ 'pool', 'no_more_chunks', 'src/pool*.c', 'pages > 0 && *count < room', 'pages > 0 && *count <= room' ],
    [ 'pool', 'can_be_numbered', 'src/pool*.c', 'capacity <= REEL_BLOCKS_MAX >> bits_for(chunk_pages)', 'capacity <= REEL_BLOCKS_MAX' ],
    [ 'pool', 'an_address', 'src/page_list.h', 'base != 0 && place', 'place' ],
    [ 'chunk', 'aligned_and_claimed', 'src/chunk.h', 'granules > left - padding', 'granules > left' ],
    [ 'chunk', 'one_generation', 'src/chunk.h', '(word ^ no_bits(rewindable)) <= LOW_HALF', 'word != 0' ],
    [ 'chunk', 'as_many_as', 'src/chunk.h', '(granules + HALF_BITS - 1) / HALF_BITS', 'granules / HALF_BITS' ],
    [ 'chunk', 'rounded_up', 'src/chunk.h', '((size - 1) >> shift) + 1', '(size >> shift) + 1' ],
    [ 'growth', 'growth_is', 'src/rewindable_init.c', 'min_of(data_size(rewindable, &rewindable->table[i]), grown)', 'grown' ],
    [ 'growth', 'growth_is', 'src/rewindable_init.c', 'return last + min_of(last, limit);', 'return last + limit;' ],
    [ 'growth', 'is_taken', 'src/rewindable_init.c', 'max_of(granules, initial_granules', 'min_of(granules, initial_granules' ],
    [ 'growth', 'is_taken', 'src/rewindable_init.c', 'least < grown &&', 'least <= grown &&' ],
    [ 'growth', 'is_taken', 'src/rewindable_init.c', 'take_chunk(rewindable, chunk, least, mask)', 'take_chunk(rewindable, chunk, granules, mask)' ],
    [ 'growth', 'is_taken', 'src/rewindable_init.c', '&rewindable->table[count];', '&rewindable->table[0];' ],
    [ 'growth', 'a_size', 'src/rewindable_init.c', 'data + bits_size(granules)', 'data + granules / 8' ],
    [ 'mpu7', 'a_byte_is_open', 'port/cortex-m/mpu7.c', '0xFFu << parts & 0xFFu', '0xFFu << parts & 0x7Fu' ],
    [ 'mpu7', 'a_byte_is_open', 'port/cortex-m/mpu7.c', 'mpu->base + eighth, eighth_log2, pages', 'mpu->base + eighth, eighth_log2, pages + 1' ],
    [ 'mpu7', 'a_move', 'port/cortex-m/mpu7.c', '} else if (to > from) {', '} else if (to < from) {' ],
    [ 'mpu7', 'a_move', 'port/cortex-m/mpu7.c', '    disable_region(mpu->region + 2u);', '' ],
    [ 'mpu7', 'a_commit', 'port/cortex-m/mpu.h', '(offset == frontier || offset == 0)', 'true' ],
    [ 'mpu7', 'all_is_closed', 'port/cortex-m/mpu7.c', 'unsigned i = mpu->regions; i-- > 0;', 'unsigned i = mpu->regions; i-- > 1;' ],
    [ 'mpu7', 'a_range', 'port/cortex-m/mpu7.c', 'size >> log2 == 1 ? log2 : 0', 'log2' ],
    [ 'mpu8', 'a_byte_is_open', 'port/cortex-m/mpu8.c', '(uint32_t)(end - GRANULE)', '(uint32_t)end' ],
    [ 'mpu8', 'a_commit', 'port/cortex-m/mpu.h', 'size - 1 < range - offset', 'size - 1 < range' ],
    [ 'pmp', 'a_byte_is_open', 'port/riscv/pmp.c', '(pmp->base + to) / GRANULE', '(pmp->base + to) / GRANULE + 1' ],
    [ 'pmp', 'an_entry', 'port/riscv/pmp.c', 'address_of(entry - 1)', 'address_of(entry + 1)' ],
    [ 'pmp', 'an_entry', 'port/riscv/pmp.c', 'low < end && first < address', 'low < end && first <= address' ],
    [ 'pmp', 'an_entry', 'port/riscv/pmp.c', 'mode == NAPOT ? address ^ (address + 1) : 0', 'mode == NAPOT ? address ^ (address - 1) : 0' ],
    [ 'pmp', 'a_decommit', 'port/frontier.h', 'size <= frontier', 'true' ],
    [ 'arena', 'a_failure', 'src/stack.h', 'one_more > refusals', 'true' ],
);

# A goal that is lost; undef: none. The last ones come first: they say what the code does.
sub lost_goal {
    my ( $file, $cpu, $pattern, @more ) = @_;
    my $text = solve::compile( $file, $cpu, sub { $_[0] =~ /$pattern/ }, $folder, @more );
    for my $name ( ir::read_file( $text, solve::bits_of($cpu) ) ) {
        my $run = ir::translate($name);
        for my $seconds ( 2, 20 ) {
            for my $kind (qw(duties wants)) {
                my $bad = $kind eq 'duties' ? 'sat' : 'unsat';
                for my $goal ( reverse solve::in_order( keys %{ $run->{$kind} } ) ) {
                    my $answer = solve::refute( $run->{$kind}{$goal}, $folder, $run->{given}, $seconds );
                    return "$name, $goal" if defined $answer && $answer eq $bad;
                }
            }
        }
    }
    return;
}

# The files that have the text of a fault.
sub files_of {
    my ( $base, $pattern, $files, $text ) = @{ $_[0] };
    return grep { index( text_of($_), $text ) >= 0 } glob $files;
}

my @stale = map { $_->[3] } grep { !files_of($_) } @faults;
is( "@stale", '', 'each fault is a change of the code as it is' );

# Without PROVE=all one that is quick.
my $only = $ENV{ONLY} // '';
my @chosen = ( $ENV{PROVE} // '' ) eq 'all' ? grep { $only eq '' || $_->[0] eq $only } @faults : $faults[0];
for my $fault (@chosen) {
    my ( $base, $pattern, @edit ) = @$fault;
    my $cpu = $edit[3] // 32;
    ( $edit[0] ) = files_of($fault) or next;
    overlay::write( $folder, 0, @edit[ 0 .. 2 ] );
    my $lost = eval { lost_goal( "tests/proof/$base.c", $cpu, $pattern, '-ivfsoverlay', "$folder/overlay.yaml" ) };
    ( my $name = "$edit[0]: $edit[1] -> $edit[2]" ) =~ s/\s+/ /g;
    ok( defined $lost, "$name: " . ( $lost // "no goal is lost $@" ) );
}
done_testing();
