// SPDX-License-Identifier: MIT
// Reports: what was refused, and from where it was asked for.

#include "report/report.h"

#include "test.h"

#define MOST_REPORTS 3

static reel_incident reports[MOST_REPORTS];
static size_t count; // of those since it was set to 0

#if REEL_CALLERS

static void keep(const reel_incident *report)
{
    if (count < MOST_REPORTS) {
        reports[count] = *report;
    }
    count++;
}

void reel_refused(const reel_incident *report)
{
    reel_report_keep(report);
    keep(report);
}

void reel_accused(const reel_incident *report)
{
    keep(report);
    reel_panic(report->why, report->file, report->line);
}

#endif

// Where it was called from.
__attribute__((__noinline__)) static uintptr_t here(void)
{
    __asm__ volatile("" ::: "memory");
    return (uintptr_t)__builtin_return_address(0);
}

// Make a call, which has to fail, and note between which addresses it stands. A variable
// keeps compilers from moving the calls.
static uintptr_t before, behind;
#define FAILS(call)             \
    do {                        \
        count = 0;              \
        before = here();        \
        const bool done = call; \
        behind = here();        \
        EXPECT(!done);          \
    } while (0)

// A compiler may put a part of what it inlined at the end of the function, which KASAN
// makes long.
#define LONGEST 4096

static bool is_from_there(const reel_incident *report)
{
    const uintptr_t at = (uintptr_t)report->caller;
    return before < at && at < behind + LONGEST;
}

// The number of the report that names the object; it names the place of the call, too.
static const reel_incident *told_of(const void *object, reel_kind kind)
{
    static const reel_incident none;
    for (size_t i = 0; i < count && i < MOST_REPORTS; i++) {
        if (reports[i].object == object) {
            EXPECT_EQUAL(reports[i].kind, kind);
            EXPECT(is_from_there(&reports[i]));
            return &reports[i];
        }
    }
    EXPECT(false);
    return &none;
}

static void expect_refusal(const void *object, reel_kind kind, reel_status why,
                           size_t size, size_t align, size_t available)
{
    const reel_incident *const report = told_of(object, kind);
    EXPECT_EQUAL(report->why, why);
    EXPECT_EQUAL(report->size, size);
    EXPECT_EQUAL(report->align, align);
    EXPECT_EQUAL(report->available, available);
    EXPECT(report->file == NULL && report->line == 0);
}

static void expect_breach(const void *object, reel_kind kind, reel_status why)
{
    const reel_incident *const report = told_of(object, kind);
    EXPECT_EQUAL(count, 1);
    EXPECT_EQUAL(report->why, why);
    EXPECT_EQUAL(report->size, 0);
    EXPECT_EQUAL(report->align, 0);
    EXPECT_EQUAL(report->available, 0);
    EXPECT(report->backing == NULL);
    EXPECT(report->file != NULL && report->line > 0);
    EXPECT(test_panicked(why));
}

static bool skips(void)
{
    if (REEL_CALLERS == 0) {
        tap_skip("this build makes no reports");
    }
    return REEL_CALLERS == 0;
}

static bool is_ok(reel_status status)
{
    return status == REEL_OK;
}

// ---- arenas ------------------------------------------------------------------

static reel_arena arena;

static void fresh_arena(void)
{
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(64), 64), REEL_OK);
}

static void an_arena_says_what_it_refused_and_to_whom(void)
{
    if (skips()) {
        return;
    }
    fresh_arena();
    void *const block = reel_arena_alloc(&arena, 10, 1);
    FAILS(reel_arena_alloc(&arena, 60, 2) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 60, 2, 54);
    FAILS(reel_arena_alloc_zeroed(&arena, 61, 4) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 61, 4, 54);
    FAILS(reel_arena_alloc_shared(&arena, 62, 1) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 62, 1, 54);
    FAILS(reel_arena_realloc(&arena, NULL, 0, 63, 1) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 63, 1, 54);
    FAILS(reel_arena_realloc(&arena, block, 10, 65, 1) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 65, 1, 54);
    FAILS(reel_arena_alloc_ahead(&arena, 66, 1, 0) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 66, 1, 54);
    FAILS(REEL_NEW_ARRAY(&arena, char, 67) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 67, 1, 54);
}

