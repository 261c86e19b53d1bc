// SPDX-License-Identifier: MIT
#include "broken_ends.h"

#include "reel/pool.h"
#include "reel/region.h"
#include "reel/rewindable.h"
#include "reel/temp.h"

#define PUT(field, value)                          \
    do {                                           \
        *(volatile uintptr_t *)&(field) = (value); \
    } while (0)

// The list first: fresh blocks begin at 0 again.
void broken_end_of_blocks(void *self)
{
    reel_blocks *const it = self;
    PUT(it->list.head.value, REEL_LIST_EMPTY(0, it->list.count));
    PUT(it->list.count, 0);
    PUT(it->list.peak.value, 0);
}

// Once only: what a handler frees in between is free for good.
void broken_end_of_arena(void *self)
{
    reel_arena *const it = self;
    PUT(it->limit.value, 0);
    PUT(it->next.value, it->end);
    PUT(it->floor, it->end);
    PUT(it->base, it->end);
}

// What is not committed is handed out.
void broken_end_of_temp(void *self)
{
    reel_temp *const it = self;
    PUT(it->committed.value, it->stack.end);
    PUT(it->stack.limit.value, 0);
    PUT(it->stack.next.value, it->stack.end);
    PUT(it->stack.base, it->stack.end);
}

// The first chunk is empty for a moment.
void broken_end_of_rewindable(void *self)
{
    reel_rewindable *const it = self;
    PUT(it->count.value, 0);
    PUT(it->table[0].used.value, 0);
    PUT(it->table[0].granules, 0);
    PUT(it->capacity, 0);
}

// The list first: the watermark leads to the first page again.
void broken_end_of_pool(void *self)
{
    reel_pool *const it = self;
    PUT(it->list.head.value, REEL_LIST_EMPTY(it->list.count, it->list.count));
    PUT(it->first.value, UINTPTR_MAX);
    PUT(it->capacity, 0);
}

// Only what says that it ended.
void broken_end_of_region(void *self)
{
    reel_region *const it = self;
    PUT(it->newest, UINTPTR_MAX);
}
