// SPDX-License-Identifier: MIT
// Every sequence of calls, up to a length, on heaps of 1 to 12 granules. A state that
// was met before, with as many calls still to come, is not gone on from. In each state
//
//   * the heap is valid, and says of every granule what a naive map of owners says;
//   * a request fails if and only if no run of free granules is long enough (or, with
//     an alignment above the granule, only if none surely is);
//   * no pointer but the start of a block can be freed, and trying changes nothing;
//   * blocks keep their contents.
//
// Prints how many states there are and how many calls were made.

#include "reel/heap.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define GRANULE  REEL_HEAP_GRANULE
#define GRANULES 12u
#define STATES   (1u << 21) // slots of the table; a power of two

typedef struct state {
    reel_heap heap;
    unsigned char memory[2 * GRANULES * GRANULE + 256];
    unsigned char
        owner[GRANULES]; // of each granule, by number of its first; or NONE
} state;

#define NONE 0xFF

static _Alignas(64) state now;
static size_t granules;
static bool has_all_calls; // realloc and alignments, too
static size_t states, calls;
static size_t inside, doubles, foreign; // pointers that no free takes

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why;
    test_expect(false, "no panic", file, line);
}

// ---- states that were met ------------------------------------------------------

static struct {
    uint64_t hash;
    unsigned left;
} met[STATES];

static void mix(uint64_t *hash, uint64_t value)
{
    *hash = (*hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    *hash ^= *hash >> 29;
}

// What decides about the calls to come: blocks, and the order of lists.
static uint64_t hash_of_now(void)
{
    uint64_t hash = granules;
    mix(&hash, now.heap.frontier.value);
    mix(&hash, now.heap.cleared);
    for (size_t i = 0; i < granules; i++) {
        mix(&hash, now.owner[i]);
    }
    for (size_t bin = 0; bin < 8 * sizeof now.heap.bins[0]; bin++) {
        if ((now.heap.bins[0] >> bin & 1) == 0) {
            continue;
        }
        mix(&hash, bin);
        for (uintptr_t at = now.heap.heads[bin]; at != 0;
             at = *(uintptr_t *)at) {
            mix(&hash, at - now.heap.base);
        }
    }
    return hash;
}

static bool is_new(unsigned left)
{
    const uint64_t hash = hash_of_now();
    size_t i = (size_t)hash & (STATES - 1);
    while (met[i].hash != 0 && met[i].hash != hash) {
        i = (i + 1) & (STATES - 1);
    }
    if (met[i].hash == hash && met[i].left >= left) {
        return false;
    }
    if (met[i].hash == 0) {
        states++;
        EXPECT(states < STATES / 4 * 3);
    }
    met[i].hash = hash;
    met[i].left = left;
    return true;
}

// ---- the naive map --------------------------------------------------------------

static unsigned char *granule(size_t i)
{
    return (unsigned char *)now.heap.base + i * GRANULE;
}

static size_t length_of(size_t i)
{
    size_t n = 0;
    while (i + n < granules && now.owner[i + n] == i) {
        n++;
    }
    return n;
}

static size_t longest_run(void)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < granules; i++) {
        run = now.owner[i] == NONE ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void note(size_t first, size_t n)
{
    for (size_t i = first; i < first + n; i++) {
        EXPECT(now.owner[i] == NONE);
        now.owner[i] = (unsigned char)first;
        memset(granule(i), (int)first + 1, GRANULE);
    }
}

static void forget(size_t first)
{
    for (size_t i = first; i < granules; i++) {
        now.owner[i] = now.owner[i] == first ? NONE : now.owner[i];
    }
}

static void expect_contents(size_t first, size_t n, int pattern)
{
    for (size_t i = 0; i < n * GRANULE; i++) {
        if (granule(first)[i] != pattern) {
            EXPECT(granule(first)[i] == pattern);
            return;
        }
    }
}

// ---- what must hold in a state ----------------------------------------------------

static void expect_refusals(void)
{
    static reel_heap before;
    before = now.heap;
    for (size_t i = 0; i < granules; i++) {
        const bool is_start = now.owner[i] == i;
        EXPECT(reel_heap_owns(&now.heap, granule(i)) == is_start);
        if (!is_start) {
            const reel_status status = reel_heap_free(&now.heap, granule(i));
            const bool is_free = now.owner[i] == NONE;
            EXPECT(status == (is_free ? REEL_DOUBLE_FREE : REEL_FOREIGN));
            *(is_free ? &doubles : &inside) += 1;
        }
        EXPECT(reel_heap_free(&now.heap, granule(i) + 1) == REEL_FOREIGN);
        inside++;
    }
    void *const elsewhere[] = { now.heap.map, granule(granules), &granules,
                                (void *)UINTPTR_MAX };
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        EXPECT(reel_heap_free(&now.heap, elsewhere[i]) == REEL_FOREIGN);
        foreign++;
    }
    EXPECT(memcmp(&before, &now.heap, sizeof before) == 0);
}

static void expect_sense(void)
{
    size_t used = 0;
    for (size_t i = 0; i < granules; i++) {
        used += now.owner[i] != NONE;
        if (now.owner[i] == i) {
            EXPECT(reel_heap_usable_size(&now.heap, granule(i))
                   == length_of(i) * GRANULE);
            expect_contents(i, length_of(i), (int)i + 1);
        }
    }
    EXPECT(reel_heap_is_valid(&now.heap));
    EXPECT(reel_heap_stats(&now.heap).used == used * GRANULE);
    EXPECT(reel_heap_largest_free(&now.heap) == longest_run() * GRANULE);
    expect_refusals();
}