static void the_interface_says_who_called_it(void)
{
    if (skips()) {
        return;
    }
    fresh_arena();
    const reel_allocator a = reel_arena_allocator(&arena);
    FAILS(reel_allocate(a, 65, 1) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 65, 1, 64);
    FAILS(reel_reallocate(a, NULL, 0, 66, 1) != NULL);
    expect_refusal(&arena, REEL_KIND_ARENA, REEL_NO_MEMORY, 66, 1, 64);
}

static void a_broken_contract_names_the_call(void)
{
    unsigned char other[4];
    if (skips()) {
        return;
    }
    fresh_arena();
    FAILS(reel_arena_alloc(&arena, 1, 3) != NULL);
    expect_breach(&arena, REEL_KIND_ARENA, REEL_INVALID);
    FAILS(reel_arena_alloc_shared(&arena, 1, 3) != NULL);
    expect_breach(&arena, REEL_KIND_ARENA, REEL_INVALID);
    FAILS(reel_arena_resize(&arena, other, 4, 2));
    expect_breach(&arena, REEL_KIND_ARENA, REEL_FOREIGN);
    FAILS(reel_arena_realloc(&arena, other, 4, 2, 1) != NULL);
    expect_breach(&arena, REEL_KIND_ARENA, REEL_FOREIGN);
    FAILS(reel_arena_offset(&arena, other) != SIZE_MAX);
    expect_breach(&arena, REEL_KIND_ARENA, REEL_FOREIGN);
    FAILS(reel_arena_at(&arena, 0) != NULL);
    expect_breach(&arena, REEL_KIND_ARENA, REEL_INVALID);
}

static void what_succeeds_is_not_reported(void)
{
    fresh_arena();
    count = 0;
    void *const block = reel_arena_alloc(&arena, 64, 1);
    EXPECT(block != NULL);
    EXPECT(reel_arena_resize(&arena, block, 64, 1));
    EXPECT(!reel_arena_resize(&arena, block, 1, 65)); // says so itself
    EXPECT_EQUAL(count, 0);
}

// ---- temps -------------------------------------------------------------------

static reel_temp temp;
static size_t pages_left;

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr;
    if (size / 64 > pages_left) {
        return false;
    }
    pages_left -= size / 64;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

static void fresh_temp(void)
{
    static const reel_pages pages = { 64, NULL, commit, decommit };
    pages_left = 2;
    EXPECT_EQUAL(reel_temp_init(&temp, test_memory(512), 512, &pages, NULL),
                 REEL_OK);
}

static bool temp_takes(size_t size)
{
    return reel_temp_alloc(&temp, size, 1) != NULL;
}

static void ask_in_a_handler(void)
{
    FAILS(reel_temp_alloc(&temp, 200, 1) != NULL);
}

static void a_temp_says_whether_room_a_page_or_a_thread_was_missing(void)
{
    if (skips()) {
        return;
    }
    fresh_temp();
    EXPECT(temp_takes(12));
    FAILS(reel_temp_alloc(&temp, 501, 1) != NULL);
    expect_refusal(&temp, REEL_KIND_TEMP, REEL_NO_MEMORY, 501, 1, 500);
    FAILS(reel_temp_alloc(&temp, 200, 2) != NULL);
    expect_refusal(&temp, REEL_KIND_TEMP, REEL_PORT_FAILED, 200, 2, 500);
    FAILS(reel_temp_alloc_shared(&temp, 201, 2) != NULL);
    expect_refusal(&temp, REEL_KIND_TEMP, REEL_PORT_FAILED, 201, 2, 500);
    FAILS(reel_temp_alloc_zeroed(&temp, 202, 2) != NULL);
    expect_refusal(&temp, REEL_KIND_TEMP, REEL_PORT_FAILED, 202, 2, 500);
    FAILS(reel_temp_realloc(&temp, NULL, 0, 203, 2) != NULL);
    expect_refusal(&temp, REEL_KIND_TEMP, REEL_PORT_FAILED, 203, 2, 500);
    FAILS(reel_allocate(reel_temp_allocator(&temp), 204, 2) != NULL);
    expect_refusal(&temp, REEL_KIND_TEMP, REEL_PORT_FAILED, 204, 2, 500);
    test_interrupt(ask_in_a_handler);
    expect_refusal(&temp, REEL_KIND_TEMP, REEL_BUSY, 200, 1, 500);
    FAILS(reel_temp_resize(&temp, reports, 1, 1));
    expect_breach(&temp, REEL_KIND_TEMP, REEL_FOREIGN);
    FAILS(reel_temp_alloc(&temp, 1, 6) != NULL);
    expect_breach(&temp, REEL_KIND_TEMP, REEL_INVALID);
}

