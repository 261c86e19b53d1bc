// SPDX-License-Identifier: MIT
// Block pools, and caches of their blocks.

#include "blocks_scenes.h"

#define SLOTS_MAX 4

// In explorer_memory, in words.
#define POOL_AT   0
#define CACHES_AT 32 // and the slots of each behind it
#define BUFFER_AT 64

static bool has_caches;

reel_blocks *blocks_pool(void)
{
    return (reel_blocks *)(void *)&explorer_memory[POOL_AT];
}

static void *block(size_t number)
{
    return &explorer_memory[BUFFER_AT + number];
}

static size_t number_of(const void *block)
{
    return (size_t)((const uintptr_t *)block - &explorer_memory[BUFFER_AT]);
}

static reel_blocks_cache *cache(unsigned context)
{
    const size_t words = sizeof(reel_blocks_cache) / WORD + SLOTS_MAX;
    return (reel_blocks_cache
                *)(void *)&explorer_memory[CACHES_AT + context * words];
}

static size_t held_by(const reel_blocks_cache *cache)
{
    return (size_t)(cache->top - cache->slots);
}

static int sum_cached(void)
{
    size_t sum = 0;
    for (unsigned i = 0; has_caches && i < CONTEXTS; i++) {
        sum += held_by(cache(i));
    }
    return (int)sum;
}

// ---- the calls -----------------------------------------------------------------

// After a hostile free another context may write to a block that has an owner.
static void use(void *block)
{
    if (!book.is_hostile) {
        explorer_write(block);
    }
}

// A cache keeps what else it took.
static void end_taking(unsigned context, void *block)
{
    const bool may_miss = explorer_scene()->is_weak && book.was_freed;
    explorer_call(CALL_NONE);
    explorer_reach(block == NULL ? EMPTY : SUCCESS);
    letters_end_taking(context, &block, block != NULL,
                       block != NULL || may_miss);
}

static void take(unsigned context, unsigned number)
{
    (void)number;
    letters_begin_taking(context, 1);
    end_taking(context, reel_blocks_alloc(blocks_pool()));
}

static void take_from_cache(unsigned context, unsigned number)
{
    reel_blocks_cache *const mine = cache(context);
    const size_t before = held_by(mine);
    (void)number;
    letters_begin_taking(context, (int)(mine->limit - mine->slots) / 2);
    void *const block = reel_blocks_cache_alloc(mine);
    explorer_reach(held_by(mine) > before ? REFILLED : 0);
    end_taking(context, block);
}

static void give(unsigned context, void *block, bool is_owned)
{
    letters_begin_giving(context, block);
    explorer_call(CALL_FREE);
    const reel_status status = reel_blocks_free(blocks_pool(), block);
    explorer_call(CALL_NONE);
    (void)letters_end_giving(block, status, is_owned);
}

// Scenes with caches free no block twice, so a drain is never refused.
static void give_to_cache(unsigned context, void *block)
{
    if (block == NULL) {
        return;
    }
    reel_blocks_cache *const mine = cache(context);
    const size_t before = held_by(mine);
    use(block);
    letters_begin_giving(context, block);
    explorer_call(CALL_FREE);
    const reel_status status = reel_blocks_cache_free(mine, block);
    explorer_call(CALL_NONE);
    explorer_reach(held_by(mine) > before ? 0 : DRAINED);
    (void)letters_end_giving(block, status, true);
}

static void give_oldest_to_cache(unsigned context, unsigned number)
{
    (void)number;
    give_to_cache(context, letters_oldest(context));
}

static void give_found_to_cache(unsigned context, unsigned number)
{
    (void)number;
    give_to_cache(context, letters_thing_found());
}

static void flush(unsigned context, unsigned number)
{
    (void)number;
    explorer_call(CALL_FREE);
    reel_blocks_cache_flush(cache(context));
    explorer_call(CALL_NONE);
    book.was_freed = true;
    ledger_note();
}

static size_t count_used(void)
{
    return reel_blocks_count_used(blocks_pool());
}

const things blocks_things = { block, number_of, use, take, give, count_used };

static const letter letters[] = {
    { 'A', take_from_cache, 0 },
    { 'G', give_oldest_to_cache, 0 },
    { 'T', give_found_to_cache, 0 },
    { 'L', flush, 0 },
    { 0 },
};

// ---- before and after --------------------------------------------------------------

