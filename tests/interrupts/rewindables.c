// SPDX-License-Identifier: MIT
// Rewindables and their spans. A context that gets a block notes that and fills the
// block with a stamp. The main loop's result is looked at when the trial is over,
// so that no interrupt comes between.

#include "interrupts.h"

#include "reel/port.h"
#include "reel/span.h"

#define SIZE    1024u // bytes that the backing has
#define GRANULE 8u
#define INITIAL 64u  // bytes: of the first chunk
#define LIMIT   128u // so the next have 128 and 256
#define TABLE   3u
#define PIECES  12u // blocks of one trial, at most
#define SPAN    24u // bytes
#define OTHERS  24u // bytes of another thread's block

typedef enum owner { NOBODY, MAIN_LOOP, HANDLER } owner;

// How a trial begins. The first chunk has a block of the main loop, and up to
// CROWDED one of the handler.
enum shape {
    ROOMY,   // and room
    TAIL,    // 16 bytes left
    FULL,    // none left
    BEHIND,  // 16 bytes left, and the hint is at a second chunk, which is full
    KEPT,    // full, and a second chunk that was kept over a rewind
    CROWDED, // three chunks, all full, and so is the table
    ALONE,   // room
    ABOVE,   // none left, and the hint is at a second chunk
    SPANNED, // a span before the main loop's block, else as ABOVE
};

// What else there is.
enum circumstance {
    USUAL,
    NO_GROWN,  // the backing has no chunk of the grown size
    NO_CHUNK,  // nor any other
    GATE_BUSY, // a thread is in the gate
    GATE_WORK, // and grows, for a block of its own
    UNUSED,    // a span out of which nothing was taken
    USED,      // 8 bytes were
    BLOCKED,   // and a block was taken behind it
    CLOSED,
    STALE,
};

// A block that was allocated.
typedef struct piece {
    owner owner;
    unsigned char *start;
    size_t size;
    unsigned char stamp; // what it is full of
} piece;

// What is so, told from outside.
typedef struct truth {
    piece pieces[PIECES];
    size_t count, refused;
    size_t wins, claims; // frees of piece 0 that took effect; that had to
    size_t taken_bytes;  // of the backing
    size_t most;         // bytes that it gives
    bool is_inside;      // the backing
    bool has_frees;      // by the handler
    const test_operation *operation;
    void *others; // what the thread in the gate took
    void *taken;  // the main loop's result, or
    reel_status status;
} truth;

static reel_rewindable rewindable;
static reel_rewindable_chunk table[TABLE];
static reel_span span;
static _Alignas(32) unsigned char memory[SIZE];
static truth now;

// The operation's arguments.
enum { SHAPE, BLOCK_FREE, ASKED, ALIGN, ELSE };

static size_t argument(unsigned which)
{
    return now.operation->arguments[which];
}

// ---- the backing -----------------------------------------------------------

static void *take_chunk(void *self, size_t size, size_t align)
{
    const size_t start = (now.taken_bytes + align - 1) & ~(align - 1);
    (void)self;
    REQUIRE(!now.is_inside && !reel_port_in_interrupt());
    now.is_inside = true;
    const bool fits = start <= now.most && size <= now.most - start;
    now.taken_bytes = fits ? start + size : now.taken_bytes;
    now.is_inside = false;
    return fits ? &memory[start] : NULL;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    return REEL_OK;
}

// ---- what everybody does ---------------------------------------------------

static void fill(unsigned char *start, size_t size, unsigned char stamp)
{
    for (size_t at = 0; at < size; at++) {
        start[at] = stamp;
    }
}

static void keep(owner who, unsigned char *start, size_t size)
{
    REQUIRE(now.count < PIECES);
    REQUIRE((size_t)(start - memory) < now.taken_bytes);
    if (now.count < PIECES) {
        piece *const kept = &now.pieces[now.count++];
        kept->owner = who;
        kept->start = start;
        kept->size = size > 0 ? size : 1;
        kept->stamp = (unsigned char)now.count;
        fill(start, kept->size, kept->stamp);
    }
}