// ---- blocks and heaps --------------------------------------------------------

static void blocks_and_their_caches_say_who_asked(void)
{
    static reel_blocks blocks;
    static reel_blocks_cache cache;
    static void *slots[2];
    if (skips()) {
        return;
    }
    const size_t size = REEL_BLOCKS_SIZE(32, 2);
    EXPECT_EQUAL(reel_blocks_init(&blocks, test_memory(size), size, 32, 2),
                 REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 2), REEL_OK);
    while (reel_blocks_alloc(&blocks) != NULL) {
    }
    FAILS(reel_blocks_alloc(&blocks) != NULL);
    expect_refusal(&blocks, REEL_KIND_BLOCKS, REEL_NO_MEMORY, 32, 0, 0);
    FAILS(reel_blocks_cache_alloc(&cache) != NULL);
    expect_refusal(&blocks, REEL_KIND_BLOCKS, REEL_NO_MEMORY, 32, 0, 0);
    FAILS(reel_allocate(reel_blocks_allocator(&blocks), 9, 1) != NULL);
    expect_refusal(&blocks, REEL_KIND_BLOCKS, REEL_NO_MEMORY, 32, 0, 0);
    FAILS(reel_blocks_index(&blocks, reports) != SIZE_MAX);
    expect_breach(&blocks, REEL_KIND_BLOCKS, REEL_FOREIGN);
}

static void a_heap_says_the_largest_piece_that_is_left(void)
{
    static reel_heap heap;
    static reel_heap_cache cache;
    static reel_heap_slot slots[2];
    if (skips()) {
        return;
    }
    const size_t size = REEL_HEAP_SIZE(512);
    EXPECT_EQUAL(reel_heap_init(&heap, test_memory(size), size), REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, slots, 2), REEL_OK);
    void *const block = reel_heap_alloc(&heap, 100, 0);
    EXPECT(reel_heap_alloc(&heap, 1, 0) != NULL); // above: it cannot grow
    const size_t left = reel_heap_largest_free(&heap);
    FAILS(reel_heap_alloc(&heap, 600, 8) != NULL);
    expect_refusal(&heap, REEL_KIND_HEAP, REEL_NO_MEMORY, 600, 8, left);
    FAILS(reel_heap_alloc(&heap, left, 512) != NULL);
    expect_refusal(&heap, REEL_KIND_HEAP, REEL_NO_MEMORY, left, 512, left);
    FAILS(reel_heap_realloc(&heap, block, 601, 8) != NULL);
    expect_refusal(&heap, REEL_KIND_HEAP, REEL_NO_MEMORY, 601, 8, left);
    FAILS(reel_heap_realloc(&heap, block, left + 1, 8) != NULL);
    expect_refusal(&heap, REEL_KIND_HEAP, REEL_NO_MEMORY, left + 1, 8, left);
    FAILS(reel_heap_cache_alloc(&cache, 602, 8) != NULL);
    expect_refusal(&heap, REEL_KIND_HEAP, REEL_NO_MEMORY, 602, 8, left);
    FAILS(reel_heap_usable_size(&heap, reports) != 0);
    expect_breach(&heap, REEL_KIND_HEAP, REEL_FOREIGN);
    FAILS(reel_heap_realloc(&heap, block, 1, 3) != NULL);
    expect_breach(&heap, REEL_KIND_HEAP, REEL_INVALID);
}

