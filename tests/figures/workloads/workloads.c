// SPDX-License-Identifier: MIT
// Counts the instructions of each call while fixed sequences of requests are
// served, for every contestant in the image, in two workloads:
//
//   mixed   2,000 operations, each on one of 40 slots at random: take a block of
//           16 to 256 bytes for an empty one, give back what a full one has. Who
//           cannot serve a request frees everything, if it has a call that does,
//           and is asked again; blocks that are lost by it are not given back.
//   frames  100 frames of 1 to 24 such blocks, all of which are given back at a
//           frame's end: by one call if there is one, else block by block.
//
// Prints one line a figure: workload, contestant and what it is, and the number;
// the mean is in tenths of an instruction, rounded down. A refused call counts
// like any other. "each" is all calls together, for each operation (mixed) or
// block (frames).

#include "workloads.h"

#include "clock/clock.h"
#include "semihost.h"

int main(void);

#define OPERATIONS  2000u
#define FRAMES      100u
#define FRAME_MOST  24u // blocks; all of the largest size fit into the heap
#define SEED        1u
#define SIZE_CHOICE (WORKLOAD_LARGEST - WORKLOAD_SMALLEST + 1)

typedef struct tally {
    uint32_t calls;
    uint32_t sum; // instructions
    uint32_t best;
    uint32_t worst;
} tally;

static tally allocations, frees, resets;
static uint32_t refused;

static struct {
    bool is_wanted; // by the sequence of requests
    unsigned char *block;
    size_t size;
} slots[WORKLOAD_SLOTS];

static uint32_t state;

static uint32_t random_below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % limit;
}

static void must(bool fact)
{
    if (!fact) {
        semihost_write("Bail out! a contestant gave a wrong block\n");
        semihost_exit(1);
    }
}

// ---- counted calls ----------------------------------------------------------

static void add(tally *to, uint32_t count)
{
    to->best = to->calls == 0 || count < to->best ? count : to->best;
    to->worst = count > to->worst ? count : to->worst;
    to->sum += count;
    to->calls++;
}

static unsigned char *allocate(const contestant *who, size_t size)
{
    clock_call call = { { who->object, size, WORKLOAD_ALIGN }, 0, 0 };
    call.function = who->allocate;
    if (who->object == 0) {
        call.arguments[0] = size;
    }
    add(&allocations, clock_count(&call));
    refused += call.result == 0;
    return (unsigned char *)call.result;
}

static void give_back(const contestant *who, unsigned char *block, size_t size)
{
    clock_call call = { { who->object, (uintptr_t)block, size }, 0, 0 };
    call.function = who->free;
    if (who->object == 0) {
        call.arguments[0] = (uintptr_t)block;
    }
    add(&frees, clock_count(&call));
    must(who->object == 0 || call.result == REEL_OK);
}

static void free_everything(const contestant *who)
{
    uint32_t count = 0;
    for (size_t i = 0; i < 2 && who->reset[i] != 0; i++) {
        clock_call call = { { who->object, who->argument }, 0, 0 };
        call.function = who->reset[i];
        count += clock_count(&call);
    }
    add(&resets, count);
    for (size_t i = 0; i < WORKLOAD_SLOTS; i++) {
        slots[i].block = NULL;
    }
}

// ---- slots: each block has the slot's number at both ends ---------------------

static void fill(const contestant *who, size_t number, size_t size)
{
    unsigned char *block = allocate(who, size);
    if (block == NULL && who->reset[0] != 0) {
        free_everything(who);
        block = allocate(who, size);
        must(block != NULL);
    }
    slots[number].block = block;
    slots[number].size = size;
    if (block != NULL) {
        must((uintptr_t)block % WORKLOAD_ALIGN == 0);
        block[0] = (unsigned char)number;
        block[size - 1] = (unsigned char)number;
    }
}

static void empty(const contestant *who, size_t number)
{
    unsigned char *const block = slots[number].block;
    const size_t size = slots[number].size;
    if (block != NULL) {
        must(block[0] == number && block[size - 1] == number);
        give_back(who, block, size);
    }
    slots[number].block = NULL;
}

// ---- workloads --------------------------------------------------------------

static void start(const contestant *who)
{
    const tally none = { 0 };
    allocations = frees = resets = none;
    refused = 0;
    state = SEED;
    for (size_t i = 0; i < WORKLOAD_SLOTS; i++) {
        slots[i].is_wanted = false;
        slots[i].block = NULL;
    }
    who->start();
}

static uint32_t mixed(const contestant *who)
{
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        const uint32_t number = random_below(WORKLOAD_SLOTS);
        const size_t size = WORKLOAD_SMALLEST + random_below(SIZE_CHOICE);
        slots[number].is_wanted = !slots[number].is_wanted;
        if (slots[number].is_wanted) {
            fill(who, number, size);
        } else {
            empty(who, number);
        }
    }
    return OPERATIONS;
}

static uint32_t frames(const contestant *who)
{
    uint32_t blocks = 0;
    for (uint32_t frame = 0; frame < FRAMES; frame++) {
        const uint32_t count = 1 + random_below(FRAME_MOST);
        for (uint32_t i = 0; i < count; i++) {
            fill(who, i, WORKLOAD_SMALLEST + random_below(SIZE_CHOICE));
        }
        if (who->reset[0] != 0) {
            free_everything(who);
        }
        for (uint32_t i = 0; i < count; i++) {
            empty(who, i);
        }
        blocks += count;
    }
    return blocks;
}

// ---- what comes out ---------------------------------------------------------

static const char *workload_name, *contestant_name;

static void begin_row(const char *call, const char *what)
{
    semihost_write(workload_name);
    semihost_write("_");
    semihost_write(contestant_name);
    semihost_write("_");
    semihost_write(call);
    semihost_write(what);
    semihost_write(" ");
}

static void print_row(const char *call, const char *what, uint32_t number)
{
    begin_row(call, what);
    semihost_write_number(number);
    semihost_write("\n");
}

static void print_mean(const char *call, const char *what, uint32_t sum,
                       uint32_t count)
{
    begin_row(call, what);
    semihost_write_number(sum / count);
    semihost_write(".");
    semihost_write_number(sum % count * 10 / count);
    semihost_write("\n");
}

static void print_tally(const char *call, const tally *of)
{
    if (of->calls != 0) {
        print_row(call, "_best", of->best);
        print_mean(call, "_mean", of->sum, of->calls);
        print_row(call, "_worst", of->worst);
    }
}

// What is left goes back, uncounted: the next workload finds a heap that was used.
static void finish(const contestant *who)
{
    for (size_t i = 0; i < WORKLOAD_SLOTS; i++) {
        empty(who, i);
    }
}

static void run(const char *name, uint32_t (*workload)(const contestant *),
                const contestant *who)
{
    start(who);
    const uint32_t count = workload(who);
    workload_name = name;
    contestant_name = who->name;
    print_tally("alloc", &allocations);
    print_tally("free", &frees);
    print_tally("reset", &resets);
    print_row("resets", "", resets.calls);
    print_row("refused", "", refused);
    print_mean("each", "", allocations.sum + frees.sum + resets.sum, count);
    finish(who);
}

int main(void)
{
    clock_start();
    for (size_t i = 0; i < contestant_count; i++) {
        run("mixed", mixed, &contestants[i]);
        run("frames", frames, &contestants[i]);
    }
    return 0;
}
