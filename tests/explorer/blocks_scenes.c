// Block pools. The letters:
//
//   a  take a block and keep it
//   F  free the oldest block kept      f  the newest
//   p  put the oldest one kept into the mailbox
//   t  free the block found in the mailbox, if any
//   s  say in the mailbox that it has come so far
//   w  if that was said, take a block: there is one
//   d  let go of the oldest one kept, without freeing it: block 0
//   x  free block 0, whosever it is
//
// The same through the context's own cache:
//
//   A  take a block and keep it         G  free the oldest block kept
//   T  free the block in the mailbox    L  flush the cache

#include <string.h>

#include "explorer.h"

#include "atomic.h"
#include "reel/blocks.h"

#define BLOCKS_MAX 4
#define SLOTS_MAX  4
#define KEPT_MAX   (2 * SCRIPT_MAX)

// In explorer_memory, in words.
#define POOL_AT    0
#define MAILBOX_AT 16
#define CACHES_AT  32 // and the slots of each behind it
#define BUFFER_AT  64

// What is so, told from outside of the pool.
typedef struct truth {
    int out[BLOCKS_MAX];     // times had less times freed
    int freeing[BLOCKS_MAX]; // calls of free under way
    bool was_out[BLOCKS_MAX];
    int count, most_out, refused;
    void *kept[CONTEXTS][KEPT_MAX];
    size_t first[CONTEXTS], last[CONTEXTS];
    int allocates[CONTEXTS]; // blocks, between first operation and return
    int batch[CONTEXTS];     // blocks that the call may take
    int fewest[CONTEXTS];    // free for certain, at any moment of that
    bool has_caches;
    bool is_weak;    // a free may be missed if nothing tells of it
    bool is_hostile; // blocks are freed by who does not own them
} truth;

static truth now;

static reel_blocks *pool(void)
{
    return (reel_blocks *)(void *)&explorer_memory[POOL_AT];
}

static reel_word *mailbox(void)
{
    return (reel_word *)(void *)&explorer_memory[MAILBOX_AT];
}

static void *block_0(void)
{
    return &explorer_memory[BUFFER_AT];
}

static reel_blocks_cache *cache(unsigned context)
{
    const size_t words =
        sizeof(reel_blocks_cache) / sizeof(uintptr_t) + SLOTS_MAX;
    return (reel_blocks_cache
                *)(void *)&explorer_memory[CACHES_AT + context * words];
}

static size_t number_of(const void *block)
{
    return (size_t)((const uintptr_t *)block - &explorer_memory[BUFFER_AT]);
}

static int sum_out(void)
{
    int sum = 0;
    for (int i = 0; i < now.count; i++) {
        sum += now.out[i];
    }
    return sum;
}

static size_t held_by(const reel_blocks_cache *cache)
{
    return (size_t)(cache->top - cache->slots);
}

static int sum_cached(void)
{
    size_t sum = 0;
    for (unsigned i = 0; now.has_caches && i < CONTEXTS; i++) {
        sum += held_by(cache(i));
    }
    return (int)sum;
}

// A block is free for certain if nobody has it, is about to have it, or is still
// busy freeing it.
static void note_free(void)
{
    int certain = now.count - sum_out() - sum_cached();
    for (unsigned i = 0; i < CONTEXTS; i++) {
        certain -= now.allocates[i];
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const int others_leave = certain + now.allocates[i];
        if (others_leave < now.fewest[i]) {
            now.fewest[i] = others_leave;
        }
    }
    if (now.most_out < sum_out()) {
        now.most_out = sum_out();
    }
}

static void begin(unsigned context, call kind)
{
    if (kind == CALL_ALLOC) {
        now.allocates[context] = now.batch[context];
        now.fewest[context] = now.count;
        note_free();
    }
}

// ---- the calls -----------------------------------------------------------------

static void use(const void *block)
{
    if (!now.is_hostile) {
        explorer_write(block);
    }
}

static void keep(unsigned context, void *block)
{
    const size_t i = number_of(block);
    require(i < (size_t)now.count, "no block of the pool");
    require(now.out[i] == 0 || now.freeing[i] > 0, "a block is owned twice");
    now.out[i]++;
    now.was_out[i] = true;
    now.kept[context][now.last[context]++] = block;
    use(block);
}

