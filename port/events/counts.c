// SPDX-License-Identifier: MIT
#include "events/counts.h"

#include "events/exchange.h"
#include "reel/events.h"

static reel_counts table[REEL_COUNTS_CAPACITY];
static uintptr_t lost;

REEL_STATIC_ASSERT((REEL_COUNTS_CAPACITY & (REEL_COUNTS_CAPACITY - 1)) == 0,
                   "REEL_COUNTS_CAPACITY must be a power of two");

// Returns the count with this one.
static uintptr_t add_1(uintptr_t *count)
{
    uintptr_t seen = load_word(count);
    while (!swap_word_if(count, &seen, seen + 1)) {
    }
    return seen + 1;
}

// Counts are read one after the other. If another context freed more meanwhile, the
// difference is below 0, and raises nothing.
static void raise_most_live(reel_counts *counts, uintptr_t allocs)
{
    const intptr_t live = (intptr_t)(allocs - load_word(&counts->frees));
    uintptr_t most = load_word(&counts->most_live);
    while (live > (intptr_t)most
           && !swap_word_if(&counts->most_live, &most, (uintptr_t)live)) {
    }
}

// The first place to look: addresses differ in their middle bits.
static size_t hash_of(uintptr_t object)
{
    return (object >> 3 ^ object >> 9) % REEL_COUNTS_CAPACITY;
}

// The object's entry; NULL if it has none. With `is_new` an empty one becomes its own.
static reel_counts *find(uintptr_t object, bool is_new)
{
    for (size_t i = 0; i < REEL_COUNTS_CAPACITY; i++) {
        reel_counts *const entry =
            &table[(hash_of(object) + i) % REEL_COUNTS_CAPACITY];
        uintptr_t owner = load_word(&entry->object);
        while (is_new && owner == 0
               && !swap_word_if(&entry->object, &owner, object)) {
        }
        if (owner == object || (is_new && owner == 0)) {
            return entry;
        }
        if (owner == 0) {
            return NULL;
        }
    }
    return NULL;
}

static void clear(reel_counts *counts)
{
    store_word(&counts->allocs, 0);
    store_word(&counts->frees, 0);
    store_word(&counts->resizes, 0);
    store_word(&counts->rewinds, 0);
    store_word(&counts->refusals, 0);
    store_word(&counts->takes, 0);
    store_word(&counts->puts, 0);
    store_word(&counts->most_live, 0);
}

// What the kind adds to; NULL for a kind that is not counted.
static uintptr_t *count_for(reel_counts *counts, uintptr_t kind)
{
    switch (kind) {
    case REEL_EVENT_ALLOC:
    case REEL_EVENT_FILL:
        return &counts->allocs;
    case REEL_EVENT_FREE:
        return &counts->frees;
    case REEL_EVENT_RESIZE:
        return &counts->resizes;
    case REEL_EVENT_REWIND:
    case REEL_EVENT_RESET:
    case REEL_EVENT_CLOSE:
    case REEL_EVENT_END:
        return &counts->rewinds;
    case REEL_EVENT_REFUSE:
        return &counts->refusals;
    case REEL_EVENT_TAKE:
        return &counts->takes;
    case REEL_EVENT_PUT:
        return &counts->puts;
    default:
        return NULL;
    }
}

void reel_counts_add(uintptr_t what, const void *object)
{
    const uintptr_t kind = REEL_EVENT_KIND_OF(what);
    reel_counts *const counts = find((uintptr_t)object, true);
    if (counts == NULL) {
        (void)add_1(&lost);
        return;
    }
    uintptr_t *const count = count_for(counts, kind);
    if (count == &counts->allocs) {
        raise_most_live(counts, add_1(count));
    } else if (count != NULL) {
        (void)add_1(count);
    } else if (kind == REEL_EVENT_DEFINE) {
        clear(counts);
    }
}

static bool copy(const reel_counts *entry, reel_counts *counts)
{
    counts->object = entry != NULL ? load_word(&entry->object) : 0;
    if (counts->object == 0) {
        clear(counts);
        return false;
    }
    counts->allocs = load_word(&entry->allocs);
    counts->frees = load_word(&entry->frees);
    counts->resizes = load_word(&entry->resizes);
    counts->rewinds = load_word(&entry->rewinds);
    counts->refusals = load_word(&entry->refusals);
    counts->takes = load_word(&entry->takes);
    counts->puts = load_word(&entry->puts);
    counts->most_live = load_word(&entry->most_live);
    return true;
}

bool reel_counts_of(const void *object, reel_counts *counts)
{
    return copy(find((uintptr_t)object, false), counts);
}

bool reel_counts_begin_phase(const void *object)
{
    reel_counts *const counts = find((uintptr_t)object, false);
    if (counts == NULL) {
        return false;
    }
    store_word(&counts->refusals, 0);
    store_word(&counts->most_live, 0);
    raise_most_live(counts, load_word(&counts->allocs));
    return true;
}

bool reel_counts_at(size_t i, reel_counts *counts)
{
    return copy(i < REEL_COUNTS_CAPACITY ? &table[i] : NULL, counts);
}

size_t reel_counts_lost(void)
{
    return load_word(&lost);
}
