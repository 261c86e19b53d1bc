# SPDX-License-Identifier: MIT
package edits;

# Mutants that operators cannot express: a clause that is always true, a sum in place of
# a subtraction, steps in another order.
use strict;
use warnings;
use lib 'tests/tools';
use Digest::MD5 'md5_hex';
use files;

# File, text that occurs there, what it becomes.
our @list = (
    # placing a block
    [ 'include/reel/detail/arena.h', 'REEL_MAY_CARRY(mask) && padded < next', 'false' ],
    [ 'include/reel/detail/arena.h', '*end <= *start : size == 0', '*end == *start : size == 0' ],
    [ 'include/reel/detail/compiler.h', '(bytes) > REEL_TOP_BYTES / 2)', 'false)' ],
    [ 'include/reel/detail/arena.h', '(align & mask) != 0', 'false' ],
    [ 'include/reel/detail/arena.h', 'padded & ~mask', 'padded' ],
    [ 'src/bits.h', 'size == 0 ? 1 : size', 'size' ],
    [ 'src/arena.c', 'gap > left || size > left - gap', 'size > left - gap' ],
    [ 'src/arena.c', 'gap > left || size > left - gap', 'gap + size > left' ],
    [ 'src/arena.c', 'found->stop = stop + gap_to(stop, granule_mask(arena));', 'found->stop = stop;' ],
    [ 'src/arena.c', 'swap_if_relaxed(&arena->next, &next, found.stop)', 'swap_if_relaxed(&arena->next, &next, found.start)' ],
    [ 'src/arena.c', '&& swap_if_relaxed(&arena->next, &next, stop)', '&& (swap_if_relaxed(&arena->next, &next, stop), true)' ],

    # a heap
    [ 'src/heap_init.c', 'gap <= size - end', 'true' ],
    [ 'src/heap_init.c', 'n <= (size - end - gap) >> log2_of(granule)', 'n <= (size - end) >> log2_of(granule)' ],
    [ 'src/heap_init.c', 'granule < REEL_HEAP_GRANULE', 'false' ],
    [ 'src/heap_init.c', '!is_below_top(start, size)', 'false' ],
    [ 'src/heap_shared.h', 'is_inside(heap, from) && get_word(heap, from) == block', 'true' ],
    [ 'src/heap_lists.h', '*bytes >= least', 'true' ],
    [ 'src/heap_lists.h', '*bytes != 0
                      && has_length(heap, BYTES(end - *bytes), *bytes)', 'has_length(heap, BYTES(end - *bytes), *bytes)' ],
    [ 'src/heap_lists.h', '*bytes != 0
                      && has_length(heap, LAST_WORD(block + *bytes), *bytes)', 'has_length(heap, LAST_WORD(block + *bytes), *bytes)' ],
    [ 'src/heap_lists.h', 'get_word(heap, other) == bytes', 'true' ],
    [ 'src/heap.c', 'heap->cleared < cells', 'false' ],
    [ 'src/heap.c', 'max_of(heap->largest_refused, size)', 'size' ],
    [ 'src/heap.c', 'n > heap->count - first', 'false' ],
    [ 'src/heap.c', 'n < SMALL && bin == own', 'n < SMALL' ],
    [ 'src/heap.c', 'gap > left || n > left - gap', 'n > left' ],
    [ 'src/heap.c', '(align & mask) != 0)) {', 'false)) {' ],
    [ 'src/heap.c', 'size != 0 || has_ended(heap)', 'false' ],
    [ 'src/heap_map.h', 'READ(at->cell[1].starts) << (WORD_BITS - 1)', '0' ],
    [ 'src/heap_free.c', 'first >= frontier_of(heap)', 'false' ],
    [ 'src/heap_free.c', 'granules_for(heap, at_least_1(size)) != n', 'false' ],
    [ 'src/heap.c', 'if (n > heap->count - first) {', 'if (false) {' ],
    [ 'src/heap.c', '((uintptr_t)block & mask) == 0', 'true' ],
    [ 'src/heap.c', 'min_of(old, at_least_1(size))', 'at_least_1(size)' ],
    [ 'src/heap_shared.h', 'i / WORD_BITS + 2', 'i / WORD_BITS + 1' ],
    [ 'src/heap_map.h', 'offset << ((0 - shift) & (WORD_BITS - 1))', '0' ],
    [ 'src/heap_map.h', 'WORD_BITS - i % WORD_BITS + lowest_bit(far)', 'WORD_BITS - i % WORD_BITS + lowest_bit(far) + 1' ],
    [ 'src/heap_later.c', 'i >= load_relaxed(&heap->frontier)', 'false' ],
    [ 'src/heap_later.c', 'heap->pending = get_word(heap, block);', 'heap->pending = 0;' ],
    [ 'src/heap_later.c', '== REEL_DOUBLE_FREE', '== REEL_FOREIGN' ],
    [ 'src/heap_cache.c', 'n > cache->capacity', 'false' ],
    [ 'src/heap_cache.c', 'more > largest - size', 'false' ],
    [ 'src/heap_cache.c', 'more > above - taken', 'false' ],
    [ 'src/heap_cache.c', 'if (new_size > old_size)', 'if (false)' ],
    [ 'src/heap_cache.c', 'count == REEL_HEAP_CACHED', 'false' ],

    # set-up, typed allocation, scopes
    [ 'include/reel/allocator.h', 'count <= SIZE_MAX / size ? count * size : SIZE_MAX', 'count * size' ],
    [ 'include/reel/detail/arena.h', '(scope->arena, scope->mark);', '(scope->arena, reel_arena_mark(scope->arena));' ],
    [ 'src/bits.h', 'start <= top && size', 'size' ],
    [ 'src/bits.h', 'size <= top - start', 'true' ],
    [ 'src/arena.c', '!is_below_top(start, size)', 'false' ],
    [ 'src/arena.c', 'size <= gap || size - gap < granule', 'size - gap < granule' ],
    [ 'src/arena.c', 'size <= gap || size - gap < granule', 'size <= gap' ],
    [ 'src/arena.c', '(start + size) & ~mask', '(start + size)' ],
    [ 'src/stack.h', 'REEL_OUT_OF_LINE || log2 > 0', 'REEL_OUT_OF_LINE' ],

    # counts
    [ 'src/stack.h', 'one_more > refusals', 'true' ],
    [ 'src/stack.h', '(&arena->largest_refused) < size', '(&arena->largest_refused) == 0' ],
    [ 'src/stack.h', 'if (arena->peak < next)', 'if (arena->peak > next)' ],
    [ 'src/arena_stats.c', 'arena->peak < next ? next : arena->peak', 'arena->peak' ],

    # one block changes
    [ 'include/reel/detail/arena.h', '(uintptr_t)block + old_size == next', 'true' ],
    [ 'include/reel/detail/arena.h', '&& old_size - 1 < next - arena->floor', '' ],
    [ 'include/reel/detail/arena.h', 'old_size - 1 < next', 'old_size < next' ],
    [ 'include/reel/detail/arena.h', 'stop >= next && stop', 'stop' ],
    [ 'include/reel/detail/arena.h', '&& stop <= arena->limit.value', '' ],
    [ 'src/stack.h', '&& start >= arena->floor', '' ],
    [ 'src/watch.h', 'min_of(size, at_least_1(new_size))', 'size' ],
    [ 'src/arena.c', 'at_least_1(size) <= used - offset', 'offset + at_least_1(size) <= used' ],
    [ 'src/arena.c', '&& with_zone(new_size) <= arena->end - start', '' ],
    [ 'src/arena.c', 'if (new_size > old_size && !is_last)', 'if (new_size != old_size && !is_last)' ],
    [ 'src/arena.c', '((uintptr_t)block & mask) == 0', 'true' ],
    [ 'src/arena.c', 'if (is_last(arena, start, at_least_1(size))) {', 'if (true) {' ],
    [ 'src/bytes.h', 'i = words * sizeof(raw_word); i < size', 'i = words * sizeof(raw_word); i + 1 < size' ],

    # marks
    [ 'src/arena_marks.c', 'next != arena->epoch ? next : arena->serial', 'next' ],
    [ 'src/arena_marks.c', 'age > arena->serial - epoch', 'false' ],
    [ 'src/arena_marks.c', 'position > arena->last_position', 'false' ],
    [ 'src/arena_marks.c', 'age < arena->low_serial - epoch', 'serial < arena->low_serial' ],
    [ 'src/arena_marks.c', 'position > arena->low_position', 'false' ],
    [ 'src/arena_marks.c', 'position - base > next - base', 'position > next' ],
    [ 'src/arena_marks.c', 'position - base > next - base', 'false' ],
    [ 'src/arena_marks.c', 'if (owner != arena) {', 'if (false) {' ],
    [ 'include/reel/detail/arena.h', '|| owner != arena || serial', '|| serial' ],
    [ 'include/reel/detail/arena.h', '|| serial != arena->inline_serial', '' ],
    [ 'include/reel/detail/arena.h', '|| position != arena->floor', '|| position > arena->next.value' ],
    [ 'include/reel/detail/arena.h', 'if (arena->peak < next)', 'if (arena->peak > next)' ],

    # the gate
    [ 'src/gate.c', 'if (reel_port_in_interrupt())', 'if (false)' ],
    [ 'src/gate.h', 'reel_port_gate_leave(gate);', '(void)gate;' ],
    [ 'src/hooks.c', 'thread != 0 ? thread : GATE_TAKEN', 'GATE_TAKEN' ],
    [ 'src/gate.c', 'REEL_CHECKS >= 1
            && !HOLDS(!is_inside(gate), REEL_BUSY, REEL_KIND_UNKNOWN, gate,
                      caller)', 'false' ],

    # temp: committing
    [ 'src/temp_rewind.c', '(temp, frontier - less);', '(temp, frontier);' ],
    [ 'src/temp.c', 'min_of(gap, temp->stack.end - stop)', 'gap' ],
    [ 'src/temp.c', 'min_of(gap, temp->stack.end - stop)', 'gap_to(stop, page_mask_of(temp))' ],
    [ 'src/temp.c', 'set_frontier(temp, target);', 'set_frontier(temp, stop);' ],
    [ 'src/temp.c', 'stop <= committed_of(temp) || raise_frontier', 'raise_frontier' ],
    [ 'src/temp_rewind.c', 'if (committed <= keep) {', 'if (false) {' ],
    [ 'src/temp_rewind.c', 'min_of(committed - keep - 1, limit - 1)', 'committed - keep - 1' ],
    [ 'src/temp_rewind.c', 'min_of(committed - keep - 1, limit - 1)', 'min_of(committed - keep - 1, limit)' ],
    [ 'src/temp_rewind.c', '(most | page_mask_of(temp)) + 1', 'most + 1' ],
    [ 'src/temp_frontier.h', 'used + gap_to(used, page_mask_of(temp))', 'used' ],
    [ 'src/temp_frontier.h', '(step & mask) == 0', 'true' ],
    [ 'src/temp_rewind.c', 'b <= SIZE_MAX - a ? a + b : SIZE_MAX', 'a + b' ],
    [ 'src/temp.c', 'units <= size / 2', 'units <= size' ],
    [ 'src/temp.c', 'units <= size / 2', 'false' ],
    [ 'src/temp.c', 'is_last(&temp->stack, start, old_size)', 'true' ],
    [ 'src/temp.c', 'taken <= temp->stack.end - start', 'true' ],
    [ 'src/temp.c', '&& swap_if_relaxed(&temp->stack.next, &next, stop)', '&& (store_relaxed(&temp->stack.next, stop), true)' ],
    [ 'src/temp.c', '|| !commit_to(temp, stop PASS_CALLER)) {', ') {' ],

    # temp: the estimate, rewinding, giving back
    [ 'src/temp_rewind.c', 'estimate + step : estimate - step', 'estimate + step - 1 : estimate - step + 1' ],
    [ 'src/temp_rewind.c', 'max_of(1, is_small', 'max_of(0, is_small' ],
    [ 'src/temp_rewind.c', 'if (distance == 0) {', 'if (false) {' ],
    [ 'src/temp_rewind.c', 'distance / RATE_ONE < RATE_ONE', 'true' ],
    [ 'src/temp_rewind.c', 'high > kept && last > kept', 'high > kept' ],
    [ 'src/temp_rewind.c', 'max_of(high, last), temp', 'high, temp' ],
    [ 'src/temp_rewind.c', 'high / 2 + last / 2', 'high' ],
    [ 'src/temp_rewind.c', 'max_of(average, estimate)', 'average' ],
    [ 'src/temp_rewind.c', 'more = add(size, temp->step)', 'more = size' ],
    [ 'src/temp_rewind.c', 'add(more, gap_to_step(temp, more))', 'more' ],
    [ 'src/temp_rewind.c', 'temp->peak = max_of(temp->peak, high);', 'temp->peak = high;' ],
    [ 'src/temp_rewind.c', 'if (status != REEL_OK) {', 'if (false) {' ],
    [ 'src/temp_rewind.c', '    if (temp->strict) {
        lower_to_used(temp);
    } else if', '    if' ],
    [ 'src/temp_rewind.c', '    if (temp->strict) {
        lower_to_used(temp);
    } else {
        lower_to_kept', '    {
        lower_to_kept' ],
    [ 'src/temp_init.c', '&& policy->expansion <= RATE_ONE', '' ],
    [ 'src/temp_init.c', '(policy->step & page_mask) == 0', 'true' ],
    [ 'src/temp_init.c', '((start | size) & page_mask) == 0', '(size & page_mask) == 0' ],

    # temp: the window
    [ 'src/temp_rewind.c', 'max_of(temp->last_high, high)', 'high' ],
    [ 'src/temp_rewind.c', 'max_of(temp->estimate, highest)', 'highest' ],
    [ 'src/temp_rewind.c', 'temp->frame == temp->window', 'temp->frame > temp->window' ],
    [ 'src/temp_rewind.c', '        temp->estimate = highest;', '        temp->estimate = kept;' ],
    [ 'src/temp_rewind.c', 'temp->window > 0 ? committed / 4 : 0', 'committed / 4' ],
    [ 'src/temp_rewind.c', 'temp->window > 0 ? committed / 4 : 0', '0' ],
    [ 'src/temp_rewind.c', 'committed / 4', 'committed / 3' ],
    [ 'src/temp_rewind.c', 'temp->window > 0 ? highest_of', 'false ? highest_of' ],
    [ 'src/temp_rewind.c', 'temp->window > 0 && next_of', 'next_of' ],
    [ 'src/temp_rewind.c', '&& next_of(&temp->stack) == temp->stack.base', '' ],
    [ 'src/temp_init.c', '    temp->window = policy->window;', '    temp->window = 0;' ],

    # blocks
    [ 'src/blocks.c', 'mark >= list->count', 'false' ],
    [ 'src/list.h', 'return i + 1;', 'return i;' ],
    [ 'src/list/versioned.h', 'place_of(list, watermark) + 1', 'place_of(list, watermark)' ],
    [ 'src/list/versioned.h', 'if (own != i) {', 'if (false) {' ],
    [ 'src/blocks_stats.c', 'length == peak', 'false' ],
    [ 'src/blocks_stats.c', 'watermark_of(list, link) == peak ? length : SIZE_MAX', 'length' ],
    [ 'src/block_list.h', 'product >> shift |', '' ],
    [ 'src/blocks_init.c', '(a_high > 0 && b_high > 0)', 'false' ],
    [ 'src/blocks_init.c', 'middle > LOW_HALF', 'false' ],
    [ 'src/blocks_init.c', '+ a_low * b_high', '' ],
    [ 'src/blocks_init.c', 'high > limit', 'false' ],
    [ 'src/blocks_init.c', 'low > limit - high', 'false' ],
    [ 'src/blocks_init.c', '        product = odd * inverse;', '        product = 1;' ],
    [ 'src/block_list.h', 'i >= peak)', 'i >= blocks->list.count)' ],
    [ 'src/block_list.h', 'if (i == number_of(blocks, NULL)) {
        return REEL_INVALID;', 'if (false) {
        return REEL_INVALID;' ],
    [ 'src/count.h', 'seen + 1', 'seen' ],
    [ 'src/blocks_cache.c', 'cache->slots, half_of(cache)', 'cache->slots, 2 * half_of(cache)' ],
    [ 'src/block_list.h', '((blocks->base | blocks->block_size) & mask) == 0', 'true' ],
    [ 'src/block_list.h', 'size <= blocks->block_size', 'true' ],
    [ 'include/reel/detail/blocks_cache.h', '(uintptr_t)block - cache->blocks->base >= cache->bytes', 'false' ],
    [ 'include/reel/detail/blocks_cache.h', 'top == cache->slots', 'false' ],
    [ 'include/reel/detail/blocks_cache.h', 'top == cache->limit', 'false' ],

    [ 'src/list/chained.h', 'count < most && *link < peak', '*link < peak' ],
    [ 'src/list/chained.h', 'count < most && *link < peak', 'count < most && *link < list->count' ],
    [ 'src/list/chained.h', 'count < most && *link < peak', 'count < most' ],
    [ 'src/list/chained.h', '!list_claim(list, i, above)', 'false' ],
    [ 'src/list/chained.h', 'chain->last == NULL', 'true' ],
    [ 'src/list/chained.h', 'chain->last != NULL', 'true' ],

    # lists of several pieces, and chains
    [ 'src/list/versioned.h', '(list, head) + 2 * list->fresh_bit', '(list, head)' ],
    [ 'src/list/versioned.h', 'next_version(list, load_relaxed(&list->head)) | top', 'next_version(list, load_relaxed(&list->head))' ],
    [ 'src/list/versioned.h', '(head & ~mask) + first', 'head' ],
    [ 'src/list/versioned.h', '!list_claim(list, i, above)', 'false' ],
    [ 'src/page_list.h', '(uintptr_t)1 << pool->place_bits) - 1', '(uintptr_t)1 << pool->place_bits)' ],
    [ 'src/page_list.h', 'pool->chunks[i >> pool->place_bits]', 'pool->chunks[0]' ],
    [ 'src/pool_init.c', 'min_of(REEL_ALIGN_DEFAULT, page)', 'REEL_ALIGN_DEFAULT' ],

    # pool: set-up and growth
    [ 'src/pool_init.c', '|| !is_pow2(page)', '' ],
    [ 'src/pool_init.c', '!is_whole(chunk, page - 1)', 'false' ],
    [ 'src/pool_init.c', 'capacity <= REEL_BLOCKS_MAX', 'capacity - 1 <= REEL_BLOCKS_MAX' ],
    [ 'src/pool_chunks.c', 'void *links = is_apart ? take_links(pool) : NULL;', 'void *links = NULL;' ],
    [ 'src/pool_chunks.h', 'last == SIZE_MAX ? &pool->first : &pool->chunks[last].after', '&pool->first' ],
    [ 'src/pool_chunks.c', 'let_follow(pool, number + 1, chunk);', 'let_follow(pool, number, chunk);' ],
    [ 'src/pool.c', 'return place_in(pool, watermark) + 1 < pool->chunk_pages', 'return true' ],
    [ 'src/pool_chunks.c', 'if (pool->chunk_pages > 1) {', 'if (true) {' ],
    [ 'src/pool_init.c', 'pow2_above(count - 1)', 'pow2_above(count)' ],
    [ 'src/pool.c', '        i = take_unseen(pool, take_page(pool));
        if (i == NO_NUMBER) {', '        {' ],

    # pool: giving back, reserving, trimming
    [ 'src/pool.c', '|| page_at(pool, i) != (uintptr_t)page', '' ],
    [ 'src/pool.c', 'place_in(pool, i) >= peak_in(chunk_at(pool, i))', 'false' ],
    [ 'src/pool_chunks.c', '*newest = *newest == SIZE_MAX ? chunk : *newest;', '*newest = chunk;' ],
    [ 'src/pool_chunks.c', 'first = drop_chunks(pool, first);', '(void)drop_chunks(pool, first); first = NO_NUMBER;' ],
    [ 'src/pool_trim.c', '} while (more > 0);', '} while (false);' ],
    [ 'src/pool_cache.c', 'if (cache->top > cache->slots && pool_has_ended(cache->pool)) {', 'if (false) {' ],
    [ 'src/blocks_cache.c', 'if (cache->top > cache->slots && has_ended(cache->blocks)) {', 'if (false) {' ],
    [ 'src/pool_chunks.c', 'max_of(pool->align, REEL_ALIGN_DEFAULT)', 'pool->align' ],
    [ 'src/pool_init.c', '!has_links_apart(pool) && !is_all_taken_back(pool)', '!has_links_apart(pool)' ],
    [ 'src/locked.c', 'reel_reclaim(lock->backing, block, size)', 'reel_free(lock->backing, block, size) == REEL_OK' ],
    [ 'src/arena.c', 'is_last(self, (uintptr_t)block, at_least_1(size))
           &&', '' ],
    [ 'src/temp.c', 'is_last(&temp->stack, (uintptr_t)block, at_least_1(size))
           &&', '' ],
    [ 'src/heap_cache.c', 'REEL_UNLIKELY(cache_has_ended(cache)) ?', 'false ?' ],
    [ 'src/pool_chunks.c', 'pages -= min_of(pages, pool->chunk_pages)', 'pages -= pages' ],
    [ 'src/pool_trim.c', 'chunk->free = pool->chunk_pages - peak_in(chunk);', 'chunk->free = 0;' ],
    [ 'src/pool_trim.c', 'number_in(pool, i, peak_in(chunk))', 'number_in(pool, i, 0)' ],
    [ 'src/pool_trim.c', '|| reel_pool_used_pages(pool) > 0', '' ],
    [ 'src/list.h', 'list_end_count(list, head) && is_bottom(list, link)', 'list_end_count(list, head)' ],
    [ 'src/blocks_stats.c', 'return peak - min_of(listed, peak);', 'return peak;' ],
    [ 'src/pool_stats.c', 'return claimed - min_of(listed, claimed);', 'return claimed;' ],

    # region: pages and blocks
    [ 'src/region.c', 'region->pages == 0 ? list->count : region->newest', 'region->newest' ],
    [ 'src/region.c', 'stop - start - taken >= region->end - region->next', 'true' ],
    [ 'src/region.c', 'page + gap_to(page, mask)', 'page' ],
    [ 'src/region_close.c', 'link_of(list, region->oldest)', 'link_of(list, region->newest)' ],
    [ 'src/region.c', 'mask > page_mask ? mask - page_mask : 0', '0' ],
    [ 'src/region.c', 'mask > page_mask ? mask - page_mask : 0', 'mask' ],
    [ 'src/region.c', 'start + with_zone(size) == region->next', 'true' ],
    [ 'src/region.c', '&& with_zone(new_size) <= region->end - start', '' ],
    [ 'src/region.c', 'if (new_size > old_size && !is_last) {', 'if (!is_last) {' ],
    [ 'src/region.c', '((uintptr_t)block & mask_of(align)) == 0', 'true' ],

    # region: large objects and the end
    [ 'src/region_close.c', 'if (has_large && !reel_gate_enter(gate PASS_CALLER)) {', 'if (has_large && !reel_gate_enter(gate PASS_CALLER)) {
        (void)end_binding(&region->entry, region);' ],
    [ 'src/region_close.c', 'end_binding(&region->entry, region) == REEL_OK', 'true' ],
    [ 'src/region_pages.h', 'region->newest == NO_NUMBER ? REEL_STALE : REEL_CLOSED', 'REEL_CLOSED' ],
    [ 'src/region_pages.h', 'REEL_CHECKS < 2
           || HOLDS(!pool_has_ended(region->pool), REEL_STALE, REEL_KIND_REGION,
                    region, caller)', 'true' ],
    [ 'src/region_pages.h', 'if (list_is_allocated(list, i)) {', 'if (true) {' ],
    [ 'src/region.c', 'page_size_of(region) < with_zone(sizeof(large_note))', 'false' ],
    [ 'src/region.c', '        region->spare = note->next;', '        region->spare = NULL;' ],
    [ 'src/large.h', 'note->next = region->large;', 'note->next = NULL;' ],
    [ 'src/large.h', 'void *const kept = fits ? note->object : NULL;', 'void *const kept = NULL;' ],
    [ 'src/large.h', '        return REEL_BUSY;', '        return REEL_OK;' ],
    [ 'src/region_close.c', 'reel_region_is_open(region) && region->has_more', 'reel_region_is_open(region)' ],
    [ 'src/large.h', 'region->has_more ? region->large_size : 0', 'region->large_size' ],
    [ 'src/region.c', '!HOLDS(reel_region_is_open(region), why_closed(region), KIND, region,
               caller)', 'false' ],
    [ 'include/reel/detail/region.h', 'const reel_status status = reel_region_close(scope->region);', 'const reel_status status = REEL_OK;' ],
    [ 'include/reel/detail/region.h', 'is_open ? region : NULL, !is_open', 'is_open ? region : NULL, false' ],

    # region: pages at hand
    [ 'src/region_close.c', '    return region->pages > 0;', '    return true;' ],
    [ 'src/region_close.c', 'min_of(room, region->pages)', 'region->pages' ],
    [ 'src/pool_cache.c', 'cache->top > cache->slots', 'false' ],
    [ 'include/reel/detail/region.h', 'slot->page != page || ', '' ],
    [ 'include/reel/detail/region.h', ' || slot->number != region->newest', '' ],
    [ 'include/reel/detail/region.h', 'cache->top >= cache->limit', 'false' ],
    [ 'include/reel/detail/region.h', 'cache->top == cache->slots', 'false' ],
    [ 'include/reel/detail/region.h', 'region->has_more || ', '' ],
    [ 'include/reel/detail/region.h', 'region->end == 0 || ', '' ],
    [ 'include/reel/detail/region.h', 'region->pages != 1', 'false' ],

    # registry: handles and versions
    [ 'src/registry.c', "handle.version == 0\n        || ", '' ],
    [ 'src/registry.c', '|| handle.index >= load_acquire(&registry->watermark)', '|| handle.index >= registry->capacity' ],
    [ 'src/registry.c', 'load_acquire(&entry->version) == handle.version', 'load_acquire(&entry->version) >= handle.version' ],
    [ 'src/registry.c', 'next == 0 ? 1 : next', 'next' ],
    [ 'src/registry.c', 'next = last + 1', 'next = (last + 1) % 65536' ],
    [ 'src/registry.c', '*last = first_version(registry);', '*last = 0;' ],
    [ 'src/registry.c', '!= NULL ? ref.object', '!= NULL || ref.handle.version == 0 ? ref.object' ],
    [ 'src/registry.c', 'capacity == 0
        || capacity', 'capacity' ],
    [ 'src/registry.c', 'UINTPTR_MAX - (uintptr_t)entries', 'UINTPTR_MAX' ],

    # registry: entries and the tree
    [ 'src/registry.c', '    store_relaxed(&registry->free, registry->entries[free].next);', '    store_relaxed(&registry->free, REEL_NO_INDEX);' ],
    [ 'src/registry.c', 'entry->next = load_relaxed(&registry->free);', 'entry->next = REEL_NO_INDEX;' ],
    [ 'src/registry.c', 'registry->used > load_relaxed(&registry->peak)', 'true' ],
    [ 'src/registry.c', 'registry->used > load_relaxed(&registry->watermark)', 'true' ],
    [ 'src/registry.c', 'handle.index >= load_acquire(&registry->watermark)', 'handle.index >= load_acquire(&registry->peak)' ],
    [ 'src/registry.c', 'entries[entry->parent].first_child = entry->next;', 'entries[entry->parent].first_child = REEL_NO_INDEX;' ],
    [ 'src/registry.c', 'index = parent;', 'index = top;
            break;' ],

    # registry: what the owner does
    [ 'src/registry.c', '|| allocator.ops == NULL', '' ],
    [ 'src/registry.c', 'registry->failures < SIZE_MAX', 'true' ],
    [ 'src/registry.c', 'handle.index == 0 && handle.version == 0', 'handle.version == 0' ],
    [ 'src/registry.c', 'handle.index == 0 && handle.version == 0', 'handle.index == 0' ],
    [ 'src/registry.c', 'is_child && is_stale(registry, parent)', 'false' ],
    [ 'src/registry.c', 'registry->used == registry->capacity', 'registry->used + 1 == registry->capacity' ],
    [ 'src/registry.c', 'is_child ? parent.index : REEL_NO_INDEX', 'REEL_NO_INDEX' ],
    [ 'src/registry_stats.c', 'registry->failures > 0 ? entry_size : 0', 'entry_size' ],

    # lifetimes: the end of each kind, and who tells the registry
    [ 'src/registry.c', 'entry->allocator.ops->end != NULL', 'true' ],
    [ 'src/registry.c', '(uintptr_t)registry * ', '' ],
    [ 'src/binding.c', 'allocator != NULL && allocator->self == self', 'allocator != NULL' ],
    [ 'src/binding.c', '!goes_on || status != REEL_OK', '!goes_on' ],
    [ 'src/binding.c', '    if (status == REEL_BUSY) {
        return REEL_BUSY;
    }', '' ],
    [ 'src/stack.h', 'arena->entry == NULL ? serial : serial + 1', 'serial' ],
    [ 'src/stack.h', 'REEL_UNLIKELY(arena->entry != NULL) ? tell', 'false ? tell' ],
    [ 'src/arena.c', 'arena->entry != NULL ? tell_or_refuse(arena, false) : REEL_OK', 'REEL_OK' ],
    [ 'src/temp_rewind.c', 'end_binding(&temp->stack.entry, temp) != REEL_OK', 'false' ],
    [ 'src/pool_trim.c', 'end_binding(&pool->entry, pool) != REEL_OK', 'end_binding(&pool->entry, pool) == REEL_STALE' ],
    [ 'src/rewindable_rewind.c', 'renew_binding(&rewindable->entry, rewindable) != REEL_OK', 'renew_binding(&rewindable->entry, rewindable) == REEL_STALE' ],
    [ 'src/stack.h', 'next == arena->floor && next != arena->base ? REEL_FREES_NEVER', 'false ? REEL_FREES_NEVER' ],
    [ 'src/rewindable_create.c', 'return status == REEL_OK ? reel_registry_unregister(registry, none)', 'return status == REEL_OK ? REEL_OK' ],

    # registry: validation
    [ 'src/registry_stats.c', 'index < load_relaxed(&registry->watermark)', 'index < registry->capacity' ],
    [ 'src/registry_stats.c', 'return entry->next == REEL_NO_INDEX && entry->previous', 'return entry->previous' ],
    [ 'src/registry_stats.c', 'return entry->next == REEL_NO_INDEX && entry->previous == REEL_NO_INDEX;', 'return entry->next == REEL_NO_INDEX;' ],
    [ 'src/registry_stats.c', 'next->previous == index', 'true' ],
    [ 'src/registry_stats.c', '&& next->parent == entry->parent', '' ],
    [ 'src/registry_stats.c', 'child->parent == index', 'true' ],
    [ 'src/registry_stats.c', '&& child->previous == REEL_NO_INDEX', '' ],
    [ 'src/registry_stats.c', 'entry->registry == registry', 'true' ],
    [ 'src/registry_stats.c', 'entry->allocator.ops != NULL', 'true' ],
    [ 'src/registry_stats.c', '|| count == watermark', '' ],
    [ 'src/registry_stats.c', "in_use(registry, index) != NULL\n            || count", 'count' ],
    [ 'src/registry_stats.c', 'watermark > registry->capacity', 'false' ],
    [ 'src/registry_stats.c', 'count_from_roots(registry) == registry->used', 'true' ],
    [ 'src/registry_stats.c', 'count_free(registry) == watermark - registry->used', 'true' ],

    # start bits in memory of the caller's choice
    [ 'src/rewindable_init.c', 'chosen->frees_blocks && bits == NULL', 'chosen->frees_blocks' ],
    [ 'src/rewindable_init.c', '        if (!has_bits_apart(rewindable)) {
            make_room_for_bits(rewindable, chunk);
        }', '            make_room_for_bits(rewindable, chunk);' ],
    [ 'src/mark_log.h', '
           && log->epoch == arena->epoch', '' ],

    # rewindable: chunks come and go
    [ 'src/rewindable_init.c', 'i < bits_words(chunk->granules); i++) {
        store_relaxed', 'i + 1 < bits_words(chunk->granules); i++) {
        store_relaxed' ],
    [ 'src/rewindable_init.c', 'has_bits_behind ? data + bits_size(granules) : data', 'data' ],
    [ 'src/rewindable_init.c', 'max_of((size_t)1 << shift, mask + 1)', '(size_t)1 << shift' ],
    [ 'src/rewindable_init.c', 'min_of(last, limit)', 'limit' ],
    [ 'src/rewindable_init.c', 'min_of(last, limit)', 'last' ],
    [ 'src/rewindable_rewind.c', '&rewindable->table[count_of(rewindable) - 1];', '&rewindable->table[0];' ],
    [ 'src/rewindable_init.c', 'last = min_of(data_size(rewindable, &rewindable->table[i]), grown);', 'last = grown;' ],

    [ 'src/rewindable_init.c', 'max_of(granules, min_of(grown_size(rewindable, count) >> shift,
                                most_granules(shift)))', 'max_of(granules, grown_size(rewindable, count) >> shift)' ],
    [ 'src/rewindable_init.c', 'least < grown && take_chunk', 'take_chunk' ],
    [ 'src/rewindable_init.c', 'least < grown && take_chunk', 'false && take_chunk' ],
    [ 'src/rewindable_init.c', 'max_of(granules, initial_granules(rewindable->initial_size, shift));', 'initial_granules(rewindable->initial_size, shift);' ],
    [ 'src/rewindable.c', 'count == rewindable->capacity', 'count > rewindable->capacity' ],
    [ 'src/rewindable.c', '|| granules > most_granules(rewindable->shift)', '' ],
    [ 'src/rewindable.c', 'granules << HALF_BITS | 1)', 'granules << HALF_BITS)' ],
    [ 'src/rewindable_init.c', 'config->growth_limit > 0 &&', '' ],
    [ 'src/rewindable_init.c', '&& most_granules(log2_of(granule_of(config))) > 0', '' ],
    [ 'src/rewindable_init.c', '|| capacity == 0 ', '' ],

    # rewindable: first fit
    [ 'src/rewindable.c', '|| mask >> shift != 0', '' ],
    [ 'src/rewindable.c', 'used + ((rest + 1) << HALF_BITS) + 1', 'used + ((rest + 1) << HALF_BITS)' ],
    [ 'src/rewindable.c', '    void *block = first_fit(rewindable, size, mask);
    if (block == NULL) {
        block = grow(', '    void *block = NULL;
    if (block == NULL) {
        block = grow(' ],

    # rewindable: freeing and rewinding
    [ 'src/rewindable.c', 'address == 0 ? REEL_INVALID : foreign_to(rewindable)', 'foreign_to(rewindable)' ],
    [ 'src/rewindable.c', 'chunk->base + (granule << shift) != address', 'false' ],
    [ 'src/rewindable.c', 'next = live_of(used) == 1 ? 0 : used - 1;', 'next = used - 1;' ],
    [ 'src/rewindable.c', 'if (next == 0) {', 'if (false) {' ],
    [ 'src/rewindable_rewind.c', '(LOW_HALF + 1) / HALF_BITS', '(LOW_HALF + 1)' ],
    [ 'src/rewindable_rewind.c', 'word < bits_words(chunk->granules)', 'word + 1 < bits_words(chunk->granules)' ],
    [ 'src/rewindable_init.c', 'const size_t room = chunk->size - data_size(rewindable, chunk);', 'const size_t room = 0;' ],
    [ 'src/rewindable_init.c', 'reel_port_in_interrupt() || !is_empty(rewindable)', '!is_empty(rewindable)' ],
    [ 'src/rewindable_allocator.c', 'found->start << shift == offset && ', '' ],
    [ 'src/rewindable_allocator.c', '&& found->granules <= used - found->start', '' ],
    [ 'src/rewindable_allocator.c', '|| more > chunk->granules - position_of(used)', '' ],
    [ 'src/rewindable_allocator.c', 'granules_for(new_size, shift) > block->granules', 'true' ],

    # rewindable: questions, registry, create
    [ 'src/rewindable.c', 'raise_count(&rewindable->peak, used_of(rewindable));', '' ],
    [ 'src/rewindable_stats.c', 'max_of(load_relaxed(&rewindable->peak), stats.used)', 'load_relaxed(&rewindable->peak)' ],
    [ 'src/chunk.h', '&& live_of(used) <= position_of(used)', '' ],
    [ 'src/chunk.h', '&& (live_of(used) > 0) == (position_of(used) > 0)', '' ],
    [ 'src/chunk.h', 'return position_of(used) <= chunk->granules', 'return true' ],
    [ 'src/rewindable_stats.c', '&& bits <= taken_size(rewindable, chunk)
                          - data_size(rewindable, chunk)', '' ],
    [ 'src/rewindable_stats.c', '&& (chunk->base & granule_mask) == 0', '' ],
    [ 'src/rewindable_stats.c', '> highest - first', '> SIZE_MAX' ],
    [ 'src/rewindable_stats.c', '&& offset % sizeof(chunk_entry) == 0', '' ],
    [ 'src/rewindable_stats.c', 'count > rewindable->capacity ||', '' ],
    [ 'src/rewindable_create.c', 'rewindable == NULL || !rewindable->is_created', 'rewindable == NULL' ],

    # rewindable: chunks and their start bits
    [ 'src/chunk.h', 'is_present(rewindable, seen) ? seen : no_bits(rewindable)', 'seen' ],
    [ 'src/chunk.h', '!is_present(rewindable, seen)
                          || (seen', '(seen' ],
    [ 'src/chunk.h', '|| (seen & bit_of(granule)) == 0', '' ],
    [ 'src/chunk.h', '} while (!swap_if_relaxed(word, &seen, seen & ~bit_of(granule)));', '} while (swap_if_relaxed(word, &seen, seen & ~bit_of(granule)), false);' ],
    [ 'src/chunk.h', 'granules + HALF_BITS - 1', 'granules' ],
    [ 'src/chunk.h', 'padding > left || granules > left - padding', 'granules > left - padding' ],
    [ 'src/chunk.h', 'padding > left || granules > left - padding', 'padding + granules >= left' ],
    [ 'src/chunk.h', '(live_of(used) + 1)', 'live_of(used)' ],
    [ 'src/chunk.h', 'min_of(LOW_HALF, SIZE_MAX / 2 >> shift)', 'LOW_HALF' ],
    [ 'src/chunk.h', 'min_of(LOW_HALF, SIZE_MAX / 2 >> shift)', 'SIZE_MAX / 2 >> shift' ],

    # rewindable: spans
    [ 'src/span.c', 'granules_for(at_least_1(size), rewindable->shift)', 'granules_in(size, rewindable->shift)' ],
    [ 'src/span.c', 'start + (granules << rewindable->shift)', 'start + size' ],
    [ 'src/span.c', 'live_of(used) - (kept == start)', 'live_of(used)' ],
    [ 'src/span.c', 'position_of(used) == stop ? kept : position_of(used)', 'position_of(used)' ],
    [ 'src/span.c', 'position_of(used) == stop ? kept : position_of(used)', 'kept' ],
    [ 'src/span.c', 'live == 0 ? 0 : position', 'position' ],
    [ 'src/span.c', 'is_live ? chunk_of(span->rewindable, span->start) : NULL', 'chunk_of(span->rewindable, span->start)' ],

    # hints, spans and chunks that others change
    [ 'src/rewindable.c', '|| rest < passed_by(hint)', '' ],
    [ 'src/chunk.h', 'while (index < index_in(seen)', 'while (index > index_in(seen)' ],
    [ 'src/rewindable.c', 'count == 0 || count == rewindable->capacity', 'count == rewindable->capacity' ],
    [ 'src/rewindable_stats.c', 'start_bits(rewindable, chunk) <= live_of(used)', 'true' ],
    [ 'src/chunk.h', 'index < index_in(seen)', 'false' ],

    # the rest
    [ 'src/allocator.c', 'block == NULL ? REEL_INVALID : REEL_FOREIGN', 'REEL_OK' ],
    [ 'port/always.c', 'size > always->limit - committed', 'size > always->limit' ],
);

# As mutants (see operators.pm).
sub all {
    return map {
        my ( $path, $from, $to ) = @$_;
        my $text = text_of($path);
        my $at   = index $text, $from;
        die "$path: '$from' is not there\n" if $at < 0;
        my $name = "$path: edit: {$from -> $to}" =~ s/\s+/ /gr;
        {   path => $path, at => $at, from => $from, to => $to, kind => 'edit',
            name => $name, key => substr( md5_hex($name), 0, 10 ), text => \$text
        };
    } @list;
}

1;
