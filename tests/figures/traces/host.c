// SPDX-License-Identifier: MIT
// What a heap does with recorded traces, on a host:
//
//   host least TRACE...  the least buffer in which each runs, heap included, beside the
//                        most bytes that are allocated at one time, as asked for
//   host least16 TRACE... the same with granules of 16 bytes
//   host over TRACE      one line for each hundredth of it: event;allocated;reached,
//                        in bytes, in that least buffer and one half as large again
//   host worst           the same ratio for Robson's sequence, which knows where
//                        blocks lie
//
// A trace is a packed one (traces.h), or phases or drift, which are made up.

#include "reel/heap.h"
#include "traces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM (1u << 25) // bytes of memory

static struct {
    trace_header header;
    trace_event *events;
    const char *name;
} trace;

static unsigned char *memory;
static reel_heap heap;
static size_t granule = REEL_HEAP_GRANULE;
static void **blocks; // by slot

void reel_panic(reel_status why, const char *file, int line)
{
    fprintf(stderr, "panic %d, %s:%d\n", (int)why, file, line);
    exit(1);
}

static void must(bool fact, const char *what)
{
    if (!fact) {
        fprintf(stderr, "%s: %s\n", trace.name, what);
        exit(1);
    }
}

// ---- traces that are made up ------------------------------------------------------

static uint32_t seed;

static uint32_t below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % limit;
}

// `count` steps: each frees a slot and allocates it anew, if it was in use, with a size
// of its time. The peak is counted.
static void make_up(uint32_t slots, uint32_t count,
                    uint32_t (*size_at)(uint32_t step))
{
    uint32_t *const sizes = calloc(slots, sizeof *sizes);
    uint32_t live = 0, peak = 0, events = 0;
    trace.events = calloc(2 * count, sizeof *trace.events);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t slot = below(slots);
        if (sizes[slot] != 0) {
            trace.events[events++].what = (uint32_t)TRACE_FREE << 30 | slot;
            live -= sizes[slot];
        }
        sizes[slot] = size_at(i);
        trace.events[events].what = slot;
        trace.events[events++].size = sizes[slot];
        live += sizes[slot];
        peak = live > peak ? live : peak;
    }
    free(sizes);
    trace.header.slots = slots;
    trace.header.events = events;
    trace.header.peak = peak;
}

// Eight phases, each with two sizes of its own; blocks of one survive into the next.
static uint32_t phase_size(uint32_t step)
{
    const uint32_t phase = step / 5000;
    return 16 + 24 * phase + (below(2) == 0 ? 0 : 200 * (phase & 3));
}

// Sizes that grow a little all the time.
static uint32_t drift_size(uint32_t step)
{
    return 16 + step / 200 + below(32);
}

// ---- replay ----------------------------------------------------------------------

static void read_trace(const char *path)
{
    const char *const slash = strrchr(path, '/');
    trace.name = slash != NULL ? slash + 1 : path;
    free(trace.events);
    seed = 1;
    if (strcmp(path, "phases") == 0) {
        make_up(1000, 40000, phase_size);
    } else if (strcmp(path, "drift") == 0) {
        make_up(1000, 40000, drift_size);
    } else {
        FILE *const file = fopen(path, "rb");
        must(file != NULL
                 && fread(&trace.header, sizeof trace.header, 1, file) == 1,
             "cannot be read");
        trace.events = calloc(trace.header.events, sizeof *trace.events);
        must(
            fread(trace.events, sizeof *trace.events, trace.header.events, file)
                == trace.header.events,
            "is too short");
        fclose(file);
    }
    free(blocks);
    blocks = calloc(trace.header.slots, sizeof *blocks);
}

// Both ends of a block say whose it is.
static void stamp(const trace_event *event, unsigned char *block)
{
    if (event->size > 0) {
        block[0] = (unsigned char)trace_slot(event);
        block[event->size - 1] = (unsigned char)trace_slot(event);
    }
}

static bool replay_event(const trace_event *event)
{
    void **const block = &blocks[trace_slot(event)];
    void *changed;
    switch (trace_kind(event)) {
    case TRACE_FREE:
        must(((unsigned char *)*block)[0] == (trace_slot(event) & 0xFF)
                 && reel_heap_free(&heap, *block) == REEL_OK,
             "a block is not what it was");
        *block = NULL;
        return true;
    case TRACE_REALLOC:
        changed =
            reel_heap_realloc(&heap, *block, event->size, trace_align(event));
        break;
    default:
        changed = reel_heap_alloc(&heap, event->size, trace_align(event));
    }
    if (changed == NULL) {
        return false;
    }
    *block = changed;
    stamp(event, changed);
    return true;
}

static bool start(size_t size)
{
    memset(blocks, 0, trace.header.slots * sizeof *blocks);
    return size > sizeof heap
           && reel_heap_init_granular(&heap, memory, size - sizeof heap,
                                      granule)
                  == REEL_OK;
}

