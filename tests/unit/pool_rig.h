// A pool to be tested, over a backing that watches what is asked of it: it serves
// the first gap that is large enough, notes every block, takes each back whole and
// once, can be told to refuse, and writes over what comes back, as a free list would.

#ifndef REEL_POOL_RIG_H
#define REEL_POOL_RIG_H

#include "test.h"

#define MOST_CHUNKS 4
#define MOST_BLOCKS (2 * MOST_CHUNKS + 6)

typedef struct pool_rig_block {
    unsigned char *start;
    size_t size;
} pool_rig_block;

typedef struct pool_rig {
    reel_pool pool;
    reel_pool_chunk chunks[MOST_CHUNKS + 1]; // the last one is not used
    reel_allocator backing;
    pool_rig_block blocks[MOST_BLOCKS]; // those that are out, by address
    size_t held;
    size_t bytes;       // of them
    size_t calls;       // for a block, refused or not
    size_t refuse_from; // the first call to refuse; SIZE_MAX: none
    size_t last_size, last_align;
    void (*during_call)(void); // once, inside the next call
} pool_rig;

// Lies in the memory of the tests: a small board has no other to spare.
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

// Refuse the calls from that number on, counted from now and from 1; or none.
void refuse_calls_from(size_t number);
void refuse_no_calls(void);

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

// Write over a block; how many of its first bytes still say so.
void stamp(void *block, size_t size, size_t with);
bool is_stamped(const void *block, size_t size, size_t with);

#endif
