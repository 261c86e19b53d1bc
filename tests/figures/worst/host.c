// SPDX-License-Identifier: MIT
// worst CALLS [cold]: the workloads on a host, by the processor's clock. Prints
// for each function, separated by |: workload, name, calls, and nanoseconds:
// least, mean of the fastest 99.9 %, 99.9th percentile, most. The first line is
// of a function that does nothing.
//
// With "cold", the code of reel and all static objects are flushed from the
// caches before each call.

#define _GNU_SOURCE
#include "calls.h"
#include "inlined.h"

#include <immintrin.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_ROWS 80u
#define MOST_TICK 1048575u // a call that takes longer counts as so much
#define LINE      64u
#define NOTHING   MOST_ROWS // the row of what does nothing

// Of the linker.
extern char _end[], etext[];

static struct tally {
    uint64_t calls, most;
    uint32_t *count; // of each number of ticks
} tallies[MOST_ROWS + 1];

static uint64_t most_calls;
static bool is_cold;
static double ns_per_tick;

void must(bool fact)
{
    if (!fact) {
        (void)fprintf(stderr, "worst: a measured call did not do its work\n");
        abort();
    }
}

void next_workload(void)
{
}

// ---- a call ----------------------------------------------------------------

// Without waiting for each line.
__attribute__((target("clflushopt"))) static void flush(const char *from,
                                                        const char *to)
{
    for (; from < to; from += LINE) {
        _mm_clflushopt((void *)(uintptr_t)from);
    }
}

// What is inlined, and the core behind it, are linked after all other code; and
// the objects after the data of ports.
static void cool(void)
{
    flush((const char *)AT(cached_block), etext);
    flush((const char *)calls_memory, _end);
    _mm_mfence();
}

static void add(struct tally *to, uint64_t ticks)
{
    if (to->count == NULL) {
        to->count = calloc(MOST_TICK + 1, sizeof *to->count);
        must(to->count != NULL);
    }
    to->calls++;
    to->most = ticks > to->most ? ticks : to->most;
    to->count[ticks < MOST_TICK ? ticks : MOST_TICK]++;
}

static uint64_t ticks_of(measured_row *row)
{
    word (*const function)(word, word, word, word, word, word) =
        (word(*)(word, word, word, word, word, word))row->function;
    const word a = row->arguments[0], b = row->arguments[1],
               c = row->arguments[2], d = row->arguments[3],
               e = row->arguments[4], f = row->arguments[5];
    unsigned core;
    _mm_lfence();
    const uint64_t start = __rdtsc();
    _mm_lfence();
    const word result = function(a, b, c, d, e, f);
    const uint64_t end = __rdtscp(&core);
    _mm_lfence();
    row->result = result;
    return end - start;
}

static void measure_as(measured_row *row, struct tally *as)
{
    const bool is_wanted = as->calls < most_calls;
    if (is_wanted && is_cold) {
        cool();
    }
    const uint64_t ticks = ticks_of(row);
    if (is_wanted) {
        add(as, ticks);
    }
}

void measure(measured_row *row)
{
    measure_as(row, &tallies[row - rows]);
}

static word nothing(void)
{
    return 0;
}

static void measure_nothing(void)
{
    measured_row row = { .function = AT(nothing) };
    while (tallies[NOTHING].calls < most_calls) {
        measure_as(&row, &tallies[NOTHING]);
    }
}

// ---- what comes out --------------------------------------------------------

static double now_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

// The least time that so many calls do not exceed.
static double quantile(const struct tally *of, uint64_t calls)
{
    uint64_t below = 0;
    for (uint32_t ticks = 0; ticks < MOST_TICK; ticks++) {
        below += of->count[ticks];
        if (below >= calls) {
            return ticks * ns_per_tick;
        }
    }
    return (double)of->most * ns_per_tick;
}

// Of all but the slowest thousandth, which the system interrupted.
static double mean(const struct tally *of)
{
    const uint64_t calls = of->calls - of->calls / 1000;
    uint64_t left = calls, sum = 0;
    for (uint32_t ticks = 0; ticks < MOST_TICK && left > 0; ticks++) {
        const uint64_t count =
            of->count[ticks] < left ? of->count[ticks] : left;
        sum += ticks * count;
        left -= count;
    }
    return (double)sum / (double)calls * ns_per_tick;
}

static void print(const char *of_workload, const char *name,
                  const struct tally *of)
{
    printf("%s|%s|%llu|%.1f|%.1f|%.1f|%.1f\n", of_workload, name,
           (unsigned long long)of->calls, quantile(of, 1), mean(of),
           quantile(of, of->calls - of->calls / 1000), quantile(of, of->calls));
}

static void stay_on_this_core(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)sched_getcpu(), &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

int main(int count, char **arguments)
{
    if (count < 2) {
        return 2;
    }
    most_calls = strtoull(arguments[1], NULL, 10);
    is_cold = count > 2 && strcmp(arguments[2], "cold") == 0;
    stay_on_this_core();
    const double start_ns = now_ns();
    const uint64_t start = __rdtsc();
    measure_nothing();
    run_workloads((uint32_t)most_calls);
    ns_per_tick = (now_ns() - start_ns) / (double)(__rdtsc() - start);
    print("nothing", "nothing", &tallies[NOTHING]);
    for (size_t i = 0; i < row_count; i++) {
        print(rows[i].workload, rows[i].name, &tallies[i]);
    }
    return 0;
}