static void what_a_cache_has_aside_is_tried_before_anybody_is_told(void)
{
    static reel_heap heap;
    static reel_heap_cache cache;
    static reel_heap_slot slots[8];
    const size_t size = REEL_HEAP_SIZE(128);
    EXPECT_EQUAL(reel_heap_init(&heap, test_memory(size), size), REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, slots, 8), REEL_OK);
    void *const block = reel_heap_cache_alloc(&cache, REEL_HEAP_GRANULE, 0);
    EXPECT_EQUAL(reel_heap_cache_free(&cache, block), REEL_OK);
    count = 0;
    EXPECT(reel_heap_cache_alloc(&cache, 128, 0) != NULL);
    EXPECT_EQUAL(count, 0);
}

// ---- what stands on a backing ------------------------------------------------

static void a_starved_region_names_its_pool_and_that_its_backing(void)
{
    static reel_pool pool;
    static reel_pool_chunk chunks[4];
    static reel_region region;
    if (skips()) {
        return;
    }
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(512), 512), REEL_OK);
    EXPECT_EQUAL(reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 4,
                                128, 128),
                 REEL_OK);
    EXPECT_EQUAL(reel_region_open(&region, &pool), REEL_OK);
    while (reel_arena_alloc(&arena, 32, 1) != NULL) {
    }
    EXPECT(reel_region_alloc(&region, 100, 1) != NULL);
    FAILS(reel_region_alloc(&region, 100, 1) != NULL);
    EXPECT_EQUAL(count, 3); // the arena's is first, and came from the pool
    EXPECT(reports[0].object == &arena && !is_from_there(&reports[0]));
    expect_refusal(&pool, REEL_KIND_POOL, REEL_NO_MEMORY, 128, 0, 0);
    EXPECT(reports[1].backing == &arena);
    expect_refusal(&region, REEL_KIND_REGION, REEL_NO_MEMORY, 100, 1, 28);
    EXPECT(reports[2].backing == &pool);
    FAILS(reel_pool_claim(&pool) != NULL);
    expect_refusal(&pool, REEL_KIND_POOL, REEL_NO_MEMORY, 128, 0, 0);
    FAILS(reel_region_realloc(&region, NULL, 0, 101, 2) != NULL);
    expect_refusal(&region, REEL_KIND_REGION, REEL_NO_MEMORY, 101, 2, 28);
    FAILS(reel_region_alloc(&region, 1000, 1) != NULL); // a large object
    expect_refusal(&region, REEL_KIND_REGION, REEL_NO_MEMORY, 1000, 1, 28);
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    FAILS(reel_region_alloc(&region, 1, 1) != NULL);
    expect_breach(&region, REEL_KIND_REGION, REEL_CLOSED);
}

static void a_region_that_cannot_be_opened_names_the_pool(void)
{
    static reel_pool pool;
    static reel_pool_chunk chunks[2];
    static reel_region region;
    if (skips()) {
        return;
    }
    EXPECT_EQUAL(
        reel_pool_init(&pool, reel_allocator_null(), chunks, 2, 128, 128),
        REEL_OK);
    FAILS(is_ok(reel_region_open(&region, &pool)));
    expect_refusal(&pool, REEL_KIND_POOL, REEL_NO_MEMORY, 128, 0, 0);
    EXPECT_EQUAL(count, 1);
}

