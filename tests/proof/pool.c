// SPDX-License-Identifier: MIT
// src/pool*.c: numbers of pages, what chunks and their links take, and set-up.

#include "proof.h"

#include "reel/pool.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

bool reel_gate_enter(reel_word *gate)
{
    (void)gate;
    return (any_word() & 1) != 0;
}

void reel_port_gate_leave(reel_word *gate)
{
    (void)gate;
}

// Chunks are not looked at when a pool starts.
void cut_start_without_chunks(reel_pool *pool, size_t page, size_t chunk_pages);

#include "where/reel_pool_grow"
#include "where/reel_pool_init_placed"

void cut_start_without_chunks(reel_pool *pool, size_t page, size_t chunk_pages)
{
    pool->page_bits = (uint8_t)log2_of(page);
    pool->place_bits = (uint8_t)bits_for(chunk_pages);
    pool->chunk_pages = chunk_pages;
}

// As bits.c proves.
uintptr_t cut_log2_of(size_t x)
{
    const uintptr_t log2 = any_word();
    ASSUME(log2 < WORD_BITS && x >> log2 == 1);
    return log2;
}

uintptr_t cut_pow2_above(size_t n)
{
    const uintptr_t above = any_word();
    ASSUME(is_pow2(above) && above > n && above / 2 <= n);
    return above;
}

// Every backing takes back at once, or none does.
reel_frees cut_reel_allocator_frees(reel_allocator backing)
{
    (void)backing;
    return (any_word() & 1) != 0 ? REEL_FREES_AT_ONCE : REEL_FREES_NEVER;
}

static size_t chunks_there;

size_t cut_reel_pool_chunks(const reel_pool *pool)
{
    (void)pool;
    return chunks_there;
}

#define ANY_POOL(pool)                                                       \
    reel_pool pool;                                                          \
    pool.capacity = any_word(), pool.chunk_pages = any_word();               \
    pool.page_bits = any_word() & (WORD_BITS - 1);                           \
    pool.place_bits = any_word() & (WORD_BITS - 1);                          \
    pool.align = any_word(), pool.align_bits = any_word() & (WORD_BITS - 1); \
    pool.list.count = pool.capacity << pool.place_bits

static bool is_sound(const reel_pool *pool)
{
    return pool->capacity > 0 && pool->capacity <= REEL_BLOCKS_MAX
           && pool->list.count <= REEL_BLOCKS_MAX && pool->chunk_pages > 0
           && pool->capacity == pool->list.count >> pool->place_bits
           && pool->chunk_pages <= (uintptr_t)1 << pool->place_bits
           && pool->chunk_pages <= SIZE_MAX >> pool->page_bits
           && (pool->align & (pool->align - 1)) == 0
           && pool->align <= (size_t)1 << pool->page_bits;
}

// ---- numbers -----------------------------------------------------------------------

PROOF(a_number_is_a_chunk_and_a_place_in_it, 0)
{
    const size_t chunk = any_word();
    const uintptr_t place = any_word();
    const uintptr_t other = any_word();
    ANY_POOL(pool);
    ASSUME(is_sound(&pool));
    ASSUME(chunk < pool.capacity && place < pool.chunk_pages);
    const uintptr_t number = number_in(&pool, chunk, place);
    ASSERT(number < pool.list.count);
    ASSERT(number >> pool.place_bits == chunk);
    ASSERT(place_in(&pool, number) == place);
    ASSERT(number_in(&pool, other >> pool.place_bits, place_in(&pool, other))
           == other);
    COVER(chunk > 0 && place > 0);
    OBSERVE(number);
}

// An offset lies in a place below the count if and only if it is below their bytes. A
// number keeps the place.
#define KNOW_PLACE(offset, count, bits)                          \
    TRUTH((bits) >= WORD_BITS || (count) > UINTPTR_MAX >> (bits) \
          || ((offset) >> (bits) < (count)) == ((offset) < (count) << (bits)))
#define KNOW_NUMBER(place, bits)                                       \
    TRUTH((bits) >= WORD_BITS - 1 || (place) >= (uintptr_t)1 << (bits) \
          || ((uintptr_t)1 << (bits) | (place)) >> (bits) == 1)

// Of a pool with two entries, each of which may have no chunk.
PROOF(an_address_has_a_page_if_and_only_if_it_lies_in_a_chunk, 2)
{
    const uintptr_t address = any_word();
    ANY_POOL(pool);
    reel_pool_chunk chunks[2];
    const uintptr_t base_0 = any_word(), base_1 = any_word();
    chunks[0].base.value = base_0, chunks[1].base.value = base_1;
    pool.capacity = 2, pool.chunks = chunks;
    pool.list.count = (uintptr_t)2 << pool.place_bits;
    ASSUME(is_sound(&pool));
    const size_t bytes = chunk_size(&pool);
    ASSUME(bytes <= UINTPTR_MAX - base_0 && bytes <= UINTPTR_MAX - base_1);
    const uintptr_t bits = stride_bits(&pool);
    const uintptr_t offset_0 = any_same(address - base_0);
    const uintptr_t offset_1 = any_same(address - base_1);
    KNOW_PLACE(offset_0, pool.chunk_pages, bits);
    KNOW_PLACE(offset_1, pool.chunk_pages, bits);
    const bool is_in_0 = base_0 != 0 && offset_0 < bytes;
    const bool is_in_1 = base_1 != 0 && offset_1 < bytes;
    const bool is_inside = is_in_0 || is_in_1;
    const uintptr_t offset = is_in_0 ? offset_0 : offset_1;
    const uintptr_t place = offset >> bits;
    KNOW_NUMBER(place, pool.place_bits);
    const uintptr_t number = find_page(&pool, address);
    ASSERT((number != NO_NUMBER) == is_inside);
    LEMMA(!is_inside || number == number_in(&pool, is_in_0 ? 0 : 1, place));
    ASSERT(!is_inside || number < pool.list.count);
    ASSERT(!is_inside || number >> pool.place_bits == (is_in_0 ? 0 : 1));
    ASSERT(!is_inside || place_in(&pool, number) == place);
    // From the base of the chunk: where the page starts, and the address lies.
    const uintptr_t start = place << bits;
    ASSERT(!is_inside
           || (start <= offset && offset - start < page_size_in(&pool)));
    COVER(is_in_0 && start > 0);
    COVER(is_in_1 && base_0 == 0);
    COVER(is_in_1 && !is_in_0 && base_0 != 0);
    COVER(!is_inside && base_0 != 0 && address > base_0);
    OBSERVE(number);
}

