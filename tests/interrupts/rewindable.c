// SPDX-License-Identifier: MIT
#include "rewindable.h"

#include "reel/port.h"

#define BITS_WORDS 16u // that the backing of start bits has

reel_rewindable rewindable;
reel_span span;
static reel_rewindable_chunk table[TABLE];
static _Alignas(32) unsigned char memory[SIZE];
static reel_word bits[BITS_WORDS];
static size_t taken_bytes, most_bytes, taken_bits; // of the backings
static bool has_frees;                             // by the handler
static void *others; // what the thread in the gate took

// ---- the backing -----------------------------------------------------------

static void *take_chunk(void *self, size_t size, size_t align)
{
    const size_t start = (taken_bytes + align - 1) & ~(align - 1);
    (void)self;
    REQUIRE(!reel_port_in_interrupt());
    const bool fits = start <= most_bytes && size <= most_bytes - start;
    taken_bytes = fits ? start + size : taken_bytes;
    return fits ? &memory[start] : NULL;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    return REEL_OK;
}

static void *take_bits(void *self, size_t size, size_t align)
{
    const size_t words = size / sizeof(reel_word);
    (void)self, (void)align;
    REQUIRE(!reel_port_in_interrupt());
    if (argument(ELSE) == NO_BITS && taken_bits > 0) {
        return NULL;
    }
    REQUIRE(words <= BITS_WORDS - taken_bits);
    taken_bits += words;
    return &bits[taken_bits - words];
}

// ---- what every context does -----------------------------------------------

// A span is freed by its closing alone.
static void give(piece *kept)
{
    const bool is_span = span.end != 0 && (uintptr_t)kept->start == span.start;
    pieces_let_go(kept);
    REQUIRE((is_span
                 ? reel_span_close(&span)
                 : reel_rewindable_free(&rewindable, kept->start, kept->size))
            == REEL_OK);
}

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

// ---- the handler -----------------------------------------------------------

// No context gets in between here, so it is known what must come.
static void handler_takes(size_t size)
{
    const bool fits = is_room_for(size);
    void *const start = reel_rewindable_alloc(&rewindable, size, 1);
    REQUIRE((start != NULL) == fits);
    pieces_keep(HANDLER, start, size);
}

static void handler_gives(piece *kept)
{
    has_frees = true;
    if (rewindable.frees_blocks) {
        give(kept);
    }
}

static void handler_frees(void)
{
    size_t i = 0;
    while (i < pieces_count && pieces[i].owner != HANDLER) {
        i++;
    }
    if (i < pieces_count) {
        handler_gives(&pieces[i]);
    }
}

static void take_some(void)
{
    handler_takes(16);
}

static void take_and_free(void)
{
    handler_takes(8);
    if (pieces_count > 0 && pieces[pieces_count - 1].owner == HANDLER) {
        handler_gives(&pieces[pieces_count - 1]);
    }
}

static void free_and_take(void)
{
    handler_frees();
    handler_takes(8);
}

const test_action rewindable_actions[] = {
    { "the handler takes some", take_some, NULL },
    { "the handler frees another", handler_frees, NULL },
    { "the handler takes one and frees it", take_and_free, NULL },
    { 0 },
};

const test_action rewindable_few_actions[] = {
    { "the handler takes some", take_some, NULL },
    { "the handler frees one and takes another", free_and_take, NULL },
    { 0 },
};

const test_action rewindable_takes_first[] = {
    { "the handler takes some, later frees one", take_some, handler_frees },
    { 0 },
};

const test_action rewindable_frees_first[] = {
    { "the handler frees one, later takes some", handler_frees, take_some },
    { 0 },
};

// ---- before ----------------------------------------------------------------

static void take(unsigned who, size_t size)
{
    void *const start = reel_rewindable_alloc(&rewindable, size, 1);
    REQUIRE(start != NULL);
    pieces_keep(who, start, size);
}

// One block for what is left of the first chunk but for so many bytes.
static void fill_up(size_t left)
{
    take(MAIN_LOOP, room_in(&table[0]) - left);
}

// The second block of a new chunk moves the hint there.
static void fill_another(void)
{
    const size_t chunk = rewindable.count.value;
    take(HANDLER, 88);
    take(MAIN_LOOP, room_in(&table[chunk]));
}

static void rewind_all(void)
{
    REQUIRE(reel_rewindable_rewind(&rewindable) == REEL_OK);
    pieces_begin();
}

static void keep_two(void)
{
    take(HANDLER, INITIAL);
    take(HANDLER, 8);
    rewind_all();
}

// As what comes after the pieces that are there.
static void open_one(void)
{
    REQUIRE(reel_span_open(&span, &rewindable, SPAN) == REEL_OK);
    if (argument(ELSE) != UNUSED) {
        REQUIRE(reel_span_alloc(&span, 8, 1) != NULL);
    }
    if (argument(ELSE) == BLOCKED) {
        take(MAIN_LOOP, 8);
    }
}

// What stays over a rewind.
static void shape_what_was(void)
{
    if (argument(SHAPE) == KEPT || argument(SHAPE) == PASSED) {
        keep_two();
    } else if (argument(SHAPE) == REWOUND) {
        take(MAIN_LOOP, 24);
        rewind_all();
    }
}

static void shape_first_chunk(void)
{
    const size_t room = room_in(&table[0]);
    if (argument(SHAPE) == SPANNED) {
        open_one();
        fill_up(0);
    } else if (argument(SHAPE) == ABOVE || argument(SHAPE) == LADDER) {
        take(MAIN_LOOP, room);
    } else if (argument(SHAPE) == PASSED) {
        take(HANDLER, room);
    } else if (argument(SHAPE) != REWOUND) {
        take(MAIN_LOOP, 24);
    }
    if (argument(SHAPE) < KEPT || argument(SHAPE) == CROWDED) {
        take(HANDLER, 8);
    }
}