static void note_taken(unsigned context, void *block)
{
    note_free();
    if (block == NULL) {
        require(now.is_weak || now.fewest[context] <= 0,
                "NULL although a block is free");
        now.refused++;
        explorer_reach(EMPTY);
    } else {
        keep(context, block);
        explorer_reach(SUCCESS);
    }
    now.allocates[context] = 0;
    note_free();
}

static void take(unsigned context)
{
    now.batch[context] = 1;
    explorer_call(CALL_ALLOC);
    void *const block = reel_blocks_alloc(pool());
    explorer_call(CALL_NONE);
    note_taken(context, block);
}

static void take_from_cache(unsigned context)
{
    reel_blocks_cache *const mine = cache(context);
    const size_t before = held_by(mine);
    now.batch[context] = (int)(mine->limit - mine->slots) / 2;
    explorer_call(CALL_ALLOC);
    void *const block = reel_blocks_cache_alloc(mine);
    explorer_call(CALL_NONE);
    if (held_by(mine) > before) {
        explorer_reach(REFILLED);
    }
    note_taken(context, block);
}

static void give(void *block, bool is_owned)
{
    const size_t i = number_of(block);
    now.freeing[i]++;
    explorer_call(CALL_FREE);
    const reel_status status = reel_blocks_free(pool(), block);
    explorer_call(CALL_NONE);
    now.freeing[i]--;
    if (status == REEL_OK) {
        now.out[i]--;
        explorer_reach(FREED);
    } else {
        require(status == REEL_DOUBLE_FREE, "free says something else");
        require(!is_owned, "a block's owner cannot free it");
        explorer_reach(DOUBLE_FREE);
    }
    note_free();
}

// Contexts that keep nothing have nothing to free: NULL.
static void *oldest_of(unsigned context)
{
    const bool has = now.first[context] < now.last[context];
    return has ? now.kept[context][now.first[context]++] : NULL;
}

static void *newest_of(unsigned context)
{
    const bool has = now.first[context] < now.last[context];
    return has ? now.kept[context][--now.last[context]] : NULL;
}

static void give_own(void *block)
{
    if (block != NULL) {
        use(block);
        give(block, !now.is_hostile);
    }
}

// Scenes with caches free no block twice, so a drain is never refused.
static void give_to_cache(unsigned context, void *block)
{
    if (block == NULL) {
        return;
    }
    reel_blocks_cache *const mine = cache(context);
    const size_t i = number_of(block);
    const size_t before = held_by(mine);
    use(block);
    now.freeing[i]++;
    explorer_call(CALL_FREE);
    require(reel_blocks_cache_free(mine, block) == REEL_OK,
            "a cache refuses a block");
    explorer_call(CALL_NONE);
    now.freeing[i]--;
    now.out[i]--;
    explorer_reach(held_by(mine) > before ? FREED : DRAINED);
    note_free();
}

static void flush(unsigned context)
{
    explorer_call(CALL_FREE);
    reel_blocks_cache_flush(cache(context));
    explorer_call(CALL_NONE);
    note_free();
}

static void put_into_mailbox(void *block)
{
    if (block != NULL) {
        use(block);
        store_release(mailbox(), (uintptr_t)block);
    }
}

static void give_from_mailbox(void)
{
    const uintptr_t found = load_acquire(mailbox());
    if (found != 0) {
        explorer_reach(HANDED_OVER);
        give_own((void *)found);
    }
}

static void give_from_mailbox_to_cache(unsigned context)
{
    const uintptr_t found = load_acquire(mailbox());
    if (found != 0) {
        explorer_reach(HANDED_OVER);
        give_to_cache(context, (void *)found);
    }
}

// Who is told of a free must not miss it, whatever the memory.
static void take_if_told(unsigned context)
{
    if (load_acquire(mailbox()) != 0) {
        const int refused = now.refused;
        explorer_reach(HANDED_OVER);
        take(context);
        require(now.refused == refused, "a free that is known is missed");
    }
}

static void act(const scene *plan, unsigned context, char letter)
{
    (void)plan;
    switch (letter) {
    case 'a':
        take(context);
        break;
    case 'F':
        give_own(oldest_of(context));
        break;
    case 'f':
        give_own(newest_of(context));
        break;
    case 'p':
        put_into_mailbox(oldest_of(context));
        break;
    case 't':
        give_from_mailbox();
        break;
    case 's':
        store_release(mailbox(), 1);
        break;
    case 'w':
        take_if_told(context);
        break;
    case 'd':
        (void)oldest_of(context);
        break;
    case 'A':
        take_from_cache(context);
        break;
    case 'G':
        give_to_cache(context, oldest_of(context));
        break;
    case 'T':
        give_from_mailbox_to_cache(context);
        break;
    case 'L':
        flush(context);
        break;
    default:
        give(block_0(), false);
    }
}