static void a_rewindable_says_whether_backing_table_or_thread_was_missing(void)
{
    static reel_rewindable rewindable;
    static reel_rewindable_chunk table[2];
    static const reel_rewindable_config config = { 128, 64, 8, false };
    if (skips()) {
        return;
    }
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(512), 512), REEL_OK);
    const reel_allocator backing = reel_arena_allocator(&arena);
    EXPECT_EQUAL(reel_rewindable_init(&rewindable, backing, table, 2, &config),
                 REEL_OK);
    EXPECT(reel_rewindable_alloc(&rewindable, 120, 8) != NULL);
    FAILS(reel_rewindable_alloc(&rewindable, 600, 2) != NULL);
    const reel_incident *const report =
        told_of(&rewindable, REEL_KIND_REWINDABLE);
    expect_refusal(&rewindable, REEL_KIND_REWINDABLE, REEL_NO_MEMORY, 600, 2,
                   8);
    EXPECT(report->backing == &arena);
    EXPECT(reports[0].object == &arena);
    EXPECT(reel_rewindable_alloc(&rewindable, 64, 8) != NULL);
    FAILS(reel_allocate(reel_rewindable_allocator(&rewindable), 300, 2)
          != NULL);
    expect_refusal(&rewindable, REEL_KIND_REWINDABLE, REEL_FULL, 300, 2,
                   reel_rewindable_stats(&rewindable).used == 0
                       ? 0
                       : reports[0].available);
    EXPECT(reports[0].backing == NULL);
    FAILS(reel_rewindable_alloc(&rewindable, 1, 3) != NULL);
    expect_breach(&rewindable, REEL_KIND_REWINDABLE, REEL_INVALID);
}

static void a_span_says_that_it_is_full_closed_or_stale(void)
{
    static reel_rewindable rewindable;
    static reel_rewindable_chunk table[2];
    static reel_span span;
    static const reel_rewindable_config config = { 256, 64, 8, false };
    if (skips()) {
        return;
    }
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(512), 512), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(&rewindable, reel_arena_allocator(&arena),
                                      table, 1, &config),
                 REEL_OK);
    FAILS(is_ok(reel_span_open(&span, &rewindable, 1000)));
    expect_refusal(&rewindable, REEL_KIND_REWINDABLE, REEL_FULL, 1000, 0, 256);
    EXPECT_EQUAL(reel_span_open(&span, &rewindable, 64), REEL_OK);
    FAILS(reel_span_alloc(&span, 65, 1) != NULL);
    expect_refusal(&span, REEL_KIND_SPAN, REEL_NO_MEMORY, 65, 1, 64);
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_OK);
    FAILS(reel_span_alloc(&span, 1, 1) != NULL);
    EXPECT_EQUAL(told_of(&span, REEL_KIND_SPAN)->why, REEL_STALE);
    EXPECT_EQUAL(reel_span_close(&span), REEL_STALE);
    FAILS(reel_span_alloc(&span, 1, 1) != NULL);
    expect_refusal(&span, REEL_KIND_SPAN, REEL_CLOSED, 1, 1, 0);
    FAILS(reel_span_alloc(&span, 1, 3) != NULL);
    expect_breach(&span, REEL_KIND_SPAN, REEL_INVALID);
}

// ---- what an application does with them --------------------------------------

static void the_last_refusal_is_kept(void)
{
    reel_incident last;
    const reel_incident one = { REEL_FULL, REEL_KIND_POOL, &arena, &temp, 1, 2,
                                3,         &last,          NULL,   0 };
    reel_report_keep(&one);
    EXPECT(reel_last_refused(&last));
    EXPECT(last.why == REEL_FULL && last.kind == REEL_KIND_POOL);
    EXPECT(last.object == &arena && last.caller == &temp);
    EXPECT(last.size == 1 && last.align == 2 && last.available == 3);
    EXPECT(last.backing == &last && last.file == NULL && last.line == 0);
    if (skips()) {
        return;
    }
    fresh_arena();
    EXPECT(reel_arena_alloc(&arena, 65, 1) == NULL);
    EXPECT(reel_last_refused(&last));
    EXPECT(last.object == &arena && last.size == 65 && last.available == 64);
    EXPECT(reel_arena_alloc(&arena, 1, 3) == NULL); // no refusal
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(reel_last_refused(&last) && last.size == 65);
}