static void start_caches(size_t slots)
{
    has_caches = slots > 0;
    for (unsigned i = 0; has_caches && i < CONTEXTS; i++) {
        reel_blocks_cache_init(cache(i), blocks_pool(), (void **)(cache(i) + 1),
                               slots);
    }
}

// The links of blocks that were never out are the worst that could be there: after
// a warm start, that they are out, or for who walks them another block's number.
static void spoil_links(const scene *plan)
{
    const bool walks = letters_occur(plan, "bcB");
    for (size_t i = 0; i < plan->size; i++) {
        blocks_pool()->list.links[i] = (reel_link)(walks && i % 2 != 0 ? 0 : i);
    }
}

void blocks_set_up(const stage *on, const scene *plan)
{
    ledger_open(plan->size);
    book.aside = sum_cached;
    reel_blocks_init(blocks_pool(), block(0),
                     REEL_BLOCKS_SIZE(WORD, plan->size), WORD, plan->size);
    spoil_links(plan);
    explorer_wall_off(block(2 * plan->size)); // blocks, then links
    start_caches(plan->slots);
    letters_act_before(on, plan);
    book.is_hostile = letters_occur(plan, "xB");
    book.is_unsure = letters_occur(plan, "B");
}

static void set_up(const scene *plan)
{
    blocks_set_up(&blocks_stage, plan);
}

static void flush_caches(void)
{
    for (unsigned i = 0; has_caches && i < CONTEXTS; i++) {
        reel_blocks_cache_flush(cache(i));
        require(held_by(cache(i)) == 0, "a cache keeps a block");
    }
    require(reel_blocks_is_valid(blocks_pool()), "the pool is not valid");
}

// Each free block can be allocated, once.
static void take_rest(void)
{
    for (int rest = (int)book.count - book.owned; rest > 0; rest--) {
        void *const some = reel_blocks_alloc(blocks_pool());
        require(some != NULL, "a block is lost");
        if (some != NULL) {
            require(book.out[number_of(some)]++ == 0, "a free block is owned");
        }
    }
    require(reel_blocks_alloc(blocks_pool()) == NULL,
            "a block too many is free");
}

void blocks_inspect(const scene *plan)
{
    const reel_stats stats = reel_blocks_stats(blocks_pool());
    const size_t peak = reel_blocks_peak(blocks_pool());
    const size_t used = (size_t)(book.owned + sum_cached());
    (void)plan;
    ledger_check();
    require(peak >= book.most_number, "the peak is too low");
    require(peak >= (size_t)book.most_owned, "the peak was higher");
    require(reel_blocks_is_valid(blocks_pool()), "the pool is not valid");
    require(reel_blocks_count_used(blocks_pool()) == used,
            "the count of used blocks is wrong");
    require(stats.used == used * WORD, "the used bytes are wrong");
    require((stats.failures > 0) == (book.refused > 0)
                && stats.failures <= (size_t)book.refused,
            "the count of refusals is wrong");
    flush_caches();
    take_rest();
}

#define TAKEN    (SUCCESS | RETRY | FREED | FREE_BETWEEN)
#define USUAL    (TAKEN | EMPTY)
#define COUNTING (SUCCESS | FREED | COUNTED | TAKEN_BETWEEN)

