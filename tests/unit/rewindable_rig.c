// SPDX-License-Identifier: MIT
#include "rewindable_rig.h"

rig *test_rig;

void fresh_backing_on(reel_allocator beneath)
{
    fresh_backing();
    test_backing->beneath = beneath;
}

void fresh_backing(void)
{
    fresh_backing_behind(sizeof(rig));
    test_backing->is_stack = true;
    test_rig = (rig *)(void *)test_backing;
}

void fresh_rig(const reel_rewindable_config *config, size_t capacity)
{
    fresh_backing();
    EXPECT_EQUAL(reel_rewindable_init(&test_rig->rewindable,
                                      test_backing->allocator, test_rig->table,
                                      capacity, config),
                 REEL_OK);
    EXPECT(rig_agrees() && test_backing->held == 1);
}

// The entries from number `first` on.
static bool are_untouched(size_t first)
{
    return is_stamped(&test_rig->table[first],
                      (MOST_CHUNKS + 1 - first) * sizeof test_rig->table[0],
                      UNTOUCHED);
}

bool rig_agrees(void)
{
    const reel_rewindable *const rewindable = &test_rig->rewindable;
    const size_t count = reel_rewindable_chunks(rewindable);
    if (!reel_rewindable_is_valid(rewindable) || count != test_backing->held
        || !are_untouched(MOST_CHUNKS)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const reel_rewindable_chunk *const chunk = &test_rig->table[i];
        if (chunk->base != (uintptr_t)test_backing->blocks[i].start
            || chunk->size != test_backing->blocks[i].size) {
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