static bool is_stamped(const piece *kept)
{
    size_t at = 0;
    while (at < kept->size && kept->start[at] == kept->stamp) {
        at++;
    }
    return at == kept->size;
}

static void let_go(piece *kept)
{
    REQUIRE(is_stamped(kept));
    kept->owner = NOBODY;
}

// A span is freed by its closing alone.
static void give(piece *kept)
{
    const bool is_span = span.end != 0 && (uintptr_t)kept->start == span.start;
    let_go(kept);
    REQUIRE((is_span
                 ? reel_span_close(&span)
                 : reel_rewindable_free(&rewindable, kept->start, kept->size))
            == REEL_OK);
}

// Piece 0, which its owner has let go: who frees it first wins.
static void note_dispute(reel_status status)
{
    REQUIRE(status == REEL_OK || status == REEL_DOUBLE_FREE);
    now.wins += status == REEL_OK;
}

// ---- the main loop ---------------------------------------------------------

static void take(void)
{
    now.taken =
        reel_rewindable_alloc(&rewindable, argument(ASKED), argument(ALIGN));
}

static void release(void)
{
    now.status = reel_rewindable_free(&rewindable, now.pieces[0].start,
                                      now.pieces[0].size);
}

static void release_null(void)
{
    now.status = reel_rewindable_free(&rewindable, NULL, 1);
}

static void release_foreign(void)
{
    now.status = reel_rewindable_free(&rewindable, &rewindable, 1);
}

static void release_inside(void)
{
    now.status =
        reel_rewindable_free(&rewindable, now.pieces[0].start + GRANULE, 1);
}

static void release_between(void)
{
    now.status = reel_rewindable_free(&rewindable, now.pieces[0].start + 1, 1);
}

static void open_span(void)
{
    now.status = reel_span_open(&span, &rewindable, argument(ASKED));
}

static void open_null(void)
{
    now.status = reel_span_open(&span, NULL, SPAN);
}

static void close_span(void)
{
    now.status = reel_span_close(&span);
}

static void close_null(void)
{
    now.status = reel_span_close(NULL);
}

// How it begins; whether blocks are freed; size and alignment asked for, or the
// status to come; what else there is.
static const test_operation takes[] = {
    { "rewindable", take, { ROOMY, 0, 24, 8 } },
    { "rewindable, start bits", take, { ROOMY, 1, 24, 8 } },
    { "rewindable, default alignment", take, { ROOMY, 0, 24, 0 } },
    { "rewindable, more alignment", take, { ROOMY, 0, 8, 32 } },
    { "rewindable, no bytes", take, { ROOMY, 1, 0, 8 } },
    { "rewindable, no alignment", take, { ROOMY, 0, 24, 3 } },
    { "rewindable, the last of a chunk", take, { TAIL, 1, 16, 8 } },
    { "rewindable, another chunk", take, { BEHIND, 1, 16, 8 } },
    { "rewindable, a chunk that was kept", take, { KEPT, 0, 16, 8 } },
    { 0 },
};

static const test_operation growing[] = {
    { "rewindable, growth", take, { FULL, 0, 16, 8 } },
    { "rewindable, growth, start bits", take, { FULL, 1, 16, 8 } },
    { "rewindable, growth beyond the tail", take, { TAIL, 1, 24, 32 } },
    { "rewindable, growth, again", take, { BEHIND, 1, 24, 8 } },
    { "rewindable, a large request", take, { FULL, 0, 400, 8 } },
    { "rewindable, growth, less", take, { FULL, 0, 16, 8, NO_GROWN } },
    { "rewindable, growth, less, start bits",
      take,
      { FULL, 1, 16, 8, NO_GROWN } },
    { "rewindable, growth, as little as can be",
      take,
      { FULL, 0, INITIAL + 8, 8, NO_GROWN } },
    { "rewindable, no growth", take, { FULL, 0, 16, 8, NO_CHUNK } },
    { "rewindable, a full table", take, { CROWDED, 0, 16, 8 } },
    { "rewindable, more than a chunk", take, { FULL, 0, 0x80000, 8 } },
    { "rewindable, everything", take, { FULL, 0, SIZE_MAX, 8 } },
    { "rewindable, a busy gate", take, { FULL, 0, 16, 8, GATE_BUSY } },
    { "rewindable, who waits need not grow",
      take,
      { FULL, 1, 16, 8, GATE_WORK } },
    { "rewindable, the first chunk is half empty",
      take,
      { TAIL, 1, 24, 8, GATE_WORK } },
    { 0 },
};