static const scene scenes[] = {
    { "blocks: an interrupt takes and frees", "aFa ** **",
      SUCCESS | EMPTY | RETRY | FREED, .size = 2, .before = "aaf",
      .letters = "aF", .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    // ---- counting
    { "blocks: one context alone", "aaaFuf", SUCCESS | EMPTY | FREED | COUNTED,
      .size = 2, .before = "aaaFf" },
    { "blocks: blocks are counted while one is swapped for another", "u aF",
      COUNTING, .size = 2, .before = " aaF" },
    { "blocks: the same, weak memory", "u aF", COUNTING | STALE, .size = 2,
      .before = " aaF", .is_weak = true },
    { "blocks: blocks are counted while the list is turned over", "u aaFfa",
      COUNTING, .size = 3, .before = " aaaff" },
    { "blocks: the same, up to 2 preemptions, weak memory", "u aaFf",
      COUNTING | STALE, .size = 3, .before = " aaaff", .is_weak = true,
      .is_whole = true, .bound = 2 },
    { "blocks: blocks are counted while an interrupt swaps one for another",
      "u aF", COUNTING, .size = 2, .before = " aaF", .interrupts = 1 << 1,
      .is_whole = true },
    { "blocks: blocks are counted while an interrupt turns the list over",
      "u aaaFfF", COUNTING, .size = 4, .before = " aaaafff",
      .interrupts = 1 << 1, .is_whole = true },
    { "blocks: blocks are counted while interrupts take and free", "uu *** **",
      COUNTING, .size = 4, .before = "a aaff a", .letters = "aFf",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "blocks: an interrupt counts while another context does", "ua u aaF",
      COUNTING, .size = 4, .before = "aaff  a", .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true },
    { "blocks: an interrupt frees on top of what is counted", "uaa Fu aF",
      COUNTING, .size = 4, .before = "aaff a a", .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true },
    { "blocks: threads of one core take and free", "aFa aFa", TAKEN, .size = 3,
      .before = "aaff", .bound = 3, .is_whole = true, .one_core = true },
    { "blocks: threads of one core count", "u ua aF", COUNTING, .size = 3,
      .before = "aaff  a", .bound = 2, .is_whole = true, .one_core = true },
    // ---- handlers
    { "blocks: an interrupt takes two and frees the first", "aa aaF",
      SUCCESS | FREED, .size = 4, .before = "aaafff", .interrupts = 1 << 1,
      .is_whole = true },
    { "blocks: interrupts free the same block", "xaF xa x",
      SUCCESS | FREED | DOUBLE_FREE, .size = 3, .before = "ad",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "blocks: a block is handed over and freed by another", "apa ta a",
      USUAL | HANDED_OVER, .size = 2 },
    { "blocks: a block is handed over and freed by another, weak memory",
      "apa ta", USUAL | HANDED_OVER | STALE, .size = 2, .spurious = 1,
      .is_weak = true },
    { "blocks: a free that is told of is not missed, weak memory", "Fs w",
      SUCCESS | FREED | HANDED_OVER | STALE, .size = 1, .before = "a",
      .spurious = 1, .is_weak = true },
    { "blocks: two free the same block", "x x a",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN, .size = 2,
      .before = "aadf" },
    { "blocks: two free the same block and go on", "xaF xa",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN, .size = 3,
      .before = "ad" },
    { "blocks: three free the same block", "xa x x",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN, .size = 2,
      .before = "ad" },
    { "blocks: three free the same block, weak memory", "xa x x",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN | STALE, .size = 2,
      .before = "ad", .is_weak = true },
    { "blocks: two free the same block and go on, weak memory", "xa xa",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN | STALE, .size = 2,
      .before = "ad", .spurious = 1, .is_weak = true },
    { "blocks: a free sleeps while the block is handed out", "x aF",
      SUCCESS | RETRY | FREED | DOUBLE_FREE, .size = 2, .before = "adx" },
    { "blocks: a producer's and a consumer's cache", "ApA TAL",
      USUAL | HANDED_OVER | REFILLED, .size = 3, .slots = 4 },
    { "blocks: a producer's and a consumer's cache, weak memory", "ApA TAL",
      USUAL | HANDED_OVER | STALE | REFILLED, .size = 3, .slots = 4,
      .is_weak = true },
    { "blocks: two caches refill, drain and are flushed", "*** ***",
      USUAL | DRAINED, .size = 4, .slots = 2, .before = "AAAGG A",
      .letters = "AGL" },
    { "blocks: a cache is drained while another is refilled", "GAL AGA",
      USUAL | STALE | DRAINED, .size = 4, .slots = 2, .before = "AAAGG A",
      .spurious = 1, .is_weak = true },
    { "blocks: caches refill by two from a pool that runs dry", "*** **",
      SUCCESS | EMPTY | RETRY | FREE_BETWEEN | REFILLED, .size = 3, .slots = 4,
      .letters = "AL", .is_long = true },
    { "blocks: two caches and one without", "AL AL aF", USUAL | REFILLED,
      .size = 3, .slots = 4, .is_long = true },
    { "blocks: an interrupt takes and frees beside a cache", "AGLA ** **",
      SUCCESS | EMPTY | RETRY | FREED | REFILLED, .size = 3, .slots = 4,
      .letters = "aF", .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "blocks: 2 blocks, all fresh, 2 x 2 calls, weak memory", "** **",
      USUAL | STALE, .size = 2, .letters = "aF", .spurious = 1,
      .is_weak = true },
    { "blocks: 2 blocks, one each, 2 x 2 calls, weak memory", "** **",
      USUAL | STALE, .size = 2, .before = "a a", .letters = "aF", .spurious = 1,
      .is_weak = true },
    { "blocks: 3 blocks, all on the list, 2 x 2 calls, weak memory", "** **",
      USUAL | STALE, .size = 3, .before = "aaafff", .letters = "aF",
      .spurious = 1, .is_weak = true },
    { "blocks: 3 blocks, one each and one fresh, 2 x 2 calls, weak memory",
      "** **", USUAL | STALE, .size = 3, .before = "a a", .letters = "aF",
      .spurious = 1, .is_weak = true },
    { "blocks: 2 blocks, all fresh, 2 x 3 calls", "*** ***", USUAL, .size = 2,
      .letters = "aF" },
    { "blocks: 2 blocks, one each, 2 x 3 calls", "*** ***", USUAL, .size = 2,
      .before = "a a", .letters = "aF" },
    { "blocks: 3 blocks, all on the list, 2 x 3 calls", "*** ***", USUAL,
      .size = 3, .before = "aaafff", .letters = "aF" },
    { "blocks: 3 blocks, one each and one fresh, 2 x 3 calls", "*** ***", USUAL,
      .size = 3, .before = "a a", .letters = "aF" },
    { "blocks: 2 blocks, all fresh, 2 x 3 calls, weak memory", "*** ***",
      USUAL | STALE, .size = 2, .letters = "aF", .is_weak = true,
      .is_long = true },
    { "blocks: 2 blocks, one each, 2 x 3 calls, weak memory", "*** ***",
      USUAL | STALE, .size = 2, .before = "a a", .letters = "aF",
      .is_weak = true, .is_long = true },
    { "blocks: 3 blocks, all on the list, 2 x 3 calls, weak memory", "*** ***",
      USUAL | STALE, .size = 3, .before = "aaafff", .letters = "aF",
      .is_weak = true, .is_long = true },
    { "blocks: 3 blocks, one each and one fresh, 2 x 3 calls, weak memory",
      "*** ***", USUAL | STALE, .size = 3, .before = "a a", .letters = "aF",
      .is_weak = true, .is_long = true },
    { "blocks: 2 blocks, 3 x 2 calls", "** ** **", USUAL, .size = 2,
      .before = "a a", .letters = "aF", .is_long = true },
    { "blocks: 3 blocks, 3 x 2 calls", "** ** **", USUAL, .size = 3,
      .before = "aaafff", .letters = "aF", .is_long = true },
    { "blocks: 3 blocks, 3 x 2 calls, every order with up to 4 preemptions",
      "aF aa aF", USUAL, .size = 3, .before = "aaafff", .bound = 4,
      .is_whole = true, .is_long = true },
    { "blocks: 2 listed, 3 x 2 calls, up to 2 preemptions, weak memory",
      "aF aF aF", USUAL | STALE, .size = 2, .before = "aaff", .bound = 2,
      .is_weak = true, .is_whole = true, .is_long = true },
    { "blocks: 2 blocks, 2 x 2 calls, every order", "** **", USUAL, .size = 2,
      .before = "a", .letters = "aF", .is_whole = true },
    { "blocks: 2 blocks, 2 x 3 calls, every order", "aFa aaF", USUAL, .size = 2,
      .before = "a", .is_whole = true, .is_long = true },
    { "blocks: 3 blocks, 3 x 2 calls, up to 4 preemptions", "** ** **", USUAL,
      .size = 3, .before = "a a", .letters = "aF", .bound = 4, .is_whole = true,
      .is_long = true },
    { "blocks: 2 blocks, 3 x 2 calls, up to 4 preemptions", "** ** **", USUAL,
      .size = 2, .before = "a a", .letters = "aF", .bound = 4, .is_whole = true,
      .is_long = true },
    { "blocks: 2 blocks, 3 x 2 calls, up to 4 preemptions, weak memory",
      "** ** **", USUAL | STALE, .size = 2, .before = "a a", .letters = "aF",
      .bound = 4, .is_weak = true, .is_whole = true, .is_long = true },
    { "blocks: 3 blocks, 3 x 2 calls, up to 2 preemptions, weak memory",
      "** ** **", USUAL | STALE, .size = 3, .before = "a a", .letters = "aF",
      .bound = 2, .is_weak = true, .is_whole = true, .is_long = true },
    { "blocks: 3 blocks, 3 x 2 calls, up to 4 preemptions, weak memory",
      "aF aa aF", USUAL | STALE, .size = 3, .before = "a a", .bound = 4,
      .is_weak = true, .is_whole = true, .is_long = true },
    { 0 },
};

const stage blocks_stage = { scenes, letters, &blocks_things, set_up,
                             blocks_inspect };
