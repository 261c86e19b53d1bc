// SPDX-License-Identifier: MIT
// reel.hpp: containers, objects and scopes, on hosts and on a board, with
// exceptions and without. TAP.

#include "cxx/reel.hpp"

#include <csetjmp>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

extern "C" {
#include "always.h"
#include "tap.h"
}

#include "board.hpp"

namespace
{

// ---- panics -----------------------------------------------------------------

std::jmp_buf after_panic;
bool leaves;
reel_status last_panic = REEL_OK;

bool panicked(reel_status why)
{
    const bool did = last_panic == why;
    last_panic = REEL_OK;
    return did || REEL_CHECKS == 0;
}

// Runs what has too little memory. True: it failed as this build says it does.
template <class Work> bool lacks_memory(Work work)
{
#if defined(__cpp_exceptions)
    try {
        work();
    } catch (const std::bad_alloc &) {
        return true;
    }
    return false;
#else
    leaves = true;
    if (setjmp(after_panic) == 0) {
        work();
        leaves = false;
        return false;
    }
    leaves = false;
    return panicked(REEL_NO_MEMORY);
#endif
}

// ---- containers -------------------------------------------------------------

constexpr int COUNT = 100;

// Everything that a container asks of memory: growth, nodes, tables, moves.
bool containers_work(std::pmr::memory_resource &memory)
{
    std::pmr::vector<int> numbers(&memory);
    std::pmr::map<int, std::pmr::string> names(&memory);
    std::pmr::list<int> queue(&memory);
    std::pmr::unordered_map<int, int> squares(&memory);
    for (int i = 0; i < COUNT; i++) {
        numbers.push_back(i);
        names.emplace(i, "a name that is too long to be kept inside");
        queue.push_back(i);
        squares.emplace(i, i * i);
        if (i % 3 == 0) {
            queue.pop_front();
            names.erase(i / 2);
        }
    }
    int sum = 0;
    for (const auto &[key, square] : squares) {
        sum += square - key * key;
    }
    std::pmr::vector<int> moved = std::move(numbers);
    return sum == 0 && moved.size() == COUNT && moved[COUNT - 1] == COUNT - 1
           && queue.back() == COUNT - 1 && names.begin()->second[0] == 'a'
           && names.get_allocator().resource() == &memory;
}

constexpr std::size_t BYTES = 65536;

REEL_ARENA_DEFINE(arena, BYTES);
REEL_HEAP_DEFINE(heap, BYTES / 2);
REEL_ALWAYS_DEFINE(plain, 256, SIZE_MAX);
REEL_TEMP_DEFINE(temp, BYTES, 256, plain, 256);

std::size_t heap_used()
{
    return reel_heap_stats(&heap).used;
}

void containers_that_end_together()
{
    reel::arena_resource of_arena(arena);
    EXPECT(containers_work(of_arena));
    reel_arena_reset(&arena);

    {
        reel::scope whole(temp);
        reel::temp_resource of_temp(temp);
        EXPECT(containers_work(of_temp));
    }
    EXPECT(reel_temp_used(&temp) == 0);

    reel_rewindable growing;
    reel_rewindable_chunk table[16];
    const reel_rewindable_config small = REEL_REWINDABLE_SMALL;
    EXPECT(reel_rewindable_init(&growing, reel_arena_allocator(&arena), table,
                                16, &small)
           == REEL_OK);
    reel::rewindable_resource of_rewindable(growing);
    EXPECT(containers_work(of_rewindable));
    EXPECT(reel_rewindable_dispose(&growing) == REEL_OK);
    reel_arena_reset(&arena);

    reel_pool pool;
    reel_pool_chunk chunks[1];
    EXPECT(reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 1, 1024,
                          BYTES - 2048)
           == REEL_OK);
    {
        reel::region_scope region(pool);
        EXPECT(bool(region));
        reel::region_resource of_region(region.get());
        EXPECT(containers_work(of_region));
        EXPECT(reel_pool_used_pages(&pool) > 0);
    }
    EXPECT(reel_pool_used_pages(&pool) == 0);
    reel_pool_dispose(&pool);
    reel_arena_reset(&arena);
    tap_result("containers work where memory ends at once", nullptr);
}

