// SPDX-License-Identifier: MIT
// Rewindables; granules of one word.
//
// The backing is a few words behind a plain variable: a second context inside it
// is a data race.

#include <string.h>

#include "letters.h"

#include "reel/span.h"

#define HALF       (4 * WORD)
#define LIVE_MASK  (UINTPTR_MAX >> HALF)
#define TABLE_MAX  3
#define ROOM_MAX   24
#define SPAN_WORDS 2

// In explorer_memory, in words.
#define REWINDABLE_AT 0
#define TABLE_AT      32
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
    int out[ROOM_MAX];          // times had less times freed
    bool was_out[ROOM_MAX];     // ever
    size_t shortest[ROOM_MAX];  // of what ever began there
    bool owned[ROOM_MAX];       // this word has an owner, unless is_hostile
    chunk given[TABLE_MAX + 1]; // by the backing, and not had back
    size_t given_count, room;
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

static size_t number_of(const void *address)
{
    return ((uintptr_t)address - space()) / WORD;
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

// After a hostile free another context may write to a block that has an owner.
static void use(void *block)
{
    if (!book.is_hostile) {
        explorer_write(block);
    }
}

static void own(uintptr_t block, size_t granules)
{
    for (size_t i = number_of((void *)block);
         i < number_of((void *)block) + granules; i++) {
        use((void *)(space() + i * WORD));
        require(book.is_hostile || !now.owned[i], "two blocks overlap");
        now.owned[i] = true;
    }
}

static void disown(size_t number)
{
    for (size_t i = number; i < number + now.shortest[number]; i++) {
        use((void *)(space() + i * WORD));
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
    if (!book.is_hostile || !now.was_out[i] || granules < now.shortest[i]) {
        now.shortest[i] = granules;
    }
    now.was_out[i] = true;
    now.out[i]++;
}

static void keep(unsigned context, uintptr_t block, size_t granules)
{
    require(is_in_a_chunk(block, granules), "no block of any chunk");
    own(block, granules);
    note_start(number_of((void *)block), granules);
    letters_keep(context, (void *)block);
}

// The table and the backing only run out. An interrupt is not left, so what it sees
// at its end was so all the time; and so is a chunk's room if nothing is freed.
static void note_refusal(size_t granules)
{
    book.refused++;
    const bool may_wait = reel_port_in_interrupt();
    require(may_wait || !can_grow(granules), "NULL although it can grow");
    require((now.has_frees && !may_wait) || !is_room_for(granules),
            "NULL although a chunk has room");
    explorer_reach(may_wait && can_grow(granules) ? BUSY : EMPTY);
}

static void take(unsigned context, unsigned granules)
{
    explorer_call(CALL_ALLOC);
    const uintptr_t block =
        (uintptr_t)reel_rewindable_alloc(rewindable(), granules * WORD, WORD);
    explorer_call(CALL_NONE);
    if (block == 0) {
        note_refusal(granules);
        return;
    }
    keep(context, block, granules);
    explorer_reach(SUCCESS);
}

// Without frees_blocks a block that moves leaves its old place to the rewind.
static void grow(unsigned context, unsigned more)
{
    const kept *const hand = letters_kept(context);
    void *const block = hand->things[hand->first];
    const size_t i = number_of(block);
    const size_t granules = now.shortest[i] + more;
    explorer_call(CALL_ALLOC);
    void *const grown =
        reel_reallocate(reel_rewindable_allocator(rewindable()), block,
                        now.shortest[i] * WORD, granules * WORD, WORD);
    explorer_call(CALL_NONE);
    if (grown == NULL) {
        note_refusal(granules);
    } else if (grown != block) {
        keep(context, (uintptr_t)grown, granules);
    } else {
        own((uintptr_t)block + now.shortest[i] * WORD, more);
        now.shortest[i] = granules;
        explorer_reach(SUCCESS);
    }
}

// What its owner frees has no owner from the start of the call.
static void give(unsigned context, void *block, bool is_owned)
{
    const size_t i = number_of(block);
    (void)context;
    if (is_owned) {
        disown(i);
        now.out[i]--;
    }
    explorer_call(CALL_FREE);
    const reel_status status = reel_rewindable_free(rewindable(), block, WORD);
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

// An address that no block begins at is asked for, too.
static void *granule(size_t index, size_t number)
{
    const uintptr_t base = index < now.given_count ? now.given[index].base
                                                   : space() + now.room * WORD;
    return (void *)(base + number * WORD);
}

static void *place(size_t number)
{
    return granule(0, number);
}

static void give_of_second_chunk(unsigned context, unsigned number)
{
    give(context, granule(1, number), false);
}

// ---- spans ---------------------------------------------------------------------

static void open_span(unsigned context, unsigned number)
{
    (void)number;
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
    note_start(number_of((void *)span->start), SPAN_WORDS);
    explorer_reach(SUCCESS);
}

// Without frees_blocks what was taken out of a span stays; so it is kept as a block
// of its own. The span itself is no longer out if nothing was.
static void close_span(unsigned context, unsigned number)
{
    (void)number;
    reel_span *const span = span_of(context);
    const size_t start = number_of((void *)span->start);
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

static void take_out_of_span(unsigned context, unsigned number)
{
    (void)number;
    reel_span *const span = span_of(context);
    const size_t left = span->end - span->next;
    require((reel_span_alloc(span, WORD, WORD) != NULL) == (left >= WORD),
            "a span has not what it has");
}

// ---- a rewind, before anything else ---------------------------------------------

static void rewind_all(unsigned context, unsigned number)
{
    const truth before = now;
    (void)context, (void)number;
    require(reel_rewindable_rewind(rewindable()) == REEL_OK, "no rewind");
    now = (truth){ .room = before.room,
                   .given_count = now.given_count,
                   .has_frees = before.has_frees };
    memcpy(now.given, before.given, sizeof now.given);
    memset(letters_kept(0), 0, CONTEXTS * sizeof(kept));
}

static const things granules = { place, number_of, use, take, give, NULL };

static const letter letters[] = {
    { '1', take, 1 },
    { '2', take, 2 },
    { '3', take, 3 },
    { 'g', grow, 1 },
    { 'X', give_of_second_chunk, 0 },
    { 'Y', give_of_second_chunk, 1 },
    { 'o', open_span, 0 },
    { 'm', take_out_of_span, 0 },
    { 'C', close_span, 0 },
    { 'e', rewind_all, 0 },
    { 0 },
};

// ---- before and after ------------------------------------------------------------

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
                   .has_frees = letters_occur(plan, "FftCxyzXY") };
    ledger_open(0);
    book.is_hostile = letters_occur(plan, "xyzXY");
    memset(explorer_memory, 0, sizeof explorer_memory);
    require(reel_rewindable_init(rewindable(), backing, table(),
                                 TABLE_OF(plan->size), &config)
                == REEL_OK,
            "no rewindable");
    letters_act_before(&rewindable_stage, plan);
}

static size_t sum_out(uintptr_t base, size_t size)
{
    size_t sum = 0;
    for (size_t i = number_of((void *)base);
         i < number_of((void *)(base + size)); i++) {
        sum += (size_t)now.out[i];
    }
    return sum;
}

static void check_chunks(void)
{
    require(rewindable()->count.value == now.given_count,
            "a chunk is lost, or has no owner");
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
    require(stats.used >= owned * WORD || book.is_hostile, "a block is lost");
    require(stats.used == owned * WORD || now.has_frees, "room is lost");
    require((stats.failures > 0) == (book.refused > 0)
                && stats.failures <= (size_t)book.refused,
            "the count of refusals is wrong");
}

// A span is freed by its owner's closing alone.
static void close_spans(void)
{
    for (unsigned i = 0; rewindable()->frees_blocks && i < CONTEXTS; i++) {
        if (span_of(i)->end != 0) {
            close_span(i, 0);
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

#define GROWN (SUCCESS | RETRY | GREW | WAITED)
#define FREES (SUCCESS | FREED | REUSED)

static const scene scenes[] = {
    // ---- small ones first: most broken twins are noticed by these
    { "rewindable: growth, 2 x 1 calls, weak memory", "* *", GROWN | STALE,
      .size = SIZES(1, 3, 9), .before = "1", .letters = "12", .spurious = 1,
      .is_weak = true },
    { "rewindable: the hint leads to a new chunk, weak memory", "11 1",
      GROWN | STALE, .size = SIZES(1, 3, 9), .before = "1", .is_weak = true },
    { "rewindable: a free that is told of is not missed, weak memory", "Fs w",
      FREES | HANDED_OVER | STALE, .size = SIZES(1, 1, 2) | BLOCK_FREE,
      .before = "1", .spurious = 1, .is_weak = true },
    { "rewindable: a block is handed over and freed by another, weak memory",
      "1p1 t1", FREES | RETRY | HANDED_OVER | STALE,
      .size = SIZES(2, 1, 3) | BLOCK_FREE, .is_weak = true },
    { "rewindable: two free the same block", "x x 1",
      FREES | RETRY | DOUBLE_FREE, .size = SIZES(2, 1, 3) | BLOCK_FREE,
      .before = "1" },
    { "rewindable: two free the same block and go on", "x1F x1",
      FREES | RETRY | DOUBLE_FREE, .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = "1" },
    { "rewindable: an interrupt allocates and frees", "F1 ** **", FREES,
      .size = SIZES(2, 2, 8) | BLOCK_FREE, .before = "1", .letters = "1F",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "rewindable: interrupts in the middle of growth", "2* ** *",
      SUCCESS | RETRY | GREW | BUSY, .size = SIZES(2, 3, 12), .before = "1",
      .letters = "12", .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "rewindable: spans of both, 2 x 3 calls", "omC oC1",
      SUCCESS | RETRY | FREED | REUSED, .size = SIZES(6, 1, 6) },
    { "rewindable: spans of both, weak memory", "C1 C1",
      SUCCESS | RETRY | FREED | REUSED | STALE, .size = SIZES(6, 1, 6),
      .before = "o o", .spurious = 1, .is_weak = true },
    { "rewindable: a block grows where a span was, weak memory", "g C",
      FREES | EMPTY | STALE, .size = SIZES(3, 1, 3), .before = "1 o",
      .is_weak = true },
    { "rewindable: a chunk starts over meanwhile, weak memory", "1F 1F",
      FREES | RETRY | STALE, .size = SIZES(2, 1, 3) | BLOCK_FREE,
      .is_weak = true },
    { "rewindable: frees, 2 x 2 calls", "** **", FREES | RETRY,
      .size = SIZES(3, 1, 4) | BLOCK_FREE, .before = "1 1", .letters = "1F" },
    { "rewindable: a span and frees, weak memory", "C F1", FREES | STALE,
      .size = SIZES(5, 1, 6) | BLOCK_FREE, .before = "o 1", .is_weak = true },
    { "rewindable: chunks kept over a rewind, weak memory", "1* *",
      SUCCESS | RETRY | GREW | STALE, .size = SIZES(1, 3, 9), .before = "11e",
      .letters = "12", .is_weak = true },
    { "rewindable: start bits of before a rewind, weak memory", "1* 1F",
      FREES | RETRY | DOUBLE_FREE | STALE, .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = "111e", .letters = "1xy", .is_weak = true },
    { "rewindable: growth, 2 x 2 calls", "** **", GROWN, .size = SIZES(1, 3, 9),
      .before = "1", .letters = "12" },
    { "rewindable: the hint leads to an empty chunk, weak memory", "211F 1",
      GROWN | STALE, .size = SIZES(1, 3, 12) | BLOCK_FREE, .before = " 1",
      .is_weak = true, .is_long = true },
    // ---- chunks, and their growth
    { "rewindable: one chunk, 2 x 2 calls", "** **", SUCCESS | RETRY | EMPTY,
      .size = SIZES(3, 1, 3), .letters = "12" },
    { "rewindable: one chunk, 2 x 2 calls, weak memory", "** **",
      SUCCESS | RETRY | EMPTY | STALE, .size = SIZES(4, 1, 4), .letters = "12",
      .is_weak = true },
    { "rewindable: one chunk, 2 x 3 calls", "1*1 ***", SUCCESS | RETRY | EMPTY,
      .size = SIZES(4, 1, 4), .letters = "12", .is_long = true },
    { "rewindable: growth, the table gets full, 2 x 2 calls", "** **",
      GROWN | EMPTY, .size = SIZES(2, 2, 9), .before = "1", .letters = "13" },
    { "rewindable: growth, the backing runs out, 2 x 2 calls", "** **",
      GROWN | EMPTY, .size = SIZES(2, 3, 5), .before = "2", .letters = "12" },
    { "rewindable: growth, who waits has memory in the end, 3 x 1 calls",
      "* * *", GROWN, .size = SIZES(2, 3, 12), .before = "2", .letters = "12" },
    { "rewindable: an interrupt in the middle of growth", "2 2 *", GROWN | BUSY,
      .size = SIZES(2, 3, 12), .before = "1", .letters = "12",
      .interrupts = 1 << 2, .bound = 4, .is_whole = true, .is_long = true },
    { "rewindable: an interrupt while two grow", "2* 2 *", GROWN | BUSY,
      .size = SIZES(2, 3, 12), .before = "1", .letters = "12",
      .interrupts = 1 << 2, .bound = 4, .is_whole = true, .is_long = true },
    { "rewindable: growth, 2 x 2 calls, weak memory", "** **", GROWN | STALE,
      .size = SIZES(1, 3, 9), .before = "1", .letters = "12", .is_weak = true,
      .is_long = true },
    { "rewindable: growth, 2 x 3 calls", "1** *2*", GROWN | EMPTY,
      .size = SIZES(1, 3, 9), .before = "1", .letters = "12", .is_long = true },
    { "rewindable: growth, 3 x 2 calls, every order with up to 4 preemptions",
      "11 12 21", GROWN, .size = SIZES(4, 3, 20), .before = "1", .bound = 4,
      .is_whole = true, .is_long = true },
    // ---- blocks are freed one by one
    { "rewindable: frees, 2 x 2 calls, weak memory", "** **",
      FREES | RETRY | STALE, .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = "1 1", .letters = "1F", .is_weak = true },
    { "rewindable: frees, weak memory, exchanges that fail", "F1 F1",
      FREES | RETRY | STALE, .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = "1 1", .spurious = 1, .is_weak = true, .is_long = true },
    { "rewindable: frees, 2 x 3 calls", "1** **F", FREES | RETRY,
      .size = SIZES(4, 1, 5) | BLOCK_FREE, .before = "1", .letters = "1F",
      .is_long = true },
    { "rewindable: frees and growth, 2 x 2 calls", "** **",
      FREES | RETRY | GREW | WAITED, .size = SIZES(2, 2, 8) | BLOCK_FREE,
      .before = "1 1", .letters = "12F" },
    { "rewindable: frees and growth, 3 x 2 calls, every order with up to 4 "
      "preemptions",
      "F1 F2 12", FREES | RETRY | GREW | WAITED,
      .size = SIZES(2, 2, 8) | BLOCK_FREE, .before = "1 1", .bound = 4,
      .is_whole = true, .is_long = true },
    { "rewindable: a block is handed over and freed by another", "1p t1 1",
      FREES | RETRY | HANDED_OVER, .size = SIZES(2, 1, 3) | BLOCK_FREE },
    // ---- and by others than their owners
    { "rewindable: any granule is freed, 2 x 2 calls", "** **",
      FREES | RETRY | DOUBLE_FREE, .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = "1", .letters = "12xyz" },
    { "rewindable: any granule is freed, 2 x 2 calls, weak memory", "** **",
      FREES | RETRY | DOUBLE_FREE | STALE, .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = "1", .letters = "1xyz", .is_weak = true, .is_long = true },
    { "rewindable: any granule is freed, 2 x 3 calls", "1x* **y",
      FREES | RETRY | DOUBLE_FREE, .size = SIZES(3, 1, 4) | BLOCK_FREE,
      .before = "1", .letters = "1xy", .is_long = true },
    { "rewindable: any granule is freed, 3 x 2 calls, every order with up to 4 "
      "preemptions",
      "*1 *1 xy", FREES | RETRY | DOUBLE_FREE,
      .size = SIZES(3, 1, 4) | BLOCK_FREE, .before = "1", .letters = "1xy",
      .bound = 4, .is_whole = true, .is_long = true },
    { "rewindable: granules of a chunk that is just coming are freed", "1* **",
      SUCCESS | FREED | GREW | DOUBLE_FREE, .size = SIZES(1, 2, 5) | BLOCK_FREE,
      .before = "1", .letters = "1XY" },
    // ---- spans
    { "rewindable: spans open and close among allocations, 2 x 3 calls",
      "o*C **", SUCCESS | RETRY | FREED | REUSED, .size = SIZES(6, 1, 6),
      .letters = "mo1" },
    { "rewindable: spans and frees, 2 x 3 calls", "omC F1*", FREES | RETRY,
      .size = SIZES(5, 1, 6) | BLOCK_FREE, .before = "1 1", .letters = "1F" },
    { "rewindable: spans and frees, 2 x 2 calls, weak memory", "C1 **",
      FREES | RETRY | STALE, .size = SIZES(5, 1, 6) | BLOCK_FREE,
      .before = "o 1", .letters = "1Fo", .is_weak = true },
    { "rewindable: spans and frees, 3 x 2 calls, every order with up to 4 "
      "preemptions",
      "C1 Co F1", FREES | RETRY, .size = SIZES(5, 1, 6) | BLOCK_FREE,
      .before = "o o 1", .bound = 4, .is_whole = true, .is_long = true },
    { 0 },
};

const stage rewindable_stage = { scenes, letters, &granules, set_up, inspect };
