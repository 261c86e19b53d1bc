// SPDX-License-Identifier: MIT
// A pool to be tested, over a backing that watches what is asked of it.

#ifndef REEL_POOL_RIG_H
#define REEL_POOL_RIG_H

#include "backing_rig.h"

#define MOST_CHUNKS 4

typedef struct pool_rig {
    backing_rig backing; // first, see there
    reel_pool pool;
    reel_pool_chunk chunks[MOST_CHUNKS + 1]; // the last one is no pool's
} pool_rig;

extern pool_rig *test_pool;

static inline reel_pool *the_pool(void)
{
    return &test_pool->pool;
}

// A backing on what is left of the memory of the tests; no pool yet. What lies in
// control block and table beforehand does not matter.
void fresh_pool_backing(void);

// Bytes that a pool asks for when it needs so many links.
size_t size_of_links(size_t count);

// And a pool on top, of chunks of `pages` pages.
void fresh_pool(size_t capacity, size_t page_size, size_t pages);

// Valid, and the chunks and their links, and so many other blocks, are what the
// backing has handed out.
bool pool_agrees_but_for(size_t others);
bool pool_agrees(void);

// The pool and the chunks that are there, but for the count of refusals.
typedef struct pool_state {
    reel_pool pool;
    reel_pool_chunk chunks[MOST_CHUNKS];
    size_t held;
} pool_state;

void remember_pool(pool_state *state);
bool pool_is_as(const pool_state *state);

// The page at a place in a chunk.
unsigned char *page_in(size_t chunk, size_t place);

// Claim, and say whether it was that page.
bool claims(size_t chunk, size_t place);

// Give the page back, which must do.
void release(size_t chunk, size_t place);

#endif