static const test_operation frees[] = {
    { "rewindable free", release, { ROOMY, 1 } },
    { "rewindable free, the last", release, { ALONE, 1 } },
    { "rewindable free, a lower chunk", release, { ABOVE, 1 } },
    { 0 },
};

static const test_operation refused_frees[] = {
    { "free, not one by one", release, { ROOMY, 0, (size_t)REEL_OK } },
    { "free NULL", release_null, { ROOMY, 1, (size_t)REEL_INVALID } },
    { "free what is in no chunk",
      release_foreign,
      { BEHIND, 1, (size_t)REEL_FOREIGN } },
    { "free what is at no granule",
      release_between,
      { ROOMY, 1, (size_t)REEL_FOREIGN } },
    { "free the middle of a block",
      release_inside,
      { ROOMY, 1, (size_t)REEL_DOUBLE_FREE } },
    { 0 },
};

static const test_operation opens[] = {
    { "span open", open_span, { ROOMY, 0, SPAN } },
    { "span open, start bits", open_span, { ROOMY, 1, SPAN } },
    { "span open, growth", open_span, { FULL, 1, SPAN } },
    { "span open, no growth", open_span, { FULL, 0, SPAN, 0, NO_CHUNK } },
    { "span open, no bytes", open_span, { ROOMY, 0, 0 } },
    { "span open, no rewindable", open_null, { ROOMY, 0, 0 } },
    { 0 },
};

static const test_operation closes[] = {
    { "span close, unused",
      close_span,
      { ROOMY, 0, (size_t)REEL_OK, 0, UNUSED } },
    { "span close, used", close_span, { ROOMY, 0, (size_t)REEL_OK, 0, USED } },
    { "span close, blocked",
      close_span,
      { ROOMY, 0, (size_t)REEL_OK, 0, BLOCKED } },
    { "span close, free", close_span, { ROOMY, 1, (size_t)REEL_OK, 0, USED } },
    { "span close, free, blocked",
      close_span,
      { ROOMY, 1, (size_t)REEL_OK, 0, BLOCKED } },
    { "span close, the hint is above",
      close_span,
      { SPANNED, 1, (size_t)REEL_OK, 0, UNUSED } },
    { "span close, in the second chunk",
      close_span,
      { FULL, 1, (size_t)REEL_OK, 0, USED } },
    { "span close, closed",
      close_span,
      { ROOMY, 1, (size_t)REEL_CLOSED, 0, CLOSED } },
    { "span close, stale",
      close_span,
      { ROOMY, 1, (size_t)REEL_STALE, 0, STALE } },
    { "span close, none",
      close_null,
      { ROOMY, 1, (size_t)REEL_INVALID, 0, CLOSED } },
    { 0 },
};

// Some paths are entered only because of a first interrupt.
static const test_operation retried_takes[] = {
    { "rewindable, another chunk", take, { BEHIND, 1, 16, 8 } },
    { "rewindable, a chunk that was kept", take, { KEPT, 0, 16, 8 } },
    { 0 },
};

static const test_operation retried_take[] = {
    { "rewindable", take, { ROOMY, 1, 24, 8 } },
    { 0 },
};

static const test_operation retried_closes[] = {
    { "span close, used", close_span, { ROOMY, 0, (size_t)REEL_OK, 0, USED } },
    { "span close, free", close_span, { ROOMY, 1, (size_t)REEL_OK, 0, USED } },
    { 0 },
};