static void the_newest_name_of_an_object_counts(void)
{
    static reel_named first, other, second;
    static int object, none;
    EXPECT_EQUAL(reel_set_name(NULL, &object, "x"), REEL_INVALID);
    EXPECT_EQUAL(reel_set_name(&first, NULL, "x"), REEL_INVALID);
    EXPECT_EQUAL(reel_set_name(&first, &object, NULL), REEL_INVALID);
    EXPECT(reel_name_of(&object) == NULL);
    EXPECT_EQUAL(reel_set_name(&first, &object, "one"), REEL_OK);
    EXPECT_EQUAL(reel_set_name(&other, &arena, "frames"), REEL_OK);
    EXPECT(reel_name_of(&object) == first.name);
    EXPECT_EQUAL(reel_set_name(&second, &object, "two"), REEL_OK);
    EXPECT(reel_name_of(&object) == second.name);
    EXPECT(reel_name_of(&none) == NULL);
}

static bool is_same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

// What is written, with addresses left out.
static char text[160];
static size_t length;
static bool is_address; // the next piece

static void write(void *context, const char *piece)
{
    EXPECT(context == text);
    if (is_address) {
        is_address = false;
        return;
    }
    if (piece[0] != '\0' && is_same(piece, "0x")) {
        piece = "@";
        is_address = true;
    }
    for (; *piece != '\0' && length < sizeof text - 1; piece++) {
        text[length++] = *piece;
    }
    text[length] = '\0';
}

static void expect_text(const reel_incident *report, const char *wanted)
{
    length = 0;
    reel_report_write(report, write, text);
    EXPECT(is_same(text, wanted));
    if (!is_same(text, wanted)) {
        test_write("# ");
        test_write(text);
    }
}

static void a_report_is_a_line_of_text(void)
{
    static reel_named name;
    static int object, backing;
    EXPECT_EQUAL(reel_set_name(&name, &backing, "RAM"), REEL_OK);
    reel_incident report = { REEL_NO_MEMORY,
                             REEL_KIND_ARENA,
                             &object,
                             &object,
                             60,
                             8,
                             54,
                             NULL,
                             NULL,
                             0 };
    expect_text(&report, "refused: arena at @, 60 bytes aligned to 8, 54 left: "
                         "REEL_NO_MEMORY, called at @\n");
    report.size = 1;
    report.align = 0;
    report.available = 0;
    report.backing = &backing;
    report.caller = NULL;
    report.kind = REEL_KIND_BLOCKS;
    expect_text(&report, "refused: block pool at @, 1 byte, 0 left: "
                         "REEL_NO_MEMORY, after its backing \"RAM\" at @\n");
    report.backing = NULL;
    report.size = 0;
    report.object = &backing;
    report.file = "a.c";
    report.line = 1024;
    report.why = REEL_FOREIGN;
    expect_text(&report, "broken contract: block pool \"RAM\" at @: "
                         "REEL_FOREIGN, found at a.c:1024\n");
    for (int kind = REEL_KIND_UNKNOWN; kind <= REEL_KIND_LOCK; kind++) {
        EXPECT(is_same(reel_kind_name((reel_kind)kind), "object")
               == (kind == REEL_KIND_UNKNOWN));
    }
}

const test_case report_tests[] = {
    TEST(the_last_refusal_is_kept),
    TEST(the_newest_name_of_an_object_counts),
    TEST(a_report_is_a_line_of_text),
    TEST(an_arena_says_what_it_refused_and_to_whom),
    TEST(the_interface_says_who_called_it),
    TEST(a_broken_contract_names_the_call),
    TEST(what_succeeds_is_not_reported),
    TEST(a_temp_says_whether_room_a_page_or_a_thread_was_missing),
    TEST(blocks_and_their_caches_say_who_asked),
    TEST(a_heap_says_the_largest_piece_that_is_left),
    TEST(what_a_cache_has_aside_is_tried_before_anybody_is_told),
    TEST(a_starved_region_names_its_pool_and_that_its_backing),
    TEST(a_region_that_cannot_be_opened_names_the_pool),
    TEST(a_rewindable_says_whether_backing_table_or_thread_was_missing),
    TEST(a_span_says_that_it_is_full_closed_or_stale),
    END_OF_TESTS
};
