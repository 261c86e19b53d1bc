// SPDX-License-Identifier: MIT
// A rewindable whose blocks are freed one by one, over an arena.

#include "scenes.h"

static reel_arena arena;
static reel_rewindable rewindable;
static reel_rewindable_chunk table[3];
static _Alignas(64) unsigned char memory[1024];
static size_t free_at_start;

void start_rewindable(void)
{
    static const reel_rewindable_config config = { 64, 128, 8, true };
    start_shares();
    (void)reel_arena_init(&arena, memory, sizeof memory);
    (void)reel_rewindable_init(&rewindable, reel_arena_allocator(&arena), table,
                               3, &config);
    for (size_t i = 0; i < CONTEXTS; i++) {
        shares[i].own = reel_rewindable_alloc(&rewindable, 8, 0);
        stamp(shares[i].own, 8, i);
    }
    disputed = reel_rewindable_alloc(&rewindable, 8, 0);
    free_at_start = reel_rewindable_bytes_allocated(&rewindable);
}

static void take_8(uintptr_t who)
{
    note_block(who, reel_rewindable_alloc(&rewindable, 8, 0), 8);
}

// More than the first chunk has left.
static void take_120(uintptr_t who)
{
    note_block(who, reel_rewindable_alloc(&rewindable, 120, 0), 120);
}

static void give(uintptr_t who)
{
    share *const mine = &shares[who];
    if (!is_stamped(mine->own, 8, who)) {
        note_status(who, REEL_FOREIGN);
    }
    note_status(who, reel_rewindable_free(&rewindable, mine->own, 8));
    mine->own = NULL;
}

static void give_disputed(uintptr_t who)
{
    const reel_status status = reel_rewindable_free(&rewindable, disputed, 8);
    shares[who].freed_disputed = status == REEL_OK;
    note_status(who, status == REEL_DOUBLE_FREE ? REEL_OK : status);
}

// Each context has a span of its own, and fills it.
static void use_span(uintptr_t who)
{
    reel_span span;
    if (reel_span_open(&span, &rewindable, 16) != REEL_OK) {
        note_status(who, reel_port_in_interrupt() ? REEL_OK : REEL_NO_MEMORY);
        return;
    }
    unsigned char *const block = reel_span_alloc(&span, 8, 1);
    stamp(block, 8, who);
    if (block == NULL || !is_stamped(block, 8, who)) {
        note_status(who, REEL_FOREIGN);
    }
    reel_span_close(&span);
}

const operation rewindable_operations[] = {
    { "alloc", take_8, ANY_CONTEXT },
    { "free", give, ANY_CONTEXT },
    { "free the same", give_disputed, ANY_CONTEXT },
    { "open a span, alloc, close", use_span, ANY_CONTEXT },
    { 0 },
};

const operation growing_operations[] = {
    { "alloc that grows", take_120, ANY_CONTEXT },
    { "alloc", take_8, ANY_CONTEXT },
    { 0 },
};

uintptr_t rewindable_is_right(void)
{
    size_t freed = 0;
    if (!is_all_well() || !reel_rewindable_is_valid(&rewindable)) {
        return 0;
    }
    for (size_t i = 0; i < CONTEXTS; i++) {
        const share *const of = &shares[i];
        freed += of->freed_disputed;
        if ((of->refused > 0 && of->is_thread) || !is_stamped(of->own, 8, i)
            || !is_stamped(of->block, of->size, i)) {
            return 0;
        }
    }
    return freed <= 1;
}