// ---- the handler -----------------------------------------------------------

static size_t room_in(const reel_rewindable_chunk *chunk)
{
    return (chunk->granules - (chunk->used.value >> 16)) * GRANULE;
}

static bool is_room_for(size_t size)
{
    for (size_t i = 0; i < rewindable.count.value; i++) {
        if (size <= room_in(&table[i])) {
            return true;
        }
    }
    return false;
}

// No context gets in between here, so it is known what must come.
static void handler_takes(size_t size)
{
    const bool fits = is_room_for(size);
    void *const start = reel_rewindable_alloc(&rewindable, size, 1);
    REQUIRE((start != NULL) == fits);
    if (start != NULL) {
        keep(HANDLER, start, size);
    } else {
        now.refused++;
    }
}

static void handler_frees(void)
{
    now.has_frees = true;
    for (size_t i = 0; rewindable.frees_blocks && i < now.count; i++) {
        if (now.pieces[i].owner == HANDLER) {
            give(&now.pieces[i]);
            return;
        }
    }
}

static void take_some(void)
{
    handler_takes(16);
}

static void take_and_free(void)
{
    handler_takes(8);
    if (now.count > 0 && now.pieces[now.count - 1].owner == HANDLER) {
        now.has_frees = true;
        if (rewindable.frees_blocks) {
            give(&now.pieces[now.count - 1]);
        }
    }
}

static void free_and_take(void)
{
    handler_frees();
    handler_takes(8);
}

static void free_the_same(void)
{
    note_dispute(reel_rewindable_free(&rewindable, now.pieces[0].start,
                                      now.pieces[0].size));
}

static const test_action actions[] = {
    { "the handler takes some", take_some, NULL },
    { "the handler frees another", handler_frees, NULL },
    { "the handler takes one and frees it", take_and_free, NULL },
    { 0 },
};

static const test_action few_actions[] = {
    { "the handler takes some", take_some, NULL },
    { "the handler frees one and takes another", free_and_take, NULL },
    { 0 },
};

static const test_action disputes[] = {
    { "the handler frees the same", free_the_same, NULL },
    { 0 },
};

static const test_action takes_first[] = {
    { "the handler takes some, later frees one", take_some, handler_frees },
    { 0 },
};

static const test_action frees_first[] = {
    { "the handler frees one, later takes some", handler_frees, take_some },
    { 0 },
};

// ---- before ----------------------------------------------------------------

static void take_now(owner who, size_t size)
{
    void *const start = reel_rewindable_alloc(&rewindable, size, 1);
    REQUIRE(start != NULL);
    keep(who, start, size);
}

// One block for what is left of the first chunk but for so many bytes.
static void fill_up(size_t left)
{
    take_now(MAIN_LOOP, room_in(&table[0]) - left);
}

// The second block of a new chunk moves the hint there.
static void fill_another(void)
{
    const size_t chunk = rewindable.count.value;
    take_now(HANDLER, 88);
    take_now(MAIN_LOOP, room_in(&table[chunk]));
}

static void take_above(void)
{
    fill_up(0);
    take_now(HANDLER, 64);
    take_now(HANDLER, 8);
}

static void keep_two(void)
{
    take_now(HANDLER, INITIAL);
    take_now(HANDLER, 8);
    REQUIRE(reel_rewindable_rewind(&rewindable) == REEL_OK);
    now.count = 0;
    take_now(MAIN_LOOP, 24);
    fill_up(0);
}

// As what comes after the pieces that are there.
static void open_one(void)
{
    REQUIRE(reel_span_open(&span, &rewindable, SPAN) == REEL_OK);
    if (argument(ELSE) != UNUSED) {
        REQUIRE(reel_span_alloc(&span, 8, 1) != NULL);
    }
    if (argument(ELSE) == BLOCKED) {
        take_now(MAIN_LOOP, 8);
    }
}

