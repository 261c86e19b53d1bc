#include "rewindable_rig.h"

rig *test_rig;

#define UNTOUCHED 0x5A

static bool refuses(const rig *r, size_t size)
{
    return size > r->refuse_above || r->calls == r->refuse_at
           || (r->refuse_ever && r->refuse_at != 0 && r->calls >= r->refuse_at);
}

static void *take(void *self, size_t size, size_t align)
{
    rig *const r = self;
    EXPECT(!reel_port_in_interrupt());
    r->calls++;
    if (r->held == MOST_CHUNKS + 2 || refuses(r, size)) {
        return NULL;
    }
    unsigned char *const block = reel_allocate(r->beneath, size, align);
    if (block != NULL) {
        r->blocks[r->held].start = block;
        r->blocks[r->held].size = size;
        r->blocks[r->held].align = align;
        r->held++;
    }
    return block;
}

// What an arena left between two blocks does not come back with the second one.
static void forget_padding(rig *r)
{
    if (r->beneath.self == &r->arena && r->held > 0) {
        const rig_block newest = r->blocks[r->held - 1];
        r->arena.next.value = (uintptr_t)newest.start + newest.size;
    }
}

static reel_status take_back(void *self, void *block, size_t size)
{
    rig *const r = self;
    EXPECT(!reel_port_in_interrupt() && r->held > 0);
    const rig_block newest = r->blocks[r->held - 1];
    EXPECT(block == newest.start && size == newest.size);
    r->held--;
    for (size_t i = 0; i < newest.size; i++) {
        newest.start[i] = 0x77;
    }
    const reel_status status = reel_free(r->beneath, block, size);
    forget_padding(r);
    return status;
}

// A rewindable never reallocates.
static const reel_allocator_ops ops = { .allocate = take, .free = take_back };

void fresh_backing_on(reel_allocator beneath)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    for (size_t i = 0; i < TEST_MEMORY; i++) {
        memory[i] = UNTOUCHED;
    }
    test_rig = (rig *)(void *)memory;
    test_rig->backing.ops = &ops;
    test_rig->backing.self = test_rig;
    test_rig->beneath = beneath;
    test_rig->held = 0;
    test_rig->calls = 0;
    test_rig->refuse_at = 0;
    test_rig->refuse_ever = false;
    test_rig->refuse_above = SIZE_MAX;
}

void fresh_backing(void)
{
    rig *const r = (rig *)(void *)test_memory(TEST_MEMORY);
    fresh_backing_on(reel_arena_allocator(&r->arena));
    EXPECT(reel_arena_init(&r->arena, r + 1, TEST_MEMORY - sizeof(rig))
           == REEL_OK);
}

void fresh_rig(const reel_rewindable_config *config, size_t capacity)
{
    fresh_backing();
    EXPECT(reel_rewindable_init(&test_rig->rewindable, test_rig->backing,
                                test_rig->table, capacity, config)
           == REEL_OK);
    EXPECT(rig_agrees() && test_rig->held == 1);
}

// The entries from number `first` on.
static bool are_untouched(size_t first)
{
    const unsigned char *const byte = (const unsigned char *)test_rig->table;
    const size_t entry = sizeof(reel_rewindable_chunk);
    for (size_t i = first * entry; i < (MOST_CHUNKS + 1) * entry; i++) {
        if (byte[i] != UNTOUCHED) {
            return false;
        }
    }
    return true;
}

bool rig_agrees(void)
{
    const reel_rewindable *const rewindable = &test_rig->rewindable;
    const size_t count = reel_rewindable_chunks(rewindable);
    if (!reel_rewindable_is_valid(rewindable) || count != test_rig->held
        || !are_untouched(MOST_CHUNKS)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const reel_rewindable_chunk *const chunk = &test_rig->table[i];
        if (chunk->base != (uintptr_t)test_rig->blocks[i].start
            || chunk->size != test_rig->blocks[i].size) {
            return false;
        }
    }
    return true;
}

static unsigned char byte_of(const rig *r, size_t i)
{
    const size_t control = sizeof(reel_rewindable);
    return i < control ? ((const unsigned char *)&r->rewindable)[i]
                       : ((const unsigned char *)r->table)[i - control];
}

void rig_remember(rig_state *state)
{
    for (size_t i = 0; i < sizeof state->bytes; i++) {
        state->bytes[i] = byte_of(test_rig, i);
    }
}

bool rig_is_as(const rig_state *state)
{
    const size_t from = offsetof(reel_rewindable, failures);
    const size_t to =
        offsetof(reel_rewindable, largest_refused) + sizeof(reel_word);
    for (size_t i = 0; i < sizeof state->bytes; i++) {
        const bool is_count = i >= from && i < to;
        if (!is_count && state->bytes[i] != byte_of(test_rig, i)) {
            return false;
        }
    }
    return true;
}

size_t bits_bytes(size_t granules)
{
    const size_t half = 4 * sizeof(uintptr_t);
    return (granules + half - 1) / half * sizeof(uintptr_t);
}

bool has_malloc(void)
{
    return test_malloc().ops != reel_allocator_null().ops;
}
