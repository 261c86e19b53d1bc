// Rewindables; granules of one word. The letters:
//
//   1 2 3  allocate so many granules and keep them
//   F  free the oldest block kept        f  the newest
//   A-D    free granule 0 to 3 of chunk 0, whosever it is; G-J of chunk 1
//   p  put the oldest one kept into the mailbox
//   t  free the block found in the mailbox, if any
//   s  say in the mailbox that it has come so far
//   w  if that was said, allocate 1 granule: there is one
//   o  open a span of 2 granules         n  take 1 granule out of it
//   c  close it
//   R  rewind everything: only before
//
// The backing is a few words behind a plain variable: a second context inside it
// is a data race.

#include <string.h>

#include "explorer.h"

#include "atomic.h"
#include "reel/span.h"

#define WORD       sizeof(uintptr_t)
#define HALF       (4 * WORD)
#define LIVE_MASK  (UINTPTR_MAX >> HALF)
#define TABLE_MAX  3
#define ROOM_MAX   24
#define KEPT_MAX   (2 * SCRIPT_MAX)
#define SPAN_WORDS 2
#define MOST_WORDS 3 // of one request

// In explorer_memory, in words.
#define REWINDABLE_AT 0
#define TABLE_AT      32
#define MAILBOX_AT    48
#define POSITION_AT   50 // of the backing
#define SPANS_AT      52
#define SPACE_AT      80

// What a scene's size says: granules of the first chunk, entries of the table,
// words that the backing has. Chunks after the first are larger by 2 granules, or
// twice the first one's size if that is less.
#define SIZES(initial, table, room) \
    ((initial) | (size_t)(table) << 8 | (size_t)(room) << 16)
#define INITIAL_OF(size) ((size)&0xFF)
#define TABLE_OF(size)   ((size) >> 8 & 0xFF)
#define ROOM_OF(size)    ((size) >> 16 & 0xFF)
#define BLOCK_FREE       ((size_t)1 << 24)
#define GROWTH_LIMIT     (2 * WORD)

typedef struct chunk {
    uintptr_t base;
    size_t size;
} chunk;

// What is so, told from outside of the rewindable. Blocks go by the word of the
// space that they begin at.
typedef struct truth {
    int out[ROOM_MAX];         // times had less times freed
    bool was_out[ROOM_MAX];    // ever
    size_t shortest[ROOM_MAX]; // of what ever began there
    bool owned[ROOM_MAX];      // this word is somebody's, unless is_hostile
    void *kept[CONTEXTS][KEPT_MAX];
    size_t first[CONTEXTS], last[CONTEXTS];
    chunk given[TABLE_MAX + 1]; // by the backing, and not had back
    size_t given_count, room, refused;
    bool is_inside;  // the backing
    bool has_frees;  // room may come back, or has
    bool is_hostile; // blocks are freed by who does not own them
} truth;

static truth now;

static reel_rewindable *rewindable(void)
{
    return (reel_rewindable *)(void *)&explorer_memory[REWINDABLE_AT];
}

static reel_rewindable_chunk *table(void)
{
    return (reel_rewindable_chunk *)(void *)&explorer_memory[TABLE_AT];
}

static reel_word *mailbox(void)
{
    return (reel_word *)(void *)&explorer_memory[MAILBOX_AT];
}

static uintptr_t *position(void)
{
    return &explorer_memory[POSITION_AT];
}

static reel_span *span_of(unsigned context)
{
    return &((reel_span *)(void *)&explorer_memory[SPANS_AT])[context];
}

static uintptr_t space(void)
{
    return (uintptr_t)&explorer_memory[SPACE_AT];
}

static size_t number_of(uintptr_t address)
{
    return (address - space()) / WORD;
}

// ---- the backing ---------------------------------------------------------------