void containers_that_free()
{
    reel::heap_resource of_heap(heap);
    EXPECT(containers_work(of_heap));
    EXPECT(heap_used() == 0);

    reel::resource of_any(reel_heap_allocator(&heap));
    EXPECT(containers_work(of_any));
    EXPECT(heap_used() == 0);

    reel_heap_cache cache;
    reel_heap_slot slots[4];
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 4) == REEL_OK);
    reel::heap_cache_resource of_cache(cache);
    EXPECT(containers_work(of_cache));
    EXPECT(heap_used() > 0 && reel_heap_cache_flush(&cache) == REEL_OK);
    EXPECT(heap_used() == 0);
    tap_result("containers work where blocks are freed, and leave nothing",
               nullptr);
}

void resources_are_equal_if_they_are_one()
{
    reel::heap_resource one(heap), other(heap);
    reel::arena_resource third(arena);
    EXPECT(one == one);
    EXPECT(one != other);
    EXPECT(one != third);
    // Unequal resources: elements are moved one by one.
    std::pmr::vector<int> from({ 1, 2, 3 }, &one);
    std::pmr::vector<int> to(&other);
    to = std::move(from);
    EXPECT(to.size() == 3 && to[2] == 3);
    tap_result("resources are equal if they are one object", nullptr);
}

void too_little_memory_is_said()
{
    unsigned char few[512];
    reel_heap small;
    EXPECT(reel_heap_init(&small, few, sizeof few) == REEL_OK);
    reel::heap_resource memory(small);
    int *const numbers = static_cast<int *>(memory.allocate(64, 4));
    EXPECT(lacks_memory([&] { (void)memory.allocate(4096, 8); }));
    volatile std::size_t most = SIZE_MAX;
    EXPECT(lacks_memory([&] { (void)memory.allocate(most, 8); }));
    memory.deallocate(numbers, 64, 4);
    EXPECT(reel_heap_stats(&small).used == 0);
    EXPECT(reel_heap_is_valid(&small));
#if defined(__cpp_exceptions)
    {
        std::pmr::vector<int> kept(10, 7, &memory);
        EXPECT(lacks_memory([&] { kept.resize(1000); }));
        EXPECT(kept.size() == 10 && kept[9] == 7);
    }
    EXPECT(reel_heap_stats(&small).used == 0);
#endif
    tap_result("too little memory is said, and changes nothing", nullptr);
}

void what_is_not_the_owners_is_refused()
{
    reel::heap_resource memory(heap);
    int local = 0;
    memory.deallocate(&local, sizeof local, alignof(int));
    EXPECT(panicked(REEL_FOREIGN));
    void *const block = memory.allocate(100, 8);
    memory.deallocate(block, 1000, 8);
    EXPECT(panicked(REEL_INVALID));
    memory.deallocate(block, 100, 8);
    EXPECT(heap_used() == 0);
    tap_result("a resource refuses what is not its owner's", nullptr);
}

// ---- objects ----------------------------------------------------------------

struct point {
    int x, y;
};

struct alignas(64) line {
    char bytes[64];
};

int alive;

struct counted {
    int value;
    explicit counted(int v = 1) : value(v)
    {
        alive++;
    }
    counted(const counted &) = delete;
    ~counted()
    {
        alive--;
    }
};

void objects_are_made()
{
    reel::scope whole(arena);
    const point *const p = reel::make<point>(arena, 3, 4);
    const line *const l = reel::make<line>(arena);
    const int *const zeroes = reel::make_array<int>(arena, 50);
    EXPECT(p != nullptr && p->x == 3 && p->y == 4);
    EXPECT(l != nullptr && REEL_ADDRESS(l) % 64 == 0);
    int sum = 0;
    for (int i = 0; i < 50; i++) {
        sum |= zeroes[i];
    }
    EXPECT(sum == 0);
    EXPECT(reel::make_array<line>(arena, BYTES) == nullptr);
    EXPECT(reel::make_array<point>(arena, std::size_t(0) - 1) == nullptr);
    reel_allocator any = reel_heap_allocator(&heap);
    int *const one = reel::make<int>(any, 5);
    EXPECT(one != nullptr && *one == 5);
    reel::destroy(any, one);
    EXPECT(heap_used() == 0);
    tap_result("objects and arrays are made, or nullptr", nullptr);
}