// ---- before and after --------------------------------------------------------------

static bool is_hostile(const scene *plan)
{
    bool hostile = false;
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const char *const script = plan->script[i];
        hostile = hostile || (script != NULL && strchr(script, 'x') != NULL);
    }
    return hostile;
}

static void start_caches(size_t slots)
{
    now.has_caches = slots > 0;
    for (unsigned i = 0; now.has_caches && i < CONTEXTS; i++) {
        reel_blocks_cache_init(cache(i), pool(), (void **)(cache(i) + 1),
                               slots);
    }
}

// The links of blocks that were never out are the worst that could be there: after
// a warm start, that they are out.
static void set_up(const scene *plan)
{
    const size_t size = plan->size * sizeof(uintptr_t);
    now = (truth){ .count = (int)plan->size,
                   .is_weak = plan->is_weak,
                   .is_hostile = is_hostile(plan) };
    mailbox()->value = 0;
    reel_blocks_init(pool(), block_0(),
                     REEL_BLOCKS_SIZE(sizeof(uintptr_t), plan->size),
                     size / plan->size, plan->size);
    for (size_t i = 0; i < plan->size; i++) {
        pool()->list.links[i] = i;
    }
    start_caches(plan->slots);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const char *at = plan->before[i];
        for (; at != NULL && *at != '\0'; at++) {
            act(plan, i, *at);
        }
    }
}

static void flush_caches(void)
{
    for (unsigned i = 0; now.has_caches && i < CONTEXTS; i++) {
        reel_blocks_cache_flush(cache(i));
        require(held_by(cache(i)) == 0, "a cache keeps a block");
    }
    require(reel_blocks_is_valid(pool()), "the pool is not valid");
}

static void drain(void)
{
    const int rest = now.count - sum_out();
    for (int i = 0; i < rest; i++) {
        const void *const block = reel_blocks_alloc(pool());
        require(block != NULL, "a block is lost");
        if (block != NULL) {
            require(now.out[number_of(block)]++ == 0, "a free block is owned");
        }
    }
    require(reel_blocks_alloc(pool()) == NULL, "a block too many is free");
}

static void inspect(const scene *plan)
{
    const reel_stats stats = reel_blocks_stats(pool());
    const size_t peak = reel_blocks_peak(pool());
    const size_t used = (size_t)(sum_out() + sum_cached());
    (void)plan;
    for (int i = 0; i < now.count; i++) {
        require(now.out[i] == 0 || now.out[i] == 1, "two frees of a block won");
        require(!now.was_out[i] || (size_t)i < peak, "the peak is too low");
    }
    require(reel_blocks_is_valid(pool()), "the pool is not valid");
    require(reel_blocks_count_used(pool()) == used,
            "the count of used blocks is wrong");
    require(stats.used == used * sizeof(uintptr_t), "the used bytes are wrong");
    require(peak >= (size_t)now.most_out, "the peak was higher");
    require((stats.failures > 0) == (now.refused > 0)
                && stats.failures <= (size_t)now.refused,
            "the count of refusals is wrong");
    flush_caches();
    drain();
}

#define CALLS .set_up = set_up, .act = act, .inspect = inspect, .begin = begin
#define TAKEN (SUCCESS | RETRY | FREED | FREE_BETWEEN)
#define USUAL (TAKEN | EMPTY)