// ---- calls --------------------------------------------------------------------

static void go_on(unsigned left);

static void allocate(size_t n, size_t align)
{
    const size_t longest = longest_run();
    unsigned char *const block =
        reel_heap_alloc(&now.heap, n * GRANULE, align * GRANULE);
    calls++;
    if (block == NULL) {
        EXPECT(n > longest || (align > 1 && n + align - 1 > longest));
        return;
    }
    EXPECT(n <= longest && (uintptr_t)block % (align * GRANULE) == 0);
    note((size_t)(block - granule(0)) / GRANULE, n);
}

static void reallocate(size_t first, size_t n)
{
    const size_t old = length_of(first);
    const size_t kept = n < old ? n : old;
    unsigned char *const block =
        reel_heap_realloc(&now.heap, granule(first), n * GRANULE, 0);
    calls++;
    if (block == NULL) {
        EXPECT(n > old && n > longest_run());
        return;
    }
    const size_t to = (size_t)(block - granule(0)) / GRANULE;
    EXPECT(n > old || to == first);
    expect_contents(to, kept, (int)first + 1);
    forget(first);
    note(to, n);
}

static void free_block(size_t first)
{
    EXPECT(reel_heap_free(&now.heap, granule(first)) == REEL_OK);
    calls++;
    forget(first);
}

// Every call that there is, each on the state as it was.
static void go_on(unsigned left)
{
    expect_sense();
    if (left == 0 || !is_new(left)) {
        return;
    }
    state *const before = malloc(sizeof now);
    *before = now;
    for (size_t n = 1; n <= GRANULES; n++) {
        for (size_t align = 1; align <= (has_all_calls ? 8 : 1); align *= 2) {
            allocate(n, align);
            go_on(left - 1);
            now = *before;
        }
    }
    for (size_t i = 0; i < granules; i++) {
        if (now.owner[i] != i) {
            continue;
        }
        free_block(i);
        go_on(left - 1);
        now = *before;
        for (size_t n = 1; has_all_calls && n <= GRANULES; n++) {
            reallocate(i, n);
            go_on(left - 1);
            now = *before;
        }
    }
    free(before);
}

static void from_each_size(unsigned length)
{
    memset(met, 0, sizeof met);
    states = calls = inside = doubles = foreign = 0;
    for (granules = 1; granules <= GRANULES; granules++) {
        memset(&now, 0, sizeof now);
        memset(now.owner, NONE, sizeof now.owner);
        size_t size = 1;
        while (reel_heap_init(&now.heap, now.memory, size) != REEL_OK
               || reel_heap_largest_free(&now.heap) < granules * GRANULE) {
            size++;
        }
        go_on(length);
    }
    test_note("length of the sequences:", length);
    test_note("states:", states);
    test_note("calls:", calls);
    test_note("refused frees of what is inside of a block:", inside);
    test_note("refused frees of a block that is free:", doubles);
    test_note("refused frees of what lies elsewhere:", foreign);
}

// ---- long blocks ------------------------------------------------------------------
//
// Those that cover cells of the map keep their length there; so at random, with blocks
// of up to some cells that start anywhere.

#define LONG_ROOM  1024u // granules
#define LONG_MOST  200u
#define LONG_STEPS 20000u

static void long_blocks_at_random(void)
{
    static _Alignas(64) unsigned char memory[(LONG_ROOM + 64) * GRANULE];
    static struct {
        unsigned char *start;
        size_t n;
    } live[16];
    uint32_t seed = 1;
    size_t used = 0;
    memset(live, 0, sizeof live);
    EXPECT(reel_heap_init(&now.heap, memory, sizeof memory) == REEL_OK);
    for (size_t step = 0; step < LONG_STEPS; step++) {
        seed = seed * 1664525u + 1013904223u;
        const size_t which = seed >> 8 & 15;
        const size_t n = 1 + (seed >> 12) % LONG_MOST;
        unsigned char *const was = live[which].start;
        if (was != NULL && (seed >> 24 & 1) != 0) {
            EXPECT(reel_heap_free(&now.heap, was) == REEL_OK);
            used -= live[which].n;
            live[which].start = NULL;
        } else {
            unsigned char *const start =
                reel_heap_realloc(&now.heap, was, n * GRANULE, 0);
            if (start != NULL) {
                used += n - (was != NULL ? live[which].n : 0);
                live[which].start = start;
                live[which].n = n;
                EXPECT(reel_heap_usable_size(&now.heap, start) == n * GRANULE);
            }
        }
        EXPECT(reel_heap_is_valid(&now.heap));
        EXPECT(reel_heap_stats(&now.heap).used == used * GRANULE);
    }
}

int main(void)
{
    const char *const asked = getenv("MORE_CALLS");
    const unsigned more = asked != NULL ? (unsigned)atoi(asked) : 2;
    from_each_size(4 + more);
    EXPECT(inside > 100000 && doubles > 100000 && foreign > 100000);
    tap_result("every sequence of allocations and frees is right", NULL);
    has_all_calls = true;
    from_each_size(3 + more / 2);
    tap_result("and with reallocations and alignments", NULL);
    long_blocks_at_random();
    tap_result("long blocks keep their length", NULL);
    return tap_end() ? 0 : 1;
}
