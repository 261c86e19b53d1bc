// SPDX-License-Identifier: MIT
// Random workloads whose calls of reel are measured one by one: on boards by a
// program that counts cycles (meter.c), on hosts by a clock (host.c).
//
// The objects are as large as tests/figures/bounds/loops assumes for the
// bounds: no call may take more than its bound.

#ifndef CALLS_H
#define CALLS_H

#include "reel/base.h"

typedef uintptr_t word;

// A function in a workload.
typedef struct measured_row {
    word arguments[6];
    word function;
    const char *name;
    const char *workload;
    word result;
    uint32_t count; // calls
} measured_row;

typedef struct workload {
    const char *name;
    void (*start)(void);
    void (*step)(void); // one random operation
} workload;

extern const workload workloads[];
extern const size_t workload_count;

extern measured_row rows[];
extern size_t row_count;

// Run each workload until each of its functions was called so many times.
void run_workloads(uint32_t calls);

// Call a function, measured. Returns what it returns.
word call(const char *name, word function, const word arguments[6]);

#define CALL_AS(name, function, ...) \
    call(name, (word)(function), (const word[6]){ __VA_ARGS__ })
#define CALL(function, ...)   CALL_AS(#function, function, __VA_ARGS__)
#define STATUS(function, ...) ((reel_status)CALL(function, __VA_ARGS__))
// Of a bool only the lowest byte is defined.
#define HOLDS_TRUE(function, ...) ((CALL(function, __VA_ARGS__) & 0xFF) != 0)
#define AT(object)                ((word)(object))

// Called before each workload.
void next_workload(void);

// Call row->function, measured, and store its result.
void measure(measured_row *row);

// End the run if it is false: a call did not do its work.
void must(bool fact);

uint32_t random_below(uint32_t limit);

// Three of four requests are of up to 64 bytes, the others of up to `most`.
size_t random_size(size_t most);
size_t random_align(void);

// What the workloads share, one at a time.
#define CALLS_MEMORY 4096u
extern unsigned char calls_memory[CALLS_MEMORY];

// Is it NULL, or does it lie in there?
bool is_ours(word block, size_t size);

void start_arena(void);
void step_arena(void);
void start_temp(void);
void step_temp(void);
void start_blocks(void);
void step_blocks(void);
void start_blocks_cache(void);
void step_blocks_cache(void);
void start_pool(void);
void step_pool(void);
void start_region(void);
void step_region(void);
void start_region_cache(void);
void step_region_cache(void);
void start_rewindable(void);
void step_rewindable(void);
void start_frees_blocks(void);
void step_frees_blocks(void);
void start_span(void);
void step_span(void);
void start_heap(void);
void step_heap(void);
void start_heap_cache(void);
void step_heap_cache(void);
void start_registry(void);
void step_registry(void);

#endif
