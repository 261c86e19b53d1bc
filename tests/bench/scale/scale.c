// SPDX-License-Identifier: MIT
// What an operation costs as things grow: with 10 to a million live objects, or frames
// of memory, on 1 to 8 threads, over ranges from 1 KiB to 1 TiB. A line of output is a point: chart,
// curve, x, and the median of nine runs in ns per operation.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "host/pages.h"
#include "reel/reel.h"

#define RUNS  9
#define BLOCK 64 // bytes

// The blocks' first word is written through this, so that no loop is left out.
typedef volatile uintptr_t any_word;

static void require(bool fact)
{
    if (!fact) {
        abort();
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

// The same sequence in every run.
static size_t random_below(size_t limit, uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (size_t)(((uint64_t)*state * limit) >> 32);
}

static void *touch(void *block)
{
    require(block != NULL);
    *(any_word *)block = 1;
    return block;
}

// ---- measuring ---------------------------------------------------------------

// One point's work: `operations` of them, on `argument`.
typedef void (*work)(void *argument, size_t operations);

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_time(work job, void *argument, size_t operations)
{
    double times[RUNS];
    job(argument, operations); // warms up
    for (size_t i = 0; i < RUNS; i++) {
        const double start = now();
        job(argument, operations);
        times[i] = (now() - start) / (double)operations;
    }
    qsort(times, RUNS, sizeof times[0], by_size);
    return times[RUNS / 2];
}

static void print_point(const char *chart, const char *curve, size_t x,
                        double ns)
{
    printf("%s;%s;%zu;%.3f\n", chart, curve, x, ns);
    fflush(stdout);
}

// ---- live objects ------------------------------------------------------------

struct live {
    reel_blocks blocks;
    reel_arena arena;
    void **slots; // what is live
    size_t count;
};

static void pair_of_blocks(void *argument, size_t operations)
{
    struct live *const live = argument;
    for (size_t i = 0; i < operations; i++) {
        (void)reel_blocks_free(&live->blocks,
                               touch(reel_blocks_alloc(&live->blocks)));
    }
}

static void replace_blocks(void *argument, size_t operations)
{
    struct live *const live = argument;
    uint32_t state = 1;
    for (size_t i = 0; i < operations; i++) {
        void **const slot = &live->slots[random_below(live->count, &state)];
        (void)reel_blocks_free(&live->blocks, *slot);
        *slot = touch(reel_blocks_alloc(&live->blocks));
    }
}

static void replace_mallocs(void *argument, size_t operations)
{
    struct live *const live = argument;
    uint32_t state = 1;
    for (size_t i = 0; i < operations; i++) {
        void **const slot = &live->slots[random_below(live->count, &state)];
        free(*slot);
        *slot = touch(malloc(BLOCK));
    }
}

static void scope_in_arena(void *argument, size_t operations)
{
    struct live *const live = argument;
    for (size_t i = 0; i < operations; i++) {
        const reel_mark mark = reel_arena_mark(&live->arena);
        (void)touch(reel_arena_alloc(&live->arena, BLOCK, 8));
        (void)reel_arena_rewind(&live->arena, mark);
    }
}

static void blocks_point(size_t count)
{
    struct live live = { .count = count };
    const size_t size = REEL_BLOCKS_SIZE(BLOCK, count + 1);
    void *const memory = malloc(size);
    live.slots = malloc(count * sizeof *live.slots);
    require(reel_blocks_init(&live.blocks, memory, size, BLOCK, count + 1)
            == REEL_OK);
    for (size_t i = 0; i < count; i++) {
        live.slots[i] = touch(reel_blocks_alloc(&live.blocks));
    }
    print_point("live", "blocks, newest", count,
                median_time(pair_of_blocks, &live, 100000));
    print_point("live", "blocks, any", count,
                median_time(replace_blocks, &live, 100000));
    free(live.slots);
    free(memory);
}

static void malloc_point(size_t count)
{
    struct live live = { .count = count };
    live.slots = malloc(count * sizeof *live.slots);
    for (size_t i = 0; i < count; i++) {
        live.slots[i] = touch(malloc(BLOCK));
    }
    print_point("live", "malloc, any", count,
                median_time(replace_mallocs, &live, 100000));
    for (size_t i = 0; i < count; i++) {
        free(live.slots[i]);
    }
    free(live.slots);
}

static void arena_point(size_t count)
{
    struct live live = { .count = count };
    const size_t size = (count + 1) * BLOCK;
    void *const memory = malloc(size);
    require(reel_arena_init(&live.arena, memory, size) == REEL_OK);
    for (size_t i = 0; i < count; i++) {
        (void)touch(reel_arena_alloc(&live.arena, BLOCK, 8));
    }
    print_point("live", "arena, scope", count,
                median_time(scope_in_arena, &live, 100000));
    free(memory);
}

static void chart_live(void)
{
    for (size_t count = 10; count <= 1000000; count *= 10) {
        blocks_point(count);
        malloc_point(count);
        arena_point(count);
    }
}

// ---- frames --------------------------------------------------------------------

#define FRAME 4096 // bytes
#define RANGE ((size_t)1 << 40)

// Frames are not touched, and their links lie elsewhere: they take no memory.
struct frames {
    reel_blocks blocks;
    void **taken;
    size_t count;
};

static void pair_of_frames(void *argument, size_t operations)
{
    struct frames *const frames = argument;
    for (size_t i = 0; i < operations; i++) {
        void *const frame = reel_blocks_alloc(&frames->blocks);
        require(reel_blocks_free(&frames->blocks, frame) == REEL_OK);
    }
}

// Beyond the processor's cache it costs two misses: of the slot and of the link.
static void replace_frames(void *argument, size_t operations)
{
    struct frames *const frames = argument;
    uint32_t state = 1;
    for (size_t i = 0; i < operations; i++) {
        void **const slot = &frames->taken[random_below(frames->count, &state)];
        (void)reel_blocks_free(&frames->blocks, *slot);
        *slot = reel_blocks_alloc(&frames->blocks);
        require(*slot != NULL);
    }
}

static void frames_point(size_t count)
{
    struct frames frames = { .count = count };
    const size_t size = (count + 1) * FRAME;
    void *space = NULL;
    require(reel_host_reserve(size, &space) == REEL_OK);
    reel_link *const links = malloc((count + 1) * sizeof *links);
    frames.taken = malloc(count * sizeof *frames.taken);
    require(reel_blocks_init_apart(&frames.blocks, space, size, FRAME,
                                   count + 1, links)
            == REEL_OK);
    for (size_t i = 0; i < count; i++) {
        frames.taken[i] = reel_blocks_alloc(&frames.blocks);
    }
    print_point("frames", "blocks, newest", count,
                median_time(pair_of_frames, &frames, 100000));
    print_point("frames", "blocks, any", count,
                median_time(replace_frames, &frames, 100000));
    free(frames.taken);
    free(links);
    require(reel_host_release(space, size) == REEL_OK);
}

static void scope_in_temp(void *argument, size_t operations)
{
    reel_temp *const temp = argument;
    for (size_t i = 0; i < operations; i++) {
        const reel_mark mark = reel_temp_mark(temp);
        (void)touch(reel_temp_alloc(temp, FRAME, 8));
        require(reel_temp_rewind(temp, mark) == REEL_OK);
    }
}

// Above `count` committed frames one more is committed, touched and decommitted.
static void commit_point(size_t count)
{
    reel_temp temp;
    reel_pages pages;
    void *space = NULL;
    require(reel_host_pages_init(&pages) == REEL_OK);
    require(reel_host_reserve(RANGE, &space) == REEL_OK);
    const reel_temp_policy policy = { .step = FRAME, .strict = true };
    require(reel_temp_init(&temp, space, RANGE, &pages, &policy) == REEL_OK);
    require(reel_temp_alloc(&temp, count * FRAME, FRAME) != NULL);
    print_point("frames", "temp, commit + decommit", count,
                median_time(scope_in_temp, &temp, 1000));
    require(reel_host_release(space, RANGE) == REEL_OK);
}

static void chart_frames(void)
{
    for (size_t count = 10; count <= 1000000; count *= 10) {
        frames_point(count);
        commit_point(count);
    }
}

// ---- threads -----------------------------------------------------------------

#define MOST_THREADS 8
#define POOL_BLOCKS  4096
#define CACHE_SLOTS  64

struct team;

struct member {
    _Alignas(128) struct team *team;
    pthread_t thread;
    reel_blocks_cache cache;
    void *slots[CACHE_SLOTS];
};

struct team {
    reel_blocks blocks;
    reel_arena arena;
    size_t count;
    size_t share; // operations of each
    void (*play)(struct member *member);
    struct member members[MOST_THREADS];
};

static void play_cached(struct member *member)
{
    for (size_t i = 0; i < member->team->share; i++) {
        (void)reel_blocks_cache_free(
            &member->cache, touch(reel_blocks_cache_alloc(&member->cache)));
    }
}

static void play_plain(struct member *member)
{
    reel_blocks *const blocks = &member->team->blocks;
    for (size_t i = 0; i < member->team->share; i++) {
        (void)reel_blocks_free(blocks, touch(reel_blocks_alloc(blocks)));
    }
}

static void play_malloc(struct member *member)
{
    for (size_t i = 0; i < member->team->share; i++) {
        void *volatile block = touch(malloc(BLOCK));
        free(block);
    }
}

static void play_arena(struct member *member)
{
    reel_arena *const arena = &member->team->arena;
    for (size_t i = 0; i < member->team->share; i++) {
        (void)touch(reel_arena_alloc_shared(arena, 16, 8));
    }
}

// The n-th of the cores this process may use, counted in a circle.
static void stay_on(size_t n)
{
    cpu_set_t allowed, own;
    require(sched_getaffinity(getpid(), sizeof allowed, &allowed) == 0);
    n %= (size_t)CPU_COUNT(&allowed);
    size_t core = 0;
    while (!CPU_ISSET(core, &allowed) || n-- > 0) {
        core++;
    }
    CPU_ZERO(&own);
    CPU_SET(core, &own);
    require(sched_setaffinity(0, sizeof own, &own) == 0);
}

static void *begin(void *argument)
{
    struct member *const member = argument;
    stay_on((size_t)(member - member->team->members));
    member->team->play(member);
    return NULL;
}

// Threads are started and joined within the time taken: that does not show among so
// many operations. Time is by all operations of all threads.
static void play(void *argument, size_t operations)
{
    struct team *const team = argument;
    team->share = operations / team->count;
    reel_arena_reset(&team->arena);
    for (size_t i = 0; i < team->count; i++) {
        struct member *const member = &team->members[i];
        require(pthread_create(&member->thread, NULL, begin, member) == 0);
    }
    for (size_t i = 0; i < team->count; i++) {
        require(pthread_join(team->members[i].thread, NULL) == 0);
    }
}

static void team_point(struct team *team, const char *curve,
                       void (*how)(struct member *), size_t operations)
{
    team->play = how;
    print_point("threads", curve, team->count,
                median_time(play, team, operations));
}

static void chart_threads(void)
{
    static struct team team;
    static char memory[REEL_BLOCKS_SIZE(BLOCK, POOL_BLOCKS)];
    static char room[(size_t)32 << 20];
    require(reel_arena_init(&team.arena, room, sizeof room) == REEL_OK);
    require(reel_blocks_init(&team.blocks, memory, sizeof memory, BLOCK,
                             POOL_BLOCKS)
            == REEL_OK);
    for (size_t i = 0; i < MOST_THREADS; i++) {
        struct member *const member = &team.members[i];
        member->team = &team;
        require(reel_blocks_cache_init(&member->cache, &team.blocks,
                                       member->slots, CACHE_SLOTS)
                == REEL_OK);
    }
    for (team.count = 1; team.count <= MOST_THREADS; team.count++) {
        team_point(&team, "blocks with caches", play_cached, 8000000);
        team_point(&team, "blocks", play_plain, 400000);
        team_point(&team, "arena, shared alloc", play_arena, 400000);
        team_point(&team, "malloc", play_malloc, 4000000);
    }
}

// ---- ranges ------------------------------------------------------------------

#define BURST 32 // blocks of 16 bytes, then a reset

static void bursts_in_arena(void *argument, size_t operations)
{
    reel_arena *const arena = argument;
    for (size_t i = 0; i < operations; i += BURST) {
        for (size_t j = 0; j < BURST; j++) {
            (void)touch(reel_arena_alloc(arena, 16, 8));
        }
        reel_arena_reset(arena);
    }
}

static void bursts_in_temp(void *argument, size_t operations)
{
    reel_temp *const temp = argument;
    for (size_t i = 0; i < operations; i += BURST) {
        for (size_t j = 0; j < BURST; j++) {
            (void)touch(reel_temp_alloc(temp, 16, 8));
        }
        (void)reel_temp_reset(temp);
    }
}

static void lives_of_temp(void *argument, size_t operations)
{
    reel_temp *const temp = argument;
    for (size_t i = 0; i < operations; i++) {
        (void)touch(reel_temp_alloc(temp, 16, 8));
        (void)reel_temp_dispose(temp);
    }
}

static void arena_over(size_t size)
{
    reel_arena arena;
    void *const memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(memory != MAP_FAILED);
    require(reel_arena_init(&arena, memory, size) == REEL_OK);
    print_point("range", "arena, a block", size,
                median_time(bursts_in_arena, &arena, 320000));
    munmap(memory, size);
}

static void temp_over(size_t size)
{
    reel_temp temp;
    reel_pages pages;
    void *space = NULL;
    require(reel_host_pages_init(&pages) == REEL_OK);
    if (size < pages.page_size) {
        return;
    }
    require(reel_host_reserve(size, &space) == REEL_OK);
    require(reel_temp_init(&temp, space, size, &pages, NULL) == REEL_OK);
    print_point("range", "temp, a block", size,
                median_time(bursts_in_temp, &temp, 320000));
    print_point("range", "temp, commit + decommit", size,
                median_time(lives_of_temp, &temp, 1000));
    require(reel_host_release(space, size) == REEL_OK);
}

static void chart_range(void)
{
    for (size_t size = (size_t)1 << 10; size <= (size_t)1 << 40; size *= 4) {
        arena_over(size);
        temp_over(size);
    }
}

int main(void)
{
    chart_live();
    chart_frames();
    chart_threads();
    chart_range();
    return 0;
}