static void shape_first_chunk(void)
{
    if (argument(SHAPE) == SPANNED) {
        open_one();
    } else {
        take_now(MAIN_LOOP, 24);
    }
    if (argument(SHAPE) < ALONE) {
        take_now(HANDLER, 8);
    }
}

static void shape_others(void)
{
    switch (argument(SHAPE)) {
    case TAIL:
        fill_up(16);
        break;
    case FULL:
        fill_up(0);
        break;
    case BEHIND:
        fill_up(16);
        fill_another();
        break;
    case CROWDED:
        fill_up(0);
        fill_another();
        fill_another();
        break;
    case ABOVE:
    case SPANNED:
        take_above();
        break;
    default:
        break;
    }
}

static void shape_it(void)
{
    if (argument(SHAPE) == KEPT) {
        keep_two();
    } else {
        shape_first_chunk();
        shape_others();
    }
}

static void prepare_span(void)
{
    const size_t which = argument(ELSE);
    if (which >= UNUSED && argument(SHAPE) != SPANNED) {
        open_one();
    }
    if (which == CLOSED) {
        REQUIRE(reel_span_close(&span) == REEL_OK);
    } else if (which == STALE) {
        REQUIRE(reel_rewindable_rewind(&rewindable) == REEL_OK);
        now.count = 0;
        take_now(HANDLER, 8);
    }
}

// The thread that was in the gate leaves it; its block is noted after the trial.
static void work_in_gate(void)
{
    rewindable.gate.value = 0;
    if (argument(ELSE) == GATE_WORK && now.others == NULL) {
        now.others = reel_rewindable_alloc(&rewindable, OTHERS, 1);
    }
}

static void set_up(void)
{
    static const reel_allocator_ops ops = { .allocate = take_chunk,
                                            .free = take_back };
    const reel_allocator backing = { &ops, NULL };
    const reel_rewindable_config config = { INITIAL, LIMIT, GRANULE,
                                            argument(BLOCK_FREE) != 0 };
    now.count = now.refused = now.wins = now.claims = 0;
    now.taken_bytes = 0;
    now.most = SIZE;
    now.has_frees = false;
    interrupts_panics = 0;
    interrupts_yield = work_in_gate;
    now.others = NULL;
    span.end = 0;
    REQUIRE(reel_rewindable_init(&rewindable, backing, table, TABLE, &config)
            == REEL_OK);
}

static void prepare(const test_operation *operation)
{
    now.operation = operation;
    set_up();
    shape_it();
    prepare_span();
    rewindable.gate.value =
        argument(ELSE) == GATE_BUSY || argument(ELSE) == GATE_WORK;
    if (argument(ELSE) == NO_GROWN || argument(ELSE) == NO_CHUNK) {
        now.most =
            now.taken_bytes + (argument(ELSE) == NO_GROWN ? INITIAL + 32 : 0);
    }
    if (operation->operate == release && argument(BLOCK_FREE) != 0) {
        let_go(&now.pieces[0]);
        now.claims = 1;
    }
}

// ---- and after -------------------------------------------------------------

// The table and the backing only run out, and without frees so does the room.
static void check_refusal(size_t size)
{
    const bool could_grow = rewindable.count.value < TABLE
                            && size <= now.most - now.taken_bytes
                            && now.most - now.taken_bytes > INITIAL;
    REQUIRE(!could_grow);
    REQUIRE(now.has_frees || !is_room_for(size));
    now.refused++;
}

static void check_taken(void)
{
    const size_t align = argument(ALIGN);
    const size_t mask = (align > 0 ? align : REEL_ALIGN_DEFAULT) - 1;
    if ((align & mask) != 0) {
        REQUIRE(now.taken == NULL && interrupts_panics == 1);
    } else if (now.taken == NULL) {
        check_refusal(argument(ASKED));
    } else {
        REQUIRE(((uintptr_t)now.taken & mask) == 0);
        keep(MAIN_LOOP, now.taken, argument(ASKED));
    }
}

