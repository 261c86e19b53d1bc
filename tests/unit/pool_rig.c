#include "pool_rig.h"

pool_rig *test_pool;

#define UNTOUCHED 0x5A

// ---- the backing ---------------------------------------------------------------

static unsigned char *aligned(unsigned char *at, size_t align)
{
    const size_t unit = align == 0 ? REEL_ALIGN_DEFAULT : align;
    return at + ((0 - (uintptr_t)at) & (unit - 1));
}

// The first gap with so much room: the number of the block behind it.
static bool find_gap(const pool_rig *rig, size_t size, size_t align,
                     size_t *behind, unsigned char **start)
{
    unsigned char *from = (unsigned char *)(test_pool + 1);
    unsigned char *const end = (unsigned char *)test_pool + TEST_MEMORY;
    for (size_t i = 0; i <= rig->held; i++) {
        unsigned char *const to = i < rig->held ? rig->blocks[i].start : end;
        *start = aligned(from, align);
        *behind = i;
        if (*start >= from && *start <= to && size <= (size_t)(to - *start)) {
            return true;
        }
        from = i < rig->held ? to + rig->blocks[i].size : to;
    }
    return false;
}

static void note_block(pool_rig *rig, size_t number, unsigned char *start,
                       size_t size)
{
    for (size_t i = rig->held; i > number; i--) {
        rig->blocks[i].start = rig->blocks[i - 1].start;
        rig->blocks[i].size = rig->blocks[i - 1].size;
    }
    rig->blocks[number].start = start;
    rig->blocks[number].size = size;
    rig->held++;
    rig->bytes += size;
}

static bool refuses(const pool_rig *rig)
{
    return rig->held == MOST_BLOCKS || rig->calls >= rig->refuse_from;
}

static void *take(void *self, size_t size, size_t align)
{
    pool_rig *const rig = self;
    unsigned char *start;
    size_t number;
    EXPECT(!reel_port_in_interrupt());
    rig->calls++;
    rig->last_size = size;
    rig->last_align = align;
    if (rig->during_call != NULL) {
        void (*const meanwhile)(void) = rig->during_call;
        rig->during_call = NULL;
        meanwhile();
    }
    if (refuses(rig) || !find_gap(rig, size, align, &number, &start)) {
        return NULL;
    }
    note_block(rig, number, start, size);
    return start;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    pool_rig *const rig = self;
    size_t number = 0;
    EXPECT(!reel_port_in_interrupt());
    while (number < rig->held && rig->blocks[number].start != block) {
        number++;
    }
    EXPECT(number < rig->held && rig->blocks[number].size == size);
    if (number == rig->held) {
        return REEL_FOREIGN;
    }
    stamp(block, size, 0x77);
    rig->held--;
    rig->bytes -= size;
    for (size_t i = number; i < rig->held; i++) {
        rig->blocks[i].start = rig->blocks[i + 1].start;
        rig->blocks[i].size = rig->blocks[i + 1].size;
    }
    return REEL_OK;
}

// What is not larger stays, as the rule is; what grows is always moved.
static void *change(void *self, void *block, size_t old_size, size_t new_size,
                    size_t align)
{
    pool_rig *const rig = self;
    if (new_size <= old_size && aligned(block, align) == block) {
        size_t number = 0;
        while (rig->blocks[number].start != block) {
            number++;
        }
        EXPECT(rig->blocks[number].size == old_size);
        rig->blocks[number].size = new_size;
        rig->bytes -= old_size - new_size;
        return block;
    }
    unsigned char *const copy = take(self, new_size, align);
    if (copy != NULL) {
        const unsigned char *const from = block;
        for (size_t i = 0; i < old_size && i < new_size; i++) {
            copy[i] = from[i];
        }
        EXPECT(take_back(self, block, old_size) == REEL_OK);
    }
    return copy;
}

static const reel_allocator_ops ops = { .allocate = take,
                                        .reallocate = change,
                                        .free = take_back };

void fresh_pool_backing(void)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    stamp(memory, TEST_MEMORY, UNTOUCHED);
    test_pool = (pool_rig *)(void *)memory;
    test_pool->backing.ops = &ops;
    test_pool->backing.self = test_pool;
    test_pool->held = 0;
    test_pool->bytes = 0;
    test_pool->calls = 0;
    test_pool->refuse_from = SIZE_MAX;
    test_pool->during_call = NULL;
}