static void shape_others(void)
{
    switch (argument(SHAPE)) {
    case TAIL:
        fill_up(16);
        break;
    case FULL:
    case KEPT:
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
        take(HANDLER, 64);
        take(HANDLER, 8);
        break;
    case LADDER: // there is no room for more in the second one
        take(HANDLER, 120);
        take(HANDLER, 16);
        take(HANDLER, 16);
        break;
    }
}

static void prepare_span(void)
{
    const size_t which = argument(ELSE);
    if (which >= UNUSED && which < ENDED && argument(SHAPE) != SPANNED) {
        open_one();
    }
    if (which == ENDED) {
        reel_rewindable_allocator(&rewindable).ops->end(&rewindable);
    } else if (which == CLOSED) {
        REQUIRE(reel_span_close(&span) == REEL_OK);
    } else if (which == STALE) {
        rewind_all();
        take(HANDLER, 8);
    }
}

// The thread that was in the gate leaves it; its block is entered after the trial.
static void work_in_gate(void)
{
    rewindable.gate.value = 0;
    if (argument(ELSE) == GATE_WORK && others == NULL) {
        others = reel_rewindable_alloc(&rewindable, OTHERS, 1);
    }
}

static void set_up(void)
{
    static const reel_allocator_ops ops = { .allocate = take_chunk,
                                            .free = take_back };
    static const reel_allocator_ops bits_ops = { .allocate = take_bits,
                                                 .free = take_back };
    const reel_allocator backing = { &ops, NULL };
    const reel_rewindable_config config = { INITIAL, LIMIT, GRANULE,
                                            argument(FREES) != IN_BULK };
    const reel_rewindable_placement placement = { { &bits_ops, NULL } };
    pieces_begin();
    taken_bytes = taken_bits = 0;
    most_bytes = SIZE;
    has_frees = false;
    interrupts_panics = 0;
    interrupts_yield = work_in_gate;
    others = NULL;
    span.end = 0;
    REQUIRE(reel_rewindable_init_placed(
                &rewindable, backing, table, TABLE, &config,
                argument(FREES) == BITS_APART ? &placement : NULL)
            == REEL_OK);
}

void rewindable_prepare(void)
{
    const size_t which = argument(ELSE);
    set_up();
    shape_what_was();
    shape_first_chunk();
    shape_others();
    prepare_span();
    rewindable.gate.value = which == GATE_BUSY || which == GATE_WORK;
    if (which == NO_GROWN || which == NO_CHUNK) {
        most_bytes = taken_bytes + (which == NO_GROWN ? INITIAL + 32 : 0);
    }
}

// ---- and after -------------------------------------------------------------

// The table and the backings only run out, and without frees so does the room.
void rewindable_check_refusal(void)
{
    const size_t size = argument(ASKED);
    const bool could_grow =
        rewindable.count.value < TABLE && size <= most_bytes - taken_bytes
        && most_bytes - taken_bytes > INITIAL && argument(ELSE) != NO_BITS
        && argument(IN_HANDLER) == 0;
    REQUIRE(!could_grow);
    REQUIRE(has_frees || !is_room_for(size));
    pieces_refused++;
}

static size_t count_kept(const reel_rewindable_chunk *chunk)
{
    size_t count = 0;
    for (size_t i = 0; i < pieces_count; i++) {
        const piece *const each = &pieces[i];
        const size_t offset = (uintptr_t)each->start - chunk->base;
        if (each->owner != NO_OWNER && offset < chunk->granules * GRANULE) {
            REQUIRE(offset + each->size <= (chunk->used.value >> 16) * GRANULE);
            count++;
        }
    }
    return count;
}

static size_t bytes_kept(void)
{
    size_t bytes = 0;
    for (size_t i = 0; i < pieces_count; i++) {
        if (pieces[i].owner != NO_OWNER) {
            bytes += (pieces[i].size + GRANULE - 1) & ~(GRANULE - 1);
        }
    }
    return bytes;
}

// Of spans that stay, what was taken out of them is still used.
static void check_counts(size_t spans)
{
    const reel_stats stats = reel_rewindable_stats(&rewindable);
    const size_t used = bytes_kept() + spans * GRANULE;
    size_t live = 0, kept = 0;
    for (size_t i = 0; i < rewindable.count.value; i++) {
        live += table[i].used.value & 0xFFFF;
        kept += count_kept(&table[i]);
    }
    REQUIRE(live == kept + spans);
    REQUIRE(stats.used >= used);
    REQUIRE(has_frees || argument(FREES) != IN_BULK || argument(ALIGN) > 8
            || argument(ELSE) >= UNUSED || stats.used == used);
    REQUIRE(stats.failures <= pieces_refused);
    REQUIRE(stats.failures > 0 || pieces_refused == 0);
}

// Whatever is out can be freed, once; and then the chunks are empty.
static void free_everything(void)
{
    for (size_t i = 0; i < pieces_count; i++) {
        if (pieces[i].owner != NO_OWNER) {
            give(&pieces[i]);
        }
    }
    REQUIRE(reel_rewindable_stats(&rewindable).used == 0);
}

void rewindable_check(size_t spans)
{
    if (others != NULL) {
        pieces_keep(MAIN_LOOP, others, OTHERS);
    }
    pieces_check();
    REQUIRE(reel_rewindable_is_valid(&rewindable));
    check_counts(spans);
    if (argument(FREES) != IN_BULK) {
        free_everything();
    }
}