static void *take_chunk(void *self, size_t size, size_t align)
{
    (void)self, (void)align;
    require(!now.is_inside, "two contexts are in the backing");
    require(!reel_port_in_interrupt(), "an interrupt grows");
    now.is_inside = true;
    explorer_read(position());
    explorer_pause();
    void *const base = (void *)(space() + *position());
    const bool fits = size <= now.room * WORD - *position();
    if (fits) {
        explorer_write(position());
        *position() += size;
        require(now.given_count <= TABLE_MAX, "a chunk too many");
        now.given[now.given_count++] = (chunk){ (uintptr_t)base, size };
        explorer_reach(GREW);
    }
    now.is_inside = false;
    return fits ? base : NULL;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self;
    const chunk *const newest = &now.given[--now.given_count];
    require(newest->base == (uintptr_t)block && newest->size == size,
            "a chunk goes back that is not the newest");
    *position() -= size;
    return REEL_OK;
}

static const reel_allocator_ops backing_ops = { .allocate = take_chunk,
                                                .free = take_back };

// ---- the chunks, from outside ----------------------------------------------------

static size_t room_in(const reel_rewindable_chunk *entry)
{
    return entry->granules - (entry->used.value >> HALF);
}

static bool is_room_for(size_t granules)
{
    for (size_t i = 0; i < rewindable()->count.value; i++) {
        if (room_in(&table()[i]) >= granules) {
            return true;
        }
    }
    return false;
}

// No chunk is smaller than the first one.
static bool can_grow(size_t granules)
{
    const size_t initial = rewindable()->initial_size / WORD;
    const size_t bits = rewindable()->frees_blocks ? 1 : 0;
    const size_t least = granules < initial ? initial : granules;
    return rewindable()->count.value < rewindable()->capacity
           && least + bits <= now.room - *position() / WORD;
}

// ---- the calls -----------------------------------------------------------------

// Hostile frees make an owner's contents anybody's.
static void use(uintptr_t block)
{
    if (!now.is_hostile) {
        explorer_write((void *)block);
    }
}

static void own(uintptr_t block, size_t granules)
{
    for (size_t i = number_of(block); i < number_of(block) + granules; i++) {
        use(space() + i * WORD);
        require(now.is_hostile || !now.owned[i], "two blocks overlap");
        now.owned[i] = true;
    }
}

static void disown(size_t number)
{
    for (size_t i = number; i < number + now.shortest[number]; i++) {
        use(space() + i * WORD);
        now.owned[i] = false;
    }
}

static bool is_in_a_chunk(uintptr_t block, size_t granules)
{
    for (size_t i = 0; i < now.given_count; i++) {
        const chunk *const each = &now.given[i];
        const uintptr_t offset = block - each->base;
        if (offset < each->size && granules * WORD <= each->size - offset) {
            return true;
        }
    }
    return false;
}

static void note_start(size_t i, size_t granules)
{
    if (now.was_out[i]) {
        explorer_reach(REUSED);
    }
    if (!now.is_hostile || !now.was_out[i] || granules < now.shortest[i]) {
        now.shortest[i] = granules;
    }
    now.was_out[i] = true;
    now.out[i]++;
}

static void keep(unsigned context, uintptr_t block, size_t granules)
{
    require(is_in_a_chunk(block, granules), "no block of any chunk");
    own(block, granules);
    note_start(number_of(block), granules);
    now.kept[context][now.last[context]++] = (void *)block;
}

// The table and the backing only run out. An interrupt is not left, so what it sees
// at its end was so all the time; and so is a chunk's room if nothing is freed.
static void note_refusal(size_t granules)
{
    now.refused++;
    const bool may_wait = reel_port_in_interrupt();
    require(may_wait || !can_grow(granules), "NULL although it can grow");
    require((now.has_frees && !may_wait) || !is_room_for(granules),
            "NULL although a chunk has room");
    explorer_reach(may_wait && can_grow(granules) ? BUSY : EMPTY);
}

static bool take(unsigned context, size_t granules)
{
    explorer_call(CALL_ALLOC);
    const uintptr_t block =
        (uintptr_t)reel_rewindable_alloc(rewindable(), granules * WORD, WORD);
    explorer_call(CALL_NONE);
    if (block == 0) {
        note_refusal(granules);
        return false;
    }
    keep(context, block, granules);
    explorer_reach(SUCCESS);
    return true;
}