void objects_end()
{
    counted *const one = reel::make<counted>(heap, 5);
    counted *const many = reel::make_array<counted>(heap, 10);
    EXPECT(alive == 11 && one->value == 5 && many[9].value == 1);
    reel::destroy(heap, one);
    reel::destroy_array(heap, many, 10);
    reel::destroy(heap, static_cast<counted *>(nullptr));
    EXPECT(alive == 0 && heap_used() == 0);
    {
        reel::scope whole(arena);
        const auto owned = reel::make_unique<counted>(heap, 7);
        const auto scoped = reel::make_unique<counted>(arena, 8);
        EXPECT(alive == 2 && owned->value + scoped->value == 15);
    }
    EXPECT(alive == 0 && heap_used() == 0 && reel_arena_used(&arena) == 0);
    tap_result("objects end where they should, and give back", nullptr);
}

#if defined(__cpp_exceptions)

struct refuses {
    static inline int countdown;
    refuses()
    {
        if (countdown-- == 0) {
            throw 1;
        }
        alive++;
    }
    ~refuses()
    {
        alive--;
    }
};
void a_constructor_that_throws_leaves_nothing()
{
    int caught = 0;
    try {
        refuses::countdown = 0;
        (void)reel::make<refuses>(heap);
    } catch (int) {
        caught++;
    }
    try {
        refuses::countdown = 5;
        (void)reel::make_array<refuses>(heap, 10);
    } catch (int) {
        caught++;
    }
    EXPECT(caught == 2 && alive == 0 && heap_used() == 0);
    tap_result("a constructor that throws leaves nothing", nullptr);
}

#endif

// ---- scopes -----------------------------------------------------------------

int sum_of_squares(int count)
{
    reel::scope mine(arena);
    auto *const squares =
        reel::make_array<int>(arena, static_cast<std::size_t>(count));
    if (squares == nullptr) {
        return -1; // ends the scope, too
    }
    int sum = 0;
    for (int i = 0; i < count; i++) {
        squares[i] = i * i;
        sum += squares[i];
    }
    return sum;
}

void scopes_end_however_they_are_left()
{
    EXPECT(sum_of_squares(10) == 285);
    EXPECT(sum_of_squares(1 << 24) == -1);
    EXPECT(reel_arena_used(&arena) == 0);
    {
        reel::scope outer(arena);
        (void)reel::make<point>(arena);
        const std::size_t before = reel_arena_used(&arena);
        {
            reel::scope inner(arena);
            (void)reel::make<point>(arena);
            inner.rewind();
            EXPECT(reel_arena_used(&arena) == before);
            (void)reel::make<point>(arena);
        }
        EXPECT(reel_arena_used(&arena) == before);
    }
    EXPECT(reel_arena_used(&arena) == 0);
#if defined(__cpp_exceptions)
    try {
        reel::scope thrown(arena);
        (void)reel::make<point>(arena);
        throw 1;
    } catch (int) {
        EXPECT(reel_arena_used(&arena) == 0);
    }
#endif
    tap_result("a scope ends however it is left", nullptr);
}

void a_scope_that_was_cut_is_told()
{
    {
        reel::scope cut(arena);
        (void)reel::make<point>(arena);
        reel_arena_reset(&arena);
    }
    EXPECT(panicked(REEL_STALE));
    tap_result("a scope whose arena was reset is told", nullptr);
}

void a_pool_without_a_page_opens_no_region()
{
    reel_pool pool;
    reel_pool_chunk chunks[1];
    EXPECT(reel_pool_init(&pool, reel_allocator_null(), chunks, 1, 256, 512)
           == REEL_OK);
    {
        reel::region_scope none(pool);
        EXPECT(!none);
    }
    reel_pool_dispose(&pool);
    tap_result("a pool without a page opens no region", nullptr);
}

} // namespace

extern "C" void reel_panic(reel_status why, const char *, int)
{
    last_panic = why;
    if (leaves) {
        std::longjmp(after_panic, 1);
    }
}

int main()
{
    run_constructors();
    containers_that_end_together();
    containers_that_free();
    resources_are_equal_if_they_are_one();
    too_little_memory_is_said();
    what_is_not_the_owners_is_refused();
    objects_are_made();
    objects_end();
#if defined(__cpp_exceptions)
    a_constructor_that_throws_leaves_nothing();
#endif
    scopes_end_however_they_are_left();
    a_scope_that_was_cut_is_told();
    a_pool_without_a_page_opens_no_region();
    RESULT(last_panic == REEL_OK && reel_heap_is_valid(&heap),
           "nothing else panicked", nullptr);
    return tap_end() ? 0 : 1;
}