void fresh_pool(size_t capacity, size_t page_size, size_t pages)
{
    fresh_pool_backing();
    EXPECT(reel_pool_init(the_pool(), test_pool->backing, test_pool->chunks,
                          capacity, page_size, pages * page_size)
           == REEL_OK);
    EXPECT(pool_agrees() && test_pool->held == 0);
}

void refuse_calls_from(size_t number)
{
    test_pool->refuse_from = test_pool->calls + number;
}

void refuse_no_calls(void)
{
    test_pool->refuse_from = SIZE_MAX;
}

// ---- what is there -------------------------------------------------------------

size_t size_of_links(size_t count)
{
    const size_t unit = REEL_ALIGN_DEFAULT;
    return (count * sizeof(reel_link) + unit - 1) / unit * unit;
}

static bool is_held(const void *start, size_t size)
{
    for (size_t i = 0; i < test_pool->held; i++) {
        if (test_pool->blocks[i].start == start) {
            return test_pool->blocks[i].size == size;
        }
    }
    return false;
}

static bool is_nobodys_untouched(void)
{
    const unsigned char *const byte =
        (const unsigned char *)&test_pool->chunks[MOST_CHUNKS];
    return is_stamped(byte, sizeof(reel_pool_chunk), UNTOUCHED);
}

bool pool_agrees_but_for(size_t others)
{
    const reel_pool *const pool = the_pool();
    const size_t page = reel_pool_page_size(pool);
    size_t chunks = 0;
    for (size_t i = 0; i < pool->capacity; i++) {
        const reel_pool_chunk *const chunk = &pool->chunks[i];
        if (chunk->base.value == 0) {
            continue;
        }
        chunks++;
        if (!is_held((void *)chunk->base.value, pool->chunk_pages * page)
            || !is_held(chunk->links, size_of_links(pool->chunk_pages))) {
            return false;
        }
    }
    return reel_pool_is_valid(pool) && chunks == reel_pool_chunks(pool)
           && test_pool->held == 2 * chunks + others && is_nobodys_untouched();
}

bool pool_agrees(void)
{
    return pool_agrees_but_for(0);
}

static void copy(void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
    }
}

void remember_pool(pool_state *state)
{
    copy(&state->pool, the_pool(), sizeof state->pool);
    copy(state->chunks, test_pool->chunks, sizeof state->chunks);
    state->held = test_pool->held;
}

static bool is_same_chunk(const reel_pool_chunk *a, const reel_pool_chunk *b)
{
    if (a->base.value == 0) {
        return b->base.value == 0;
    }
    return a->base.value == b->base.value && a->links == b->links
           && a->peak.value == b->peak.value
           && a->after.value == b->after.value;
}

bool pool_is_as(const pool_state *state)
{
    const reel_pool *const now = the_pool();
    const reel_pool *const then = &state->pool;
    for (size_t i = 0; i < now->capacity; i++) {
        if (!is_same_chunk(&now->chunks[i], &state->chunks[i])) {
            return false;
        }
    }
    return now->list.head.value == then->list.head.value
           && now->list.count == then->list.count && now->chunks == then->chunks
           && now->capacity == then->capacity
           && now->page_bits == then->page_bits
           && now->place_bits == then->place_bits
           && now->chunk_pages == then->chunk_pages
           && now->first.value == then->first.value
           && now->newest == then->newest && now->gate.value == then->gate.value
           && now->peak == then->peak && now->backing.ops == then->backing.ops
           && now->backing.self == then->backing.self
           && test_pool->held == state->held;
}

// ---- pages ---------------------------------------------------------------------

unsigned char *page_in(size_t chunk, size_t place)
{
    return (unsigned char *)test_pool->chunks[chunk].base.value
           + place * reel_pool_page_size(the_pool());
}

bool claims(size_t chunk, size_t place)
{
    void *const page = reel_pool_claim(the_pool());
    return page != NULL && page == page_in(chunk, place);
}

void release(size_t chunk, size_t place)
{
    EXPECT(reel_pool_release(the_pool(), page_in(chunk, place)) == REEL_OK);
}

void stamp(void *block, size_t size, size_t with)
{
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)block)[i] = (unsigned char)with;
    }
}

bool is_stamped(const void *block, size_t size, size_t with)
{
    for (size_t i = 0; i < size; i++) {
        if (((const unsigned char *)block)[i] != (unsigned char)with) {
            return false;
        }
    }
    return true;
}