const scene blocks_scenes[] = {
    { .name = "blocks: an interrupt takes and frees",
      CALLS,
      .size = 2,
      .script = { "aFa", "**", "**" },
      .before = { "aaf" },
      .letters = "aF",
      .is_whole = true,
      .interrupts = 1 << 1 | 1 << 2,
      .must = SUCCESS | EMPTY | RETRY | FREED },
    { .name = "blocks: a block is handed over and freed by another",
      CALLS,
      .size = 2,
      .script = { "apa", "ta", "a" },
      .must = USUAL | HANDED_OVER },
    { .name =
          "blocks: a block is handed over and freed by another, weak memory",
      CALLS,
      .size = 2,
      .script = { "apa", "ta" },
      .is_weak = true,
      .spurious = 1,
      .must = USUAL | HANDED_OVER | STALE },
    { .name = "blocks: a free that is told of is not missed, weak memory",
      CALLS,
      .size = 1,
      .script = { "Fs", "w" },
      .before = { "a" },
      .is_weak = true,
      .spurious = 1,
      .must = SUCCESS | FREED | HANDED_OVER | STALE },
    { .name = "blocks: two free the same block",
      CALLS,
      .size = 2,
      .script = { "x", "x", "a" },
      .before = { "aadf" },
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN },
    { .name = "blocks: two free the same block and go on",
      CALLS,
      .size = 3,
      .script = { "xaF", "xa" },
      .before = { "ad" },
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN },
    { .name = "blocks: three free the same block",
      CALLS,
      .size = 2,
      .script = { "xa", "x", "x" },
      .before = { "ad" },
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN },
    { .name = "blocks: three free the same block, weak memory",
      CALLS,
      .size = 2,
      .script = { "xa", "x", "x" },
      .before = { "ad" },
      .is_weak = true,
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN | STALE },
    { .name = "blocks: two free the same block and go on, weak memory",
      CALLS,
      .size = 2,
      .script = { "xa", "xa" },
      .before = { "ad" },
      .is_weak = true,
      .spurious = 1,
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN | STALE },
    { .name = "blocks: a free sleeps while the block is handed out",
      CALLS,
      .size = 2,
      .script = { "x", "aF" },
      .before = { "adx" },
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE },
    { .name = "blocks: a producer's and a consumer's cache",
      CALLS,
      .size = 3,
      .slots = 4,
      .script = { "ApA", "TAL" },
      .must = USUAL | HANDED_OVER | REFILLED },
    { .name = "blocks: a producer's and a consumer's cache, weak memory",
      CALLS,
      .size = 3,
      .slots = 4,
      .script = { "ApA", "TAL" },
      .is_weak = true,
      .must = USUAL | HANDED_OVER | STALE | REFILLED },
    { .name = "blocks: two caches refill, drain and are flushed",
      CALLS,
      .size = 4,
      .slots = 2,
      .script = { "***", "***" },
      .before = { "AAAGG", "A" },
      .letters = "AGL",
      .must = USUAL | DRAINED },
    { .name = "blocks: a cache is drained while another is refilled",
      CALLS,
      .size = 4,
      .slots = 2,
      .script = { "GAL", "AGA" },
      .before = { "AAAGG", "A" },
      .is_weak = true,
      .spurious = 1,
      .must = USUAL | STALE | DRAINED },
    { .name = "blocks: caches refill by two from a pool that runs dry",
      CALLS,
      .size = 3,
      .slots = 4,
      .script = { "***", "**" },
      .letters = "AL",
      .must = SUCCESS | EMPTY | RETRY | FREE_BETWEEN | REFILLED },
    { .name = "blocks: two caches and one without",
      CALLS,
      .size = 3,
      .slots = 4,
      .script = { "AL", "AL", "aF" },
      .is_long = true,
      .must = USUAL | REFILLED },
    { .name = "blocks: an interrupt takes and frees beside a cache",
      CALLS,
      .size = 3,
      .slots = 4,
      .script = { "AGLA", "**", "**" },
      .letters = "aF",
      .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true,
      .must = SUCCESS | EMPTY | RETRY | FREED | REFILLED },
    { .name = "blocks: 2 blocks, all fresh, 2 x 2 calls, weak memory",
      CALLS,
      .size = 2,
      .script = { "**", "**" },
      .letters = "aF",
      .is_weak = true,
      .spurious = 1,
      .must = USUAL | STALE },
    { .name = "blocks: 2 blocks, one each, 2 x 2 calls, weak memory",
      CALLS,
      .size = 2,
      .script = { "**", "**" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_weak = true,
      .spurious = 1,
      .must = USUAL | STALE },
    { .name = "blocks: 3 blocks, all on the list, 2 x 2 calls, weak memory",
      CALLS,
      .size = 3,
      .script = { "**", "**" },
      .before = { "aaafff" },
      .letters = "aF",
      .is_weak = true,
      .spurious = 1,
      .must = USUAL | STALE },
    { .name =
          "blocks: 3 blocks, one each and one fresh, 2 x 2 calls, weak memory",
      CALLS,
      .size = 3,
      .script = { "**", "**" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_weak = true,
      .spurious = 1,
      .must = USUAL | STALE },
    { .name = "blocks: 2 blocks, all fresh, 2 x 3 calls",
      CALLS,
      .size = 2,
      .script = { "***", "***" },
      .letters = "aF",
      .must = USUAL },
    { .name = "blocks: 2 blocks, one each, 2 x 3 calls",
      CALLS,
      .size = 2,
      .script = { "***", "***" },
      .before = { "a", "a" },
      .letters = "aF",
      .must = USUAL },
    { .name = "blocks: 3 blocks, all on the list, 2 x 3 calls",
      CALLS,
      .size = 3,
      .script = { "***", "***" },
      .before = { "aaafff" },
      .letters = "aF",
      .must = USUAL },
    { .name = "blocks: 3 blocks, one each and one fresh, 2 x 3 calls",
      CALLS,
      .size = 3,
      .script = { "***", "***" },
      .before = { "a", "a" },
      .letters = "aF",
      .must = USUAL },
    { .name = "blocks: 2 blocks, all fresh, 2 x 3 calls, weak memory",
      CALLS,
      .size = 2,
      .script = { "***", "***" },
      .letters = "aF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "blocks: 2 blocks, one each, 2 x 3 calls, weak memory",
      CALLS,
      .size = 2,
      .script = { "***", "***" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "blocks: 3 blocks, all on the list, 2 x 3 calls, weak memory",
      CALLS,
      .size = 3,
      .script = { "***", "***" },
      .before = { "aaafff" },
      .letters = "aF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name =
          "blocks: 3 blocks, one each and one fresh, 2 x 3 calls, weak memory",
      CALLS,
      .size = 3,
      .script = { "***", "***" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "blocks: 2 blocks, 3 x 2 calls",
      CALLS,
      .size = 2,
      .script = { "**", "**", "**" },
      .before = { "a", "a" },
      .letters = "aF",
      .must = USUAL,
      .is_long = true },
    { .name = "blocks: 3 blocks, 3 x 2 calls",
      CALLS,
      .size = 3,
      .script = { "**", "**", "**" },
      .before = { "aaafff" },
      .letters = "aF",
      .is_long = true,
      .must = USUAL },
    { .name =
          "blocks: 3 blocks, 3 x 2 calls, every order with up to 4 preemptions",
      CALLS,
      .size = 3,
      .script = { "aF", "aa", "aF" },
      .before = { "aaafff" },
      .is_whole = true,
      .bound = 4,
      .must = USUAL },
    { .name = "blocks: 2 blocks, 3 x 2 calls, weak memory",
      CALLS,
      .size = 2,
      .script = { "aF", "aF", "aF" },
      .before = { "aaff" },
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "blocks: 2 blocks, 2 x 2 calls, every order",
      CALLS,
      .size = 2,
      .script = { "**", "**" },
      .before = { "a" },
      .letters = "aF",
      .is_whole = true,
      .must = USUAL },
    { .name = "blocks: 2 blocks, 2 x 3 calls, every order",
      CALLS,
      .size = 2,
      .script = { "aFa", "aaF" },
      .before = { "a" },
      .is_whole = true,
      .is_long = true,
      .must = USUAL },
    { .name = "blocks: 3 blocks, 3 x 2 calls, up to 4 preemptions",
      CALLS,
      .size = 3,
      .script = { "**", "**", "**" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .must = USUAL },
    { .name = "blocks: 2 blocks, 3 x 2 calls, up to 4 preemptions",
      CALLS,
      .size = 2,
      .script = { "**", "**", "**" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_whole = true,
      .bound = 4,
      .must = USUAL },
    { .name = "blocks: 2 blocks, 3 x 2 calls, up to 4 preemptions, weak memory",
      CALLS,
      .size = 2,
      .script = { "**", "**", "**" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "blocks: 3 blocks, 3 x 2 calls, up to 2 preemptions, weak memory",
      CALLS,
      .size = 3,
      .script = { "**", "**", "**" },
      .before = { "a", "a" },
      .letters = "aF",
      .is_whole = true,
      .bound = 2,
      .is_long = true,
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "blocks: 3 blocks, 3 x 2 calls, up to 4 preemptions, weak memory",
      CALLS,
      .size = 3,
      .script = { "aF", "aa", "aF" },
      .before = { "a", "a" },
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .is_weak = true,
      .must = USUAL | STALE },
    { 0 },
};
