// SPDX-License-Identifier: MIT
#include "calls.h"

#define MOST_ROWS 80
#define STEPS     64 // between two looks at the counts

const workload workloads[] = {
    { "arena", start_arena, step_arena },
    { "temp", start_temp, step_temp },
    { "blocks", start_blocks, step_blocks },
    { "blocks_cache", start_blocks_cache, step_blocks_cache },
    { "pool", start_pool, step_pool },
    { "region", start_region, step_region },
    { "region_cache", start_region_cache, step_region_cache },
    { "rewindable", start_rewindable, step_rewindable },
    { "frees_blocks", start_frees_blocks, step_frees_blocks },
    { "span", start_span, step_span },
    { "heap", start_heap, step_heap },
    { "heap_cache", start_heap_cache, step_heap_cache },
    { "registry", start_registry, step_registry },
};
const size_t workload_count = sizeof workloads / sizeof workloads[0];

measured_row rows[MOST_ROWS];
size_t row_count;

_Alignas(256) unsigned char calls_memory[CALLS_MEMORY];

static const workload *now;
static size_t first_row; // of the workload

static uint32_t state; // of the random numbers

uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (state >> 16) * limit >> 16;
}

size_t random_size(size_t most)
{
    const size_t limit = random_below(4) != 0 && most > 64 ? 64 : most;
    return 1 + random_below((uint32_t)limit);
}

size_t random_align(void)
{
    static const size_t aligns[] = { 0, 1, 4, 8, 8, 8, 16, 32 };
    return aligns[random_below(8)];
}

bool is_ours(word block, size_t size)
{
    const word offset = block - AT(calls_memory);
    return block == 0
           || (offset < CALLS_MEMORY && size <= CALLS_MEMORY - offset);
}

static measured_row *row_of(const char *name, word function)
{
    for (size_t i = first_row; i < row_count; i++) {
        if (rows[i].function == function) {
            return &rows[i];
        }
    }
    must(row_count < MOST_ROWS);
    measured_row *const row = &rows[row_count++];
    row->function = function;
    row->name = name;
    row->workload = now->name;
    return row;
}

word call(const char *name, word function, const word arguments[6])
{
    measured_row *const row = row_of(name, function);
    for (size_t i = 0; i < 6; i++) {
        row->arguments[i] = arguments[i];
    }
    row->count++;
    measure(row);
    return row->result;
}

static uint32_t least_calls(void)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = first_row; i < row_count; i++) {
        least = rows[i].count < least ? rows[i].count : least;
    }
    return least;
}

void run_workloads(uint32_t calls)
{
    for (now = workloads; now < workloads + workload_count; now++) {
        first_row = row_count;
        next_workload();
        state = 1; // whatever the workloads before took
        now->start();
        do {
            for (unsigned i = 0; i < STEPS; i++) {
                now->step();
            }
        } while (least_calls() < calls);
    }
}
