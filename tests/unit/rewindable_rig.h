// SPDX-License-Identifier: MIT
// A rewindable to be tested, over a backing that watches what is asked of it and has
// its blocks back newest first only.

#ifndef REEL_RIG_H
#define REEL_RIG_H

#include "backing_rig.h"

#define MOST_CHUNKS 8

typedef struct rig {
    backing_rig backing; // first, see there
    reel_rewindable rewindable;
    reel_rewindable_chunk
        table[MOST_CHUNKS + 1]; // the last one is no rewindable's
} rig;

extern rig *test_rig;

// A backing on what is left of the memory of the tests, or on another allocator;
// no rewindable yet.
void fresh_backing(void);
void fresh_backing_on(reel_allocator beneath);

// And a rewindable on top. What lies in control block and table beforehand does
// not matter.
void fresh_rig(const reel_rewindable_config *config, size_t capacity);

// Valid, and every chunk is a block of the backing, in order.
bool rig_agrees(void);

// The rewindable and its table, but for the count of refusals.
typedef struct rig_state {
    unsigned char bytes[sizeof(reel_rewindable)
                        + (MOST_CHUNKS + 1) * sizeof(reel_rewindable_chunk)];
} rig_state;

void rig_remember(rig_state *state);
bool rig_is_as(const rig_state *state);

// What start bits for so many granules take.
size_t bits_bytes(size_t granules);

// True where there is memory for large chunks.
bool has_malloc(void);

#endif