static void check_opened(void)
{
    if (now.operation->operate == open_null) {
        REQUIRE(now.status == REEL_INVALID);
    } else if (now.status == REEL_OK) {
        keep(MAIN_LOOP, (unsigned char *)span.start, span.end - span.start);
    } else {
        REQUIRE(now.status == REEL_NO_MEMORY);
        check_refusal(argument(ASKED));
    }
}

static void check_result(void)
{
    void (*const operate)(void) = now.operation->operate;
    if (operate == take) {
        check_taken();
    } else if (operate == open_span || operate == open_null) {
        check_opened();
    } else if (now.claims > 0) {
        note_dispute(now.status);
    } else {
        REQUIRE(now.status == (reel_status)argument(ASKED));
    }
    REQUIRE(now.wins == now.claims);
}

static size_t count_kept(const reel_rewindable_chunk *chunk)
{
    size_t count = 0;
    for (size_t i = 0; i < now.count; i++) {
        const piece *const each = &now.pieces[i];
        const size_t offset = (uintptr_t)each->start - chunk->base;
        if (each->owner != NOBODY && offset < chunk->size) {
            const size_t end = offset + each->size;
            REQUIRE(end <= (chunk->used.value >> 16) * GRANULE);
            count++;
        }
    }
    return count;
}

static size_t bytes_kept(void)
{
    size_t bytes = 0;
    for (size_t i = 0; i < now.count; i++) {
        const bool is_kept = now.pieces[i].owner != NOBODY;
        bytes +=
            is_kept ? (now.pieces[i].size + GRANULE - 1) & ~(GRANULE - 1) : 0;
    }
    return bytes;
}

// Spans that stay have no owner: as much as is still in them.
static void check_counts(size_t spans, size_t span_bytes)
{
    const reel_stats stats = reel_rewindable_stats(&rewindable);
    size_t live = 0, kept = 0;
    for (size_t i = 0; i < rewindable.count.value; i++) {
        live += table[i].used.value & 0xFFFF;
        kept += count_kept(&table[i]);
    }
    REQUIRE(live == kept + spans);
    REQUIRE(stats.used >= bytes_kept() + span_bytes);
    REQUIRE(now.has_frees || argument(BLOCK_FREE) != 0 || argument(ALIGN) > 8
            || argument(ELSE) >= UNUSED
            || stats.used == bytes_kept() + span_bytes);
    REQUIRE(stats.failures <= now.refused);
    REQUIRE(stats.failures > 0 || now.refused == 0);
}

static void check_pieces(void)
{
    for (size_t i = 0; i < now.count; i++) {
        REQUIRE(now.pieces[i].owner == NOBODY || is_stamped(&now.pieces[i]));
    }
}

// Whatever is out can be freed, once; and then the chunks are empty.
static void free_everything(void)
{
    for (size_t i = 0; i < now.count; i++) {
        if (now.pieces[i].owner != NOBODY) {
            give(&now.pieces[i]);
        }
    }
    REQUIRE(reel_rewindable_stats(&rewindable).used == 0);
}

static void check(const test_operation *operation)
{
    (void)operation;
    const bool stays = argument(BLOCK_FREE) == 0
                       && (argument(ELSE) == USED || argument(ELSE) == BLOCKED);
    if (now.others != NULL) {
        keep(MAIN_LOOP, now.others, OTHERS);
    }
    check_result();
    check_pieces();
    REQUIRE(reel_rewindable_is_valid(&rewindable));
    check_counts(stays, stays ? GRANULE : 0);
    if (argument(BLOCK_FREE) != 0) {
        free_everything();
    }
}

const test_family rewindables_families[] = {
    { takes, actions, prepare, check },
    { growing, few_actions, prepare, check },
    { frees, actions, prepare, check },
    { frees, disputes, prepare, check },
    { refused_frees, few_actions, prepare, check },
    { opens, few_actions, prepare, check },
    { closes, few_actions, prepare, check },
    { retried_takes, takes_first, prepare, check },
    { retried_take, frees_first, prepare, check },
    { retried_closes, frees_first, prepare, check },
    { frees, frees_first, prepare, check },
    { 0 },
};
