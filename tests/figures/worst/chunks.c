// SPDX-License-Identifier: MIT
// A rewindable, one with frees_blocks, and spans of one.

#include "calls.h"
#include "reel/span.h"

#define CHUNKS    4u
#define FIRST     256u // bytes of the first chunk
#define LIMIT     1024u
#define GRANULE   8u
#define SIZE_MOST 256u
#define SPAN      128u
#define LIVE      16u

static reel_arena backing;
static reel_rewindable rewindable;
static reel_span span;
static struct {
    word block;
    size_t size;
} live[LIVE];

static void forget_live(void)
{
    for (size_t i = 0; i < LIVE; i++) {
        live[i].block = 0;
    }
}

static void start(bool frees_blocks)
{
    static reel_rewindable_chunk chunks[CHUNKS];
    const reel_rewindable_config config = { FIRST, LIMIT, GRANULE,
                                            frees_blocks };
    must(reel_arena_init(&backing, calls_memory, CALLS_MEMORY) == REEL_OK);
    must(reel_rewindable_init(&rewindable, reel_arena_allocator(&backing),
                              chunks, CHUNKS, &config)
         == REEL_OK);
    forget_live();
}

static word allocate(size_t size)
{
    const word block =
        CALL(reel_rewindable_alloc, AT(&rewindable), size, random_align());
    must(is_ours(block, size));
    return block;
}

static void rewind_all(void)
{
    must(STATUS(reel_rewindable_rewind, AT(&rewindable)) == REEL_OK);
    forget_live();
}

// ---- a rewindable ----------------------------------------------------------

void start_rewindable(void)
{
    start(false);
}

void step_rewindable(void)
{
    if (random_below(16) != 0) {
        (void)allocate(random_size(SIZE_MOST));
    } else {
        rewind_all();
    }
}

// ---- one that frees blocks -------------------------------------------------

void start_frees_blocks(void)
{
    start(true);
}

static void change(size_t i)
{
    if (live[i].block == 0) {
        live[i].size = random_size(SIZE_MOST);
        live[i].block = allocate(live[i].size);
    } else {
        must(STATUS(reel_rewindable_free, AT(&rewindable), live[i].block,
                    live[i].size)
             == REEL_OK);
        live[i].block = 0;
    }
}

void step_frees_blocks(void)
{
    if (random_below(16) != 0) {
        change(random_below(LIVE));
    } else {
        rewind_all();
    }
}

// ---- spans -----------------------------------------------------------------

static void open_span(void)
{
    const size_t size = 1 + random_below(SPAN);
    if (STATUS(reel_span_open, AT(&span), AT(&rewindable), size) != REEL_OK) {
        must(reel_rewindable_rewind(&rewindable) == REEL_OK);
        must(reel_span_open(&span, &rewindable, size) == REEL_OK);
    }
}

void start_span(void)
{
    start(false);
    must(reel_span_open(&span, &rewindable, SPAN) == REEL_OK);
}

void step_span(void)
{
    const size_t size = random_size(SPAN / 4);
    if (random_below(4) != 0) {
        must(is_ours(CALL(reel_span_alloc, AT(&span), size, random_align()),
                     size));
    } else {
        must(STATUS(reel_span_close, AT(&span)) == REEL_OK);
        open_span();
    }
}
