// SPDX-License-Identifier: MIT
// One object of each kind, for tests that need several. They share them, since the
// smallest board has little room.

#ifndef REEL_THINGS_H
#define REEL_THINGS_H

#include "test.h"

typedef struct things {
    reel_arena arena;
    reel_temp temp;
    reel_blocks blocks;
    reel_blocks_cache blocks_cache;
    void *slots[4];
    reel_pool pool;
    reel_pool_chunk chunks[3];
    reel_pool_cache pool_cache;
    reel_pool_slot page_slots[2];
    reel_region region;
    reel_rewindable rewindable;
    reel_rewindable_chunk table[3];
    reel_span span;
    reel_registry registry;
    reel_registry_entry entries[6];
} things;

extern things the;

// Pages of 64 bytes that are always committed.
extern const reel_pages test_pages;

// What the tests' reel_port_thread() says. 0: it does not know.
extern uintptr_t test_thread;

// One field of an object at a time; then it is as it was.
#define SEES(check, field, wrong)              \
    do {                                       \
        const __typeof__(field) was = (field); \
        EXPECT(check);                         \
        (field) = (__typeof__(field))(wrong);  \
        EXPECT(!(check));                      \
        (field) = was;                         \
        EXPECT(check);                         \
    } while (0)

#endif