// ---- chunks --------------------------------------------------------------------------

// A unit is a chunk's pages, a gap and its links. The next one begins after it.
PROOF(the_links_of_a_unit_lie_behind_its_pages_and_in_it, 0)
{
    const uintptr_t pages = any_word();
    ANY_POOL(pool);
    ASSUME(is_sound(&pool));
    const size_t size = unit_size(&pool);
    const size_t step = unit_step(&pool);
    const uintptr_t align_mask = unit_align(&pool) - 1;
    reel_pool_chunk chunk;
    ASSUME((pages & align_mask) == 0 && pages > 0);
    ASSUME(size > 0 && size <= UINTPTR_MAX - pages);
    enter_unit(&pool, &chunk, pages);
    const uintptr_t links = (uintptr_t)chunk.links;
    const size_t bytes = chunk_size(&pool);
    ASSERT(chunk.base.value == pages);
    ASSERT(links >= pages && links - pages >= bytes);
    ASSERT(links % sizeof(reel_link) == 0 && links - pages <= size);
    ASSERT(pool.chunk_pages <= (size - (links - pages)) / sizeof(reel_link));
    ASSERT(step == 0 || step < size
           || (step - size <= align_mask && (step & align_mask) == 0));
    COVER(links - pages > bytes);
    COVER(step > size);
}

// As many as are asked for, one step apart; 0 if a size cannot say it.
PROOF(units_lie_one_step_apart, 3)
{
    const size_t count = any_word();
    ANY_POOL(pool);
    ASSUME(is_sound(&pool) && count > 0 && count <= 4);
    const size_t unit = unit_size(&pool);
    const size_t step = unit_step(&pool);
    const size_t size = units_size(&pool, count);
    const bool is_step = unit > 0 && step >= unit;
    wide exact = unit;
    exact += count > 1 ? step : 0;
    exact += count > 2 ? step : 0;
    exact += count > 3 ? step : 0;
    const bool fits =
        unit > 0 && (count == 1 || (is_step && exact <= SIZE_MAX));
    ASSERT((size != 0) == fits);
    ASSERT(!fits || size == exact);
    COVER(fits && count == 4);
    COVER(!fits && unit > 0);
}

// ---- set-up --------------------------------------------------------------------------

PROOF(init_succeeds_if_and_only_if_pages_can_be_numbered, 0)
{
    const uintptr_t backing = any_word();
    const uintptr_t chunks = any_word();
    const size_t capacity = any_word();
    const size_t page = any_word();
    const size_t chunk = any_word();
    reel_pool pool;
    reel_pool_placement placement;
    placement.align = any_word();
    placement.links.ops = NULL, placement.links.self = NULL;
    const reel_allocator from = { (void *)backing, (void *)backing };
    ASSUME(page > 0 && chunk > 0);
    const reel_status status = reel_pool_init_placed(
        &pool, from, (void *)chunks, capacity, page, chunk, &placement);
    const bool is_done = status == REEL_OK;
    const uintptr_t bits = is_done ? pool.place_bits : 0;
    ASSERT(is_done || status == REEL_INVALID);
    ASSERT(!is_done || (is_pow2(page) && chunk >= page && capacity > 0));
    ASSERT(!is_done || (size_t)1 << pool.page_bits == page);
    ASSERT(!is_done || pool.chunk_pages << pool.page_bits == chunk);
    ASSERT(!is_done || pool.chunk_pages <= (uintptr_t)1 << bits);
    ASSERT(!is_done || (capacity << bits >> bits) == capacity);
    ASSERT(!is_done || capacity << bits <= REEL_BLOCKS_MAX);
    ASSERT(!is_done || ((size_t)1 << pool.align_bits) <= page);
    COVER(is_done && bits > 0);
    COVER(!is_done && backing != 0 && chunks != 0 && is_pow2(page));
}

// As few chunks as have so many pages, of the two at most that there is room for.
PROOF(reserve_takes_no_more_chunks_than_it_needs, 3)
{
    const size_t pages = any_word();
    ANY_POOL(pool);
    const size_t room = any_case(0, 2);
    chunks_there = any_word();
    pool.capacity = chunks_there + room;
    const wide n = pool.chunk_pages;
    size_t count = 0;
    ASSUME(chunks_there <= pool.capacity);
    ASSUME(pages > 0 && n > 0);
    const bool fits = pages <= (room > 0 ? n : 0) + (room > 1 ? n : 0);
    const bool is_enough = count_chunks(&pool, pages, &count);
    const wide fewer = count > 1 ? n : 0;
    ASSERT(is_enough == fits);
    ASSERT(count <= room);
    ASSERT(!fits || (count > 0 && fewer < pages && pages <= fewer + n));
    COVER(fits && count == 2);
    COVER(!fits && room == 2);
}