// What is freed by its owner is nobody's from when the call begins.
static void give(uintptr_t block, bool is_owned)
{
    const size_t i = number_of(block);
    if (is_owned) {
        disown(i);
        now.out[i]--;
    }
    explorer_call(CALL_FREE);
    const reel_status status =
        reel_rewindable_free(rewindable(), (void *)block, WORD);
    explorer_call(CALL_NONE);
    if (status == REEL_OK) {
        now.out[i] -= !is_owned;
        explorer_reach(FREED);
    } else {
        require(status == REEL_DOUBLE_FREE || status == REEL_FOREIGN,
                "free says something else");
        require(!is_owned, "a block's owner cannot free it");
        explorer_reach(DOUBLE_FREE);
    }
}

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

static void give_own(const void *block)
{
    if (block != NULL) {
        give((uintptr_t)block, !now.is_hostile);
    }
}

static void put_into_mailbox(const void *block)
{
    if (block != NULL) {
        use((uintptr_t)block);
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

// Who is told of a free must not miss it, whatever the memory.
static void take_if_told(unsigned context)
{
    if (load_acquire(mailbox()) != 0) {
        explorer_reach(HANDED_OVER);
        require(take(context, 1), "a free that is known is missed");
    }
}

// An address that no block begins at is asked for, too.
static void give_any(char letter)
{
    const size_t granule = (size_t)(letter - 'A') % 6;
    const size_t index = (size_t)(letter - 'A') / 6;
    const uintptr_t base = index < now.given_count ? now.given[index].base
                                                   : space() + now.room * WORD;
    give(base + granule * WORD, false);
}

// ---- spans ---------------------------------------------------------------------

static void open_span(unsigned context)
{
    reel_span *const span = span_of(context);
    explorer_call(CALL_ALLOC);
    const reel_status status =
        reel_span_open(span, rewindable(), SPAN_WORDS * WORD);
    explorer_call(CALL_NONE);
    if (status != REEL_OK) {
        note_refusal(SPAN_WORDS);
        return;
    }
    require(is_in_a_chunk(span->start, SPAN_WORDS), "no block of any chunk");
    own(span->start, SPAN_WORDS);
    note_start(number_of(span->start), SPAN_WORDS);
    explorer_reach(SUCCESS);
}

// Without frees_blocks what was taken out of a span stays; so it is kept as a block
// of its own. The span itself is no longer out if nothing was.
static void close_span(unsigned context)
{
    reel_span *const span = span_of(context);
    const size_t start = number_of(span->start);
    const size_t taken = (span->next - span->start) / WORD;
    const bool is_open = span->end != 0;
    const size_t stays = rewindable()->frees_blocks ? 0 : taken;
    if (is_open) {
        disown(start);
        now.out[start] -= stays == 0;
        now.shortest[start] = stays;
        own(space() + start * WORD, stays);
    }
    explorer_call(CALL_FREE);
    const reel_status status = reel_span_close(span);
    explorer_call(CALL_NONE);
    require(status == (is_open ? REEL_OK : REEL_CLOSED),
            "a span's owner cannot close it");
    explorer_reach(is_open ? FREED : 0);
}

static void take_out_of_span(unsigned context)
{
    reel_span *const span = span_of(context);
    const size_t left = span->end - span->next;
    require((reel_span_alloc(span, WORD, WORD) != NULL) == (left >= WORD),
            "a span has not what it has");
}

// ---- a rewind, before anything else ---------------------------------------------

static void rewind_all(void)
{
    const truth before = now;
    require(reel_rewindable_rewind(rewindable()) == REEL_OK, "no rewind");
    now = (truth){ .room = before.room,
                   .given_count = now.given_count,
                   .has_frees = before.has_frees,
                   .is_hostile = before.is_hostile };
    memcpy(now.given, before.given, sizeof now.given);
}

// ---- a context -------------------------------------------------------------------

static void act_otherwise(unsigned context, char letter)
{
    if (letter >= '1' && letter <= '0' + MOST_WORDS) {
        (void)take(context, (size_t)(letter - '0'));
    } else {
        give_any(letter);
    }
}

static void act(const scene *plan, unsigned context, char letter)
{
    (void)plan;
    switch (letter) {
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
    case 'o':
        open_span(context);
        break;
    case 'n':
        take_out_of_span(context);
        break;
    case 'c':
        close_span(context);
        break;
    case 'R':
        rewind_all();
        break;
    default:
        act_otherwise(context, letter);
    }
}

// ---- before and after ------------------------------------------------------------

static bool has_any(const scene *plan, const char *letters)
{
    bool has = plan->letters != NULL && strpbrk(plan->letters, letters);
    for (unsigned i = 0; i < CONTEXTS; i++) {
        has = has
              || (plan->script[i] != NULL && strpbrk(plan->script[i], letters))
              || (plan->before[i] != NULL && strpbrk(plan->before[i], letters));
    }
    return has;
}

static void set_up(const scene *plan)
{
    const reel_rewindable_config config = {
        INITIAL_OF(plan->size) * WORD,
        GROWTH_LIMIT,
        WORD,
        (plan->size & BLOCK_FREE) != 0,
    };
    const reel_allocator backing = { &backing_ops, NULL };
    now = (truth){ .room = ROOM_OF(plan->size),
                   .has_frees = has_any(plan, "FftcABCDGHIJ"),
                   .is_hostile = has_any(plan, "ABCDGHIJ") };
    memset(explorer_memory, 0, sizeof explorer_memory);
    require(reel_rewindable_init(rewindable(), backing, table(),
                                 TABLE_OF(plan->size), &config)
                == REEL_OK,
            "no rewindable");
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const char *at = plan->before[i];
        for (; at != NULL && *at != '\0'; at++) {
            act(plan, i, *at);
        }
    }
}

static size_t sum_out(uintptr_t base, size_t size)
{
    size_t sum = 0;
    for (size_t i = number_of(base); i < number_of(base + size); i++) {
        sum += (size_t)now.out[i];
    }
    return sum;
}

static void check_chunks(void)
{
    require(rewindable()->count.value == now.given_count,
            "a chunk is lost, or is nobody's");
    for (size_t i = 0; i < now.given_count; i++) {
        const reel_rewindable_chunk *const entry = &table()[i];
        require(entry->base == now.given[i].base
                    && entry->size == now.given[i].size,
                "an entry is not as the backing gave it");
        require((entry->used.value & LIVE_MASK)
                    == sum_out(entry->base, entry->size),
                "the count of live blocks is wrong");
        require(entry->used.value == 0
                    || (uintptr_t)entry <= rewindable()->highest.value,
                "a rewind would give back what was used");
    }
}

static void check_blocks(void)
{
    size_t end = 0;
    for (size_t i = 0; i < now.room; i++) {
        require(now.out[i] == 0 || now.out[i] == 1, "two frees of a block won");
        if (now.out[i] == 1) {
            require(i >= end, "two blocks overlap");
            end = i + now.shortest[i];
        }
    }
}

// Where nothing goes back, nothing is left between the blocks.
static void check_counts(void)
{
    const reel_stats stats = reel_rewindable_stats(rewindable());
    size_t owned = 0;
    for (size_t i = 0; i < now.room; i++) {
        owned += now.owned[i];
    }
    require(stats.used >= owned * WORD || now.is_hostile, "a block is lost");
    require(stats.used == owned * WORD || now.has_frees, "room is lost");
    require((stats.failures > 0) == (now.refused > 0)
                && stats.failures <= now.refused,
            "the count of refusals is wrong");
}

// A span is freed by its owner's closing alone.
static void close_spans(void)
{
    for (unsigned i = 0; rewindable()->frees_blocks && i < CONTEXTS; i++) {
        if (span_of(i)->end != 0) {
            close_span(i);
        }
    }
}

// Every block that is out can be freed, once; then all is empty.
static void free_all(void)
{
    close_spans();
    for (size_t i = 0; rewindable()->frees_blocks && i < now.room; i++) {
        void *const block = (void *)(space() + i * WORD);
        const reel_status status =
            reel_rewindable_free(rewindable(), block, WORD);
        require((status == REEL_OK) == (now.out[i] == 1),
                "not just what is out can be freed");
    }
    require(!rewindable()->frees_blocks
                || reel_rewindable_stats(rewindable()).used == 0,
            "a chunk does not start over");
    require(reel_rewindable_dispose(rewindable()) == REEL_OK
                && now.given_count == 0,
            "a chunk is kept");
}

static void inspect(const scene *plan)
{
    (void)plan;
    require(reel_rewindable_is_valid(rewindable()),
            "the rewindable is not valid");
    check_chunks();
    check_blocks();
    check_counts();
    free_all();
}

#define CALLS .set_up = set_up, .act = act, .inspect = inspect
#define GROWN (SUCCESS | RETRY | GREW | WAITED)
#define FREES (SUCCESS | FREED | REUSED)

const scene rewindable_scenes[] = {
    // ---- small ones first: most broken twins are noticed by these
    { .name = "rewindable: growth, 2 x 1 calls, weak memory",
      CALLS,
      .size = SIZES(1, 3, 9),
      .before = { "1" },
      .script = { "*", "*" },
      .letters = "12",
      .is_weak = true,
      .spurious = 1,
      .must = GROWN | STALE },
    { .name = "rewindable: the hint leads to a new chunk, weak memory",
      CALLS,
      .size = SIZES(1, 3, 9),
      .before = { "1" },
      .script = { "11", "1" },
      .is_weak = true,
      .must = GROWN | STALE },
    { .name = "rewindable: a free that is told of is not missed, weak memory",
      CALLS,
      .size = SIZES(1, 1, 2) | BLOCK_FREE,
      .before = { "1" },
      .script = { "Fs", "w" },
      .is_weak = true,
      .spurious = 1,
      .must = FREES | HANDED_OVER | STALE },
    { .name = "rewindable: a block is handed over and freed by another, weak"
              " memory",
      CALLS,
      .size = SIZES(2, 1, 3) | BLOCK_FREE,
      .script = { "1p1", "t1" },
      .is_weak = true,
      .must = FREES | RETRY | HANDED_OVER | STALE },
    { .name = "rewindable: two free the same block",
      CALLS,
      .size = SIZES(2, 1, 3) | BLOCK_FREE,
      .before = { "1" },
      .script = { "A", "A", "1" },
      .must = FREES | RETRY | DOUBLE_FREE },
    { .name = "rewindable: two free the same block and go on",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1" },
      .script = { "A1F", "A1" },
      .must = FREES | RETRY | DOUBLE_FREE },
    { .name = "rewindable: an interrupt allocates and frees",
      CALLS,
      .size = SIZES(2, 2, 8) | BLOCK_FREE,
      .before = { "1" },
      .script = { "F1", "**", "**" },
      .letters = "1F",
      .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true,
      .must = FREES },
    { .name = "rewindable: interrupts in the middle of growth",
      CALLS,
      .size = SIZES(2, 3, 12),
      .before = { "1" },
      .script = { "2*", "**", "*" },
      .letters = "12",
      .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true,
      .must = SUCCESS | RETRY | GREW | BUSY },
    { .name = "rewindable: spans of both, 2 x 3 calls",
      CALLS,
      .size = SIZES(6, 1, 6),
      .script = { "onc", "oc1" },
      .must = SUCCESS | RETRY | FREED | REUSED },
    { .name = "rewindable: spans of both, weak memory",
      CALLS,
      .size = SIZES(6, 1, 6),
      .before = { "o", "o" },
      .script = { "c1", "c1" },
      .is_weak = true,
      .spurious = 1,
      .must = SUCCESS | RETRY | FREED | REUSED | STALE },
    { .name = "rewindable: a chunk starts over meanwhile, weak memory",
      CALLS,
      .size = SIZES(2, 1, 3) | BLOCK_FREE,
      .script = { "1F", "1F" },
      .is_weak = true,
      .must = FREES | RETRY | STALE },
    { .name = "rewindable: frees, 2 x 2 calls",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1", "1" },
      .script = { "**", "**" },
      .letters = "1F",
      .must = FREES | RETRY },
    { .name = "rewindable: a span and frees, weak memory",
      CALLS,
      .size = SIZES(5, 1, 6) | BLOCK_FREE,
      .before = { "o", "1" },
      .script = { "c", "F1" },
      .is_weak = true,
      .must = FREES | STALE },
    { .name = "rewindable: chunks kept over a rewind, weak memory",
      CALLS,
      .size = SIZES(1, 3, 9),
      .before = { "11R" },
      .script = { "1*", "*" },
      .letters = "12",
      .is_weak = true,
      .must = SUCCESS | RETRY | GREW | STALE },
    { .name = "rewindable: start bits of before a rewind, weak memory",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "111R" },
      .script = { "1*", "1F" },
      .letters = "1AB",
      .is_weak = true,
      .must = FREES | RETRY | DOUBLE_FREE | STALE },
    { .name = "rewindable: growth, 2 x 2 calls",
      CALLS,
      .size = SIZES(1, 3, 9),
      .before = { "1" },
      .script = { "**", "**" },
      .letters = "12",
      .must = GROWN },
    { .name = "rewindable: the hint leads to an empty chunk, weak memory",
      CALLS,
      .size = SIZES(1, 3, 12) | BLOCK_FREE,
      .before = { NULL, "1" },
      .script = { "211F", "1" },
      .is_weak = true,
      .must = GROWN | STALE },
    // ---- chunks, and their growth
    { .name = "rewindable: one chunk, 2 x 2 calls",
      CALLS,
      .size = SIZES(3, 1, 3),
      .script = { "**", "**" },
      .letters = "12",
      .must = SUCCESS | RETRY | EMPTY },
    { .name = "rewindable: one chunk, 2 x 2 calls, weak memory",
      CALLS,
      .size = SIZES(4, 1, 4),
      .script = { "**", "**" },
      .letters = "12",
      .is_weak = true,
      .must = SUCCESS | RETRY | EMPTY | STALE },
    { .name = "rewindable: one chunk, 2 x 3 calls",
      CALLS,
      .size = SIZES(4, 1, 4),
      .script = { "1*1", "***" },
      .letters = "12",
      .is_long = true,
      .must = SUCCESS | RETRY | EMPTY },
    { .name = "rewindable: growth, the table gets full, 2 x 2 calls",
      CALLS,
      .size = SIZES(2, 2, 9),
      .before = { "1" },
      .script = { "**", "**" },
      .letters = "13",
      .must = GROWN | EMPTY },
    { .name = "rewindable: growth, the backing runs out, 2 x 2 calls",
      CALLS,
      .size = SIZES(2, 3, 5),
      .before = { "2" },
      .script = { "**", "**" },
      .letters = "12",
      .must = GROWN | EMPTY },
    { .name =
          "rewindable: growth, who waits has memory in the end, 3 x 1 calls",
      CALLS,
      .size = SIZES(2, 3, 12),
      .before = { "2" },
      .script = { "*", "*", "*" },
      .letters = "12",
      .must = GROWN },
    { .name = "rewindable: an interrupt in the middle of growth",
      CALLS,
      .size = SIZES(2, 3, 12),
      .before = { "1" },
      .script = { "2", "2", "*" },
      .letters = "12",
      .interrupts = 1 << 2,
      .is_whole = true,
      .bound = 4,
      .must = GROWN | BUSY },
    { .name = "rewindable: an interrupt while two grow",
      CALLS,
      .size = SIZES(2, 3, 12),
      .before = { "1" },
      .script = { "2*", "2", "*" },
      .letters = "12",
      .interrupts = 1 << 2,
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .must = GROWN | BUSY },
    { .name = "rewindable: growth, 2 x 2 calls, weak memory",
      CALLS,
      .size = SIZES(1, 3, 9),
      .before = { "1" },
      .script = { "**", "**" },
      .letters = "12",
      .is_weak = true,
      .must = GROWN | STALE },
    { .name = "rewindable: growth, 2 x 3 calls",
      CALLS,
      .size = SIZES(1, 3, 9),
      .before = { "1" },
      .script = { "1**", "*2*" },
      .letters = "12",
      .is_long = true,
      .must = GROWN | EMPTY },
    { .name = "rewindable: growth, 3 x 2 calls, every order with up to 4 "
              "preemptions",
      CALLS,
      .size = SIZES(4, 3, 20),
      .before = { "1" },
      .script = { "11", "12", "21" },
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .must = GROWN },
    // ---- blocks are freed one by one
    { .name = "rewindable: frees, 2 x 2 calls, weak memory",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1", "1" },
      .script = { "**", "**" },
      .letters = "1F",
      .is_weak = true,
      .must = FREES | RETRY | STALE },
    { .name = "rewindable: frees, weak memory, exchanges that fail",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1", "1" },
      .script = { "F1", "F1" },
      .is_weak = true,
      .spurious = 1,
      .must = FREES | RETRY | STALE },
    { .name = "rewindable: frees, 2 x 3 calls",
      CALLS,
      .size = SIZES(4, 1, 5) | BLOCK_FREE,
      .before = { "1" },
      .script = { "1**", "**F" },
      .letters = "1F",
      .is_long = true,
      .must = FREES | RETRY },
    { .name = "rewindable: frees and growth, 2 x 2 calls",
      CALLS,
      .size = SIZES(2, 2, 8) | BLOCK_FREE,
      .before = { "1", "1" },
      .script = { "**", "**" },
      .letters = "12F",
      .must = FREES | RETRY | GREW | WAITED },
    { .name = "rewindable: frees and growth, 3 x 2 calls, every order with up"
              " to 4 preemptions",
      CALLS,
      .size = SIZES(2, 2, 8) | BLOCK_FREE,
      .before = { "1", "1" },
      .script = { "F1", "F2", "12" },
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .must = FREES | RETRY | GREW | WAITED },
    { .name = "rewindable: a block is handed over and freed by another",
      CALLS,
      .size = SIZES(2, 1, 3) | BLOCK_FREE,
      .script = { "1p", "t1", "1" },
      .must = FREES | RETRY | HANDED_OVER },
    // ---- and by others than their owners
    { .name = "rewindable: any granule is freed, 2 x 2 calls",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1" },
      .script = { "**", "**" },
      .letters = "12ABC",
      .must = FREES | RETRY | DOUBLE_FREE },
    { .name = "rewindable: any granule is freed, 2 x 2 calls, weak memory",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1" },
      .script = { "**", "**" },
      .letters = "1ABC",
      .is_weak = true,
      .must = FREES | RETRY | DOUBLE_FREE | STALE },
    { .name = "rewindable: any granule is freed, 2 x 3 calls",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1" },
      .script = { "1A*", "**B" },
      .letters = "1AB",
      .is_long = true,
      .must = FREES | RETRY | DOUBLE_FREE },
    { .name = "rewindable: any granule is freed, 3 x 2 calls, every order with"
              " up to 4 preemptions",
      CALLS,
      .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = { "1" },
      .script = { "*1", "*1", "AB" },
      .letters = "1AB",
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .must = FREES | RETRY | DOUBLE_FREE },
    { .name = "rewindable: granules of a chunk that is just coming are freed",
      CALLS,
      .size = SIZES(1, 2, 5) | BLOCK_FREE,
      .before = { "1" },
      .script = { "1*", "**" },
      .letters = "1GH",
      .must = SUCCESS | FREED | GREW | DOUBLE_FREE },
    // ---- spans
    { .name = "rewindable: spans open and close among allocations, 2 x 3 calls",
      CALLS,
      .size = SIZES(6, 1, 6),
      .script = { "o*c", "**" },
      .letters = "no1",
      .must = SUCCESS | RETRY | FREED | REUSED },
    { .name = "rewindable: spans and frees, 2 x 3 calls",
      CALLS,
      .size = SIZES(5, 1, 6) | BLOCK_FREE,
      .before = { "1", "1" },
      .script = { "onc", "F1*" },
      .letters = "1F",
      .must = FREES | RETRY },
    { .name = "rewindable: spans and frees, 2 x 2 calls, weak memory",
      CALLS,
      .size = SIZES(5, 1, 6) | BLOCK_FREE,
      .before = { "o", "1" },
      .script = { "c1", "**" },
      .letters = "1Fo",
      .is_weak = true,
      .must = FREES | RETRY | STALE },
    { .name = "rewindable: spans and frees, 3 x 2 calls, every order with up to"
              " 4 preemptions",
      CALLS,
      .size = SIZES(5, 1, 6) | BLOCK_FREE,
      .before = { "o", "o", "1" },
      .script = { "c1", "co", "F1" },
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .must = FREES | RETRY },
    { 0 },
};