static bool runs_in(size_t size)
{
    if (!start(size)) {
        return false;
    }
    for (uint32_t i = 0; i < trace.header.events; i++) {
        if (!replay_event(&trace.events[i])) {
            return false;
        }
    }
    return reel_heap_is_valid(&heap);
}

// By halves; then whether a little less will do after all, 20 times.
static size_t least_buffer(void)
{
    size_t fails = trace.header.peak / 2, runs = 4 * (size_t)trace.header.peak;
    must(runs_in(runs), "needs more than four times its peak");
    while (runs - fails > 4) {
        const size_t middle = (runs + fails) / 2;
        *(runs_in(middle) ? &runs : &fails) = middle;
    }
    const size_t step = trace.header.peak / 2000 + 4;
    for (size_t i = 1; i <= 20; i++) {
        if (runs_in(runs - i * step)) {
            runs -= i * step;
            i = 0;
        }
    }
    return runs;
}

static void print_over_time(size_t size, const char *what)
{
    const uint32_t each = trace.header.events / 200 + 1;
    must(start(size), "does not start");
    for (uint32_t i = 0; i < trace.header.events; i++) {
        must(replay_event(&trace.events[i]), "does not run");
        if (i % each == 0) {
            printf("%s;%u;%zu;%zu\n", what, i, reel_heap_stats(&heap).used,
                   (size_t)heap.frontier.value << heap.shift);
        }
    }
}

// ---- Robson's sequence ---------------------------------------------------------------
//
// Blocks of 1 granule fill M; then for each power of two those are kept that lie at a
// place modulo it which keeps most of the memory from being used by larger ones, the
// others are freed, and the room that they had is asked for in larger blocks. (J. M.
// Robson, An Estimate of the Store Size Necessary for Dynamic Storage Allocation, 1971.)

#define ROBSON_MOST 8192u // granules allocated at one time

typedef struct robson_block {
    size_t first, length; // granules
    bool is_live;
} robson_block;

static robson_block *robson_blocks;
static size_t robson_count, robson_live, robson_reach;

// Does the block have a granule that is `place` modulo `size`?
static bool covers(const robson_block *block, size_t place, size_t size)
{
    const size_t gap = (place - block->first) & (size - 1);
    return gap < block->length;
}

static size_t kept_at(size_t place, size_t size)
{
    size_t kept = 0;
    for (size_t i = 0; i < robson_count; i++) {
        const robson_block *const block = &robson_blocks[i];
        if (block->is_live && covers(block, place, size)) {
            kept += size - block->length;
        }
    }
    return kept;
}

static void robson_free(size_t place, size_t size)
{
    for (size_t i = 0; i < robson_count; i++) {
        robson_block *const block = &robson_blocks[i];
        if (block->is_live && !covers(block, place, size)) {
            must(reel_heap_free(
                     &heap, (void *)(heap.base + (block->first << heap.shift)))
                     == REEL_OK,
                 "Robson's free");
            block->is_live = false;
            robson_live -= block->length;
        }
    }
}

static void robson_fill(size_t size)
{
    while (robson_live + size <= ROBSON_MOST) {
        const uintptr_t at =
            (uintptr_t)reel_heap_alloc(&heap, size << heap.shift, 0);
        must(at != 0, "Robson's alloc");
        robson_block *const block = &robson_blocks[robson_count++];
        block->first = (at - heap.base) >> heap.shift;
        block->length = size;
        block->is_live = true;
        robson_live += size;
        if (block->first + size > robson_reach) {
            robson_reach = block->first + size;
        }
    }
}

static void robson(void)
{
    trace.name = "Robson";
    robson_blocks = calloc(32 * ROBSON_MOST, sizeof *robson_blocks);
    must(reel_heap_init(&heap, memory, ROOM) == REEL_OK, "init");
    size_t place = 0;
    robson_fill(1);
    for (size_t size = 2; size <= ROBSON_MOST / 2; size *= 2) {
        if (kept_at(place + size / 2, size) > kept_at(place, size)) {
            place += size / 2;
        }
        robson_free(place, size);
        robson_fill(size);
    }
    printf("Robson %zu.%02zu\n", robson_reach / ROBSON_MOST,
           robson_reach % ROBSON_MOST * 100 / ROBSON_MOST);
}

int main(int count, char **arguments)
{
    memory = aligned_alloc(4096, ROOM);
    const char *const what = count > 1 ? arguments[1] : "";
    granule = strcmp(what, "least16") == 0 ? 16 : REEL_HEAP_GRANULE;
    for (int i = 2; i < count; i++) {
        read_trace(arguments[i]);
        const size_t least = least_buffer();
        if (strncmp(what, "least", 5) == 0) {
            printf("%s %.3f\n", trace.name, (double)least / trace.header.peak);
        } else if (strcmp(what, "over") == 0) {
            print_over_time(least, "in the least buffer");
            print_over_time(least + least / 2, "with half as much again");
        }
    }
    if (strcmp(what, "worst") == 0) {
        robson();
    }
    return 0;
}
