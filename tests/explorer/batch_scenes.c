// Batches of a block pool, as caches take and give them. The letters:
//
//   a  take a block and keep it
//   F  free the oldest block kept      f  the newest
//   b  take a batch of two, c  of three
//   g  give all blocks kept, in one batch
//   h  hand all of them over through the mailbox instead
//   t  give the blocks found in the mailbox, in one batch
//   x  free block 0, whosever it is
//   y  give blocks 0 and 1 in one batch, whosever they are, and 0 once more

#include <string.h>

#include "explorer.h"

#include "atomic.h"
#include "reel/blocks.h"

#define BLOCKS_MAX 4
#define BATCH_MAX  3

// In explorer_memory, in words.
#define POOL_AT    0
#define MAILBOX_AT 32
#define BUFFER_AT  64

typedef struct hand {
    void *blocks[BLOCKS_MAX + BATCH_MAX];
    size_t count;
} hand;

// What is so, told from outside of the pool.
typedef struct truth {
    int out[BLOCKS_MAX];     // times had less times freed
    int freeing[BLOCKS_MAX]; // calls that free it and are under way
    int count, most_out, refused;
    int wanted[CONTEXTS]; // by the call under way
    int taking[CONTEXTS]; // the same, from its first operation on
    int fewest[CONTEXTS]; // free or in this hand for certain, all that time
    hand kept[CONTEXTS], mail;
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

static void *block(size_t i)
{
    return &explorer_memory[BUFFER_AT + i];
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

static void note_free(void)
{
    int certain = now.count - sum_out();
    for (unsigned i = 0; i < CONTEXTS; i++) {
        certain -= now.taking[i];
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        if (certain + now.taking[i] < now.fewest[i]) {
            now.fewest[i] = certain + now.taking[i];
        }
    }
    if (now.most_out < sum_out()) {
        now.most_out = sum_out();
    }
}

static void begin(unsigned context, call kind)
{
    if (kind == CALL_ALLOC) {
        now.taking[context] = now.wanted[context];
        now.fewest[context] = now.count;
        note_free();
    }
}

static void use(const void *some)
{
    if (!now.is_hostile) {
        explorer_write(some);
    }
}

// ---- taking --------------------------------------------------------------------

static void keep(hand *kept, void *some)
{
    const size_t i = number_of(some);
    require(i < (size_t)now.count, "no block of the pool");
    require(now.out[i] == 0 || now.freeing[i] > 0, "a block is owned twice");
    now.out[i]++;
    kept->blocks[kept->count++] = some;
    use(some);
}

static void begin_to_take(unsigned context, int wanted)
{
    now.wanted[context] = wanted;
    explorer_call(CALL_ALLOC);
}

static void end_taking(unsigned context, int had)
{
    note_free();
    require(now.is_weak || had >= now.wanted[context]
                || now.fewest[context] <= had,
            "fewer than wanted although more are free");
    now.refused += had == 0;
    explorer_reach(had == now.wanted[context] ? SUCCESS : EMPTY);
    now.taking[context] = 0;
    note_free();
}

static void take(unsigned context)
{
    begin_to_take(context, 1);
    void *const had = reel_blocks_alloc(pool());
    explorer_call(CALL_NONE);
    if (had != NULL) {
        keep(&now.kept[context], had);
    }
    end_taking(context, had != NULL);
}

// A cache of twice as many slots, which is empty, takes so many.
static void take_batch(unsigned context, int wanted)
{
    void *slots[2 * BATCH_MAX];
    reel_blocks_cache cache;
    int had = 0;
    (void)reel_blocks_cache_init(&cache, pool(), slots, 2 * (size_t)wanted);
    begin_to_take(context, wanted);
    void *one = reel_blocks_cache_refill(&cache);
    explorer_call(CALL_NONE);
    for (; one != NULL; one = cache.top > slots ? *--cache.top : NULL) {
        keep(&now.kept[context], one);
        had++;
    }
    end_taking(context, had);
}

// ---- giving --------------------------------------------------------------------

static void end_giving(void *some, reel_status status)
{
    const size_t i = number_of(some);
    now.freeing[i]--;
    if (status == REEL_OK) {
        now.out[i] = now.is_hostile ? 0 : now.out[i] - 1;
        explorer_reach(FREED);
    } else {
        require(status == REEL_DOUBLE_FREE, "a free says something else");
        require(now.is_hostile, "a block's owner cannot free it");
        explorer_reach(DOUBLE_FREE);
    }
    note_free();
}

static void give(void *some)
{
    use(some);
    now.freeing[number_of(some)]++;
    explorer_call(CALL_FREE);
    const reel_status status = reel_blocks_free(pool(), some);
    explorer_call(CALL_NONE);
    end_giving(some, status);
}

// The drain of a cache that is full of them, and whose half is all.
static reel_status give_batch(hand *from)
{
    void *slots[2 * (BLOCKS_MAX + BATCH_MAX)];
    reel_blocks_cache cache;
    (void)reel_blocks_cache_init(&cache, pool(), slots, 2 * from->count);
    for (size_t i = 0; i < from->count; i++) {
        use(from->blocks[i]);
        now.freeing[number_of(from->blocks[i])]++;
        *cache.top++ = from->blocks[i];
    }
    explorer_call(CALL_FREE);
    const reel_status status = reel_blocks_cache_drain(&cache, NULL);
    explorer_call(CALL_NONE);
    return status;
}

static void give_all(hand *from)
{
    if (from->count > 0) {
        const reel_status status = give_batch(from);
        for (size_t i = 0; i < from->count; i++) {
            end_giving(from->blocks[i], status);
        }
        from->count = 0;
    }
}

// Block 0 twice: that must be told, whoever wins what. All are free in the end.
static void give_what_is_not_ours(void)
{
    hand all = { { block(0), block(1), block(0) }, 3 };
    require(give_batch(&all) == REEL_DOUBLE_FREE, "a double free is not told");
    explorer_reach(DOUBLE_FREE);
    for (size_t i = 0; i < all.count; i++) {
        now.freeing[number_of(all.blocks[i])]--;
        now.out[number_of(all.blocks[i])] = 0;
    }
}

static void hand_over(hand *kept)
{
    if (kept->count > 0) {
        for (size_t i = 0; i < kept->count; i++) {
            use(kept->blocks[i]);
        }
        now.mail = *kept;
        kept->count = 0;
        store_release(mailbox(), 1);
    }
}

static void give_from_mailbox(void)
{
    if (load_acquire(mailbox()) != 0) {
        explorer_reach(HANDED_OVER);
        give_all(&now.mail);
    }
}

static void give_oldest(hand *kept)
{
    if (kept->count > 0) {
        void *const oldest = kept->blocks[0];
        kept->count--;
        memmove(&kept->blocks[0], &kept->blocks[1],
                kept->count * sizeof kept->blocks[0]);
        give(oldest);
    }
}

static void give_newest(hand *kept)
{
    if (kept->count > 0) {
        give(kept->blocks[--kept->count]);
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
        give_oldest(&now.kept[context]);
        break;
    case 'f':
        give_newest(&now.kept[context]);
        break;
    case 'b':
    case 'c':
        take_batch(context, letter - 'b' + 2);
        break;
    case 'g':
        give_all(&now.kept[context]);
        break;
    case 'h':
        hand_over(&now.kept[context]);
        break;
    case 't':
        give_from_mailbox();
        break;
    case 'x':
        give(block(0));
        break;
    default:
        give_what_is_not_ours();
    }
}

// ---- before and after ----------------------------------------------------------

static bool is_hostile(const scene *plan)
{
    return strpbrk(plan->script[0], "xy") != NULL;
}

// The links of blocks that were never out are the worst that could be there: that
// they are out, or another block's number.
static void set_up(const scene *plan)
{
    now = (truth){ .count = (int)plan->size, .is_weak = plan->is_weak };
    mailbox()->value = 0;
    reel_blocks_init(pool(), block(0),
                     REEL_BLOCKS_SIZE(sizeof(uintptr_t), plan->size),
                     sizeof(uintptr_t), plan->size);
    for (size_t i = 0; i < plan->size; i++) {
        pool()->list.links[i] = i % 2 == 0 ? i : 0;
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const char *at = plan->before[i];
        for (; at != NULL && *at != '\0'; at++) {
            act(plan, i, *at);
        }
    }
    now.is_hostile = is_hostile(plan);
}

static void take_all(void)
{
    const int rest = now.count - sum_out();
    for (int i = 0; i < rest; i++) {
        const void *const some = reel_blocks_alloc(pool());
        require(some != NULL, "a block is lost");
        if (some != NULL) {
            require(now.out[number_of(some)]++ == 0, "a free block is owned");
        }
    }
    require(reel_blocks_alloc(pool()) == NULL, "a block too many is free");
}

static void inspect(const scene *plan)
{
    const size_t peak = reel_blocks_peak(pool());
    (void)plan;
    for (int i = 0; i < now.count; i++) {
        require(now.out[i] == 0 || now.out[i] == 1, "two frees of a block won");
    }
    require(reel_blocks_is_valid(pool()), "the pool is not valid");
    require(reel_blocks_count_used(pool()) == (size_t)sum_out(),
            "the count of used blocks is wrong");
    require(peak >= (size_t)now.most_out, "the peak was higher");
    require((reel_blocks_stats(pool()).failures > 0) == (now.refused > 0),
            "the count of refusals is wrong");
    take_all();
}

#define CALLS .set_up = set_up, .act = act, .inspect = inspect, .begin = begin
#define USUAL (SUCCESS | RETRY | FREED | FREE_BETWEEN)

const scene batch_scenes[] = {
    // ---- small ones first: most broken twins are noticed by these
    { .name = "batch: blocks are freed twice, within a batch and by another",
      CALLS,
      .size = 3,
      .script = { "y", "x" },
      .before = { "b" },
      .must = FREED | DOUBLE_FREE },
    { .name = "batch: two batches free the same blocks",
      CALLS,
      .size = 3,
      .script = { "y", "y", "x" },
      .before = { "b" },
      .must = FREED | DOUBLE_FREE },
    { .name = "batch: a batch is handed over and given by another, weak memory",
      CALLS,
      .size = 3,
      .script = { "bh", "tb" },
      .before = { "cg" },
      .is_weak = true,
      .spurious = 1,
      .must = SUCCESS | RETRY | FREED | HANDED_OVER | STALE },
    { .name = "batch: a batch is handed over and given by another",
      CALLS,
      .size = 3,
      .script = { "bhb", "tb" },
      .before = { "cg" },
      .must = USUAL | EMPTY | HANDED_OVER },
    { .name = "batch: two batches free the same blocks, weak memory",
      CALLS,
      .size = 3,
      .script = { "y", "y" },
      .before = { "b" },
      .is_weak = true,
      .spurious = 1,
      .must = DOUBLE_FREE | STALE },
    { .name = "batch: 3 blocks on the list, 2 x 2 calls, weak memory",
      CALLS,
      .size = 3,
      .script = { "bg", "**" },
      .before = { "cg" },
      .letters = "aFbg",
      .is_weak = true,
      .spurious = 1,
      .must = USUAL | EMPTY | STALE },
    { .name = "batch: 3 blocks on the list, taken singly and by two",
      CALLS,
      .size = 3,
      .script = { "b*", "***" },
      .before = { "cg" },
      .letters = "aFf",
      .must = USUAL | EMPTY },
    { .name = "batch: 3 blocks on the list, taken by two and given by two",
      CALLS,
      .size = 3,
      .script = { "bgb", "**" },
      .before = { "cg" },
      .letters = "aFbg",
      .must = USUAL | EMPTY },
    { .name = "batch: 3 blocks on the list, 2 x 3 calls with batches",
      CALLS,
      .size = 3,
      .script = { "bf*", "b*" },
      .before = { "cg" },
      .letters = "aFfbg",
      .must = USUAL | EMPTY },
    { .name = "batch: 4 blocks, 3 on the list, batches of three",
      CALLS,
      .size = 4,
      .script = { "cg", "***" },
      .before = { "cg", "a" },
      .letters = "aF",
      .must = USUAL | EMPTY },
    { .name = "batch: 4 blocks, 2 on the list, 2 fresh",
      CALLS,
      .size = 4,
      .script = { "bg", "**" },
      .before = { "bg" },
      .letters = "aFbg",
      .must = USUAL },
    { .name = "batch: 3 blocks, all fresh",
      CALLS,
      .size = 3,
      .script = { "bg", "**" },
      .letters = "aFbg",
      .must = SUCCESS | RETRY | FREED | EMPTY },
    { .name = "batch: 3 blocks, 3 contexts",
      CALLS,
      .size = 3,
      .script = { "b", "a", "aF" },
      .before = { "cg" },
      .must = USUAL | EMPTY },
    { .name = "batch: 4 blocks, 3 contexts with batches",
      CALLS,
      .size = 4,
      .script = { "bg", "bg", "**" },
      .before = { "cg" },
      .letters = "aFbg",
      .is_long = true,
      .must = USUAL | EMPTY },
    { .name = "batch: an interrupt takes and frees",
      CALLS,
      .size = 3,
      .script = { "bgb", "***", "**" },
      .before = { "cg" },
      .letters = "aFbg",
      .is_whole = true,
      .interrupts = 1 << 1 | 1 << 2,
      .must = SUCCESS | EMPTY | FREED },
    { .name = "batch: every order",
      CALLS,
      .size = 3,
      .script = { "b", "**" },
      .before = { "cg" },
      .letters = "aF",
      .is_whole = true,
      .must = USUAL },
    { .name = "batch: 3 blocks, one of them fresh, 2 x 2 calls, weak memory",
      CALLS,
      .size = 3,
      .script = { "bg", "**" },
      .before = { "bg" },
      .letters = "aFbg",
      .is_weak = true,
      .must = USUAL | EMPTY | STALE },
    { .name = "batch: 3 blocks, 2 x 3 calls, weak memory",
      CALLS,
      .size = 3,
      .script = { "bgb", "***" },
      .before = { "cg" },
      .letters = "aFbg",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | EMPTY | STALE },
    { 0 },
};
