// SPDX-License-Identifier: MIT
#include "test.h"

#define MOST 32 // entries that fit into the memory of the tests

static reel_registry registry;
static reel_registry_entry *entries;
static const reel_handle nothing = REEL_NO_HANDLE;

// What lies in the table beforehand does not matter.
static void fresh_registry(size_t count)
{
    const size_t size = count * sizeof(reel_registry_entry);
    unsigned char *const memory = test_memory(size);
    for (size_t i = 0; i < size; i++) {
        memory[i] = 1;
    }
    entries = (reel_registry_entry *)(void *)memory;
    EXPECT_EQUAL(reel_registry_init(&registry, entries, count), REEL_OK);
}

// Allocators that differ; no test calls them.
static char objects[MOST];

static reel_allocator allocator_of(size_t number)
{
    reel_allocator allocator = reel_allocator_null();
    allocator.self = &objects[number];
    return allocator;
}

static reel_handle enter(size_t number, reel_handle parent)
{
    reel_handle handle = REEL_NO_HANDLE;
    EXPECT_EQUAL(reel_registry_register(&registry, allocator_of(number), parent,
                                        &handle),
                 REEL_OK);
    EXPECT(reel_registry_is_valid(&registry));
    return handle;
}

static reel_handle rewound(reel_handle handle)
{
    reel_handle out = REEL_NO_HANDLE;
    EXPECT_EQUAL(reel_registry_rewound(&registry, handle, &out), REEL_OK);
    EXPECT(reel_registry_is_valid(&registry));
    return out;
}

static void leave(reel_handle handle)
{
    EXPECT_EQUAL(reel_registry_unregister(&registry, handle), REEL_OK);
    EXPECT(reel_registry_is_valid(&registry));
}

static bool finds(reel_handle handle, size_t number)
{
    const reel_allocator *const found = reel_registry_get(&registry, handle);
    return found != NULL && found->self == &objects[number]
           && found->ops == reel_allocator_null().ops;
}

static bool is_stale(reel_handle handle)
{
    return reel_registry_get(&registry, handle) == NULL;
}

static bool are_same(const void *a, const void *b, size_t size)
{
    const unsigned char *const left = a;
    const unsigned char *const right = b;
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i]) {
            return false;
        }
    }
    return true;
}

// ---- examples ----------------------------------------------------------------

static void a_handle_finds_its_allocator_and_no_other(void)
{
    fresh_registry(3);
    EXPECT_EQUAL(reel_registry_count(&registry), 0);
    const reel_handle a = enter(0, nothing);
    const reel_handle b = enter(1, nothing);
    EXPECT_EQUAL(reel_registry_count(&registry), 2);
    EXPECT(finds(a, 0) && finds(b, 1));
    EXPECT(is_stale(nothing) && is_stale(REEL_NO_HANDLE));
    leave(a);
    EXPECT(is_stale(a) && finds(b, 1));
    EXPECT_EQUAL(reel_registry_count(&registry), 1);
}

static void the_memory_behind_an_allocator_is_reached_through_its_handle(void)
{
    static unsigned char buffer[64];
    reel_arena arena;
    reel_handle handle;
    fresh_registry(1);
    EXPECT_EQUAL(reel_arena_init(&arena, buffer, sizeof buffer), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&registry, reel_arena_allocator(&arena),
                                        nothing, &handle),
                 REEL_OK);
    const reel_allocator *const found = reel_registry_get(&registry, handle);
    EXPECT(found != NULL && reel_allocate(*found, 64, 1) == buffer);
}

static void entries_come_in_order_and_free_ones_last_in_first_out(void)
{
    reel_handle old[4];
    fresh_registry(4);
    for (size_t i = 0; i < 4; i++) {
        old[i] = enter(i, nothing);
        EXPECT(old[i].index == i && old[i].version == old[0].version);
    }
    leave(old[2]);
    leave(old[0]);
    leave(old[3]);
    static const size_t order[] = { 3, 0, 2 };
    for (size_t i = 0; i < 3; i++) {
        const reel_handle handle = enter(i, nothing);
        EXPECT(handle.index == order[i]
               && handle.version == old[0].version + 1);
        EXPECT(finds(handle, i) && is_stale(old[order[i]]));
    }
    EXPECT(finds(old[1], 1));
}

static void a_free_entry_goes_before_a_fresh_one(void)
{
    fresh_registry(3);
    leave(enter(0, nothing));
    EXPECT_EQUAL(enter(1, nothing).index, 0);
    EXPECT_EQUAL(reel_registry_peak(&registry), 1);
    EXPECT_EQUAL(enter(2, nothing).index, 1);
    EXPECT_EQUAL(reel_registry_peak(&registry), 2);
}

static void a_ref_is_good_until_its_allocator_is_rewound(void)
{
    int object = 0, other = 0;
    fresh_registry(2);
    reel_handle a = enter(0, nothing);
    const reel_handle b = enter(1, nothing);
    const reel_ref ref = reel_ref_make(a, &object);
    const reel_ref kept = reel_ref_make(b, &other);
    EXPECT_EQUAL(reel_ref_get(&registry, ref), &object);
    EXPECT_EQUAL(reel_registry_rewound(&registry, a, &a), REEL_OK);
    EXPECT(reel_ref_get(&registry, ref) == NULL && finds(a, 0));
    const reel_ref again = reel_ref_make(a, &object);
    EXPECT_EQUAL(reel_ref_get(&registry, again), &object);
    leave(a);
    EXPECT(reel_ref_get(&registry, again) == NULL);
    EXPECT_EQUAL(reel_ref_get(&registry, kept), &other);
    EXPECT(reel_ref_get(&registry, reel_ref_make(nothing, &object)) == NULL);
}

// ---- children ----------------------------------------------------------------

#define CHILDREN 4

// 0 is the parent, then come the children, each with a grandchild behind it.
static void enter_family(reel_handle family[1 + 2 * CHILDREN])
{
    family[0] = enter(0, nothing);
    for (size_t i = 1; i < 1 + 2 * CHILDREN; i += 2) {
        family[i] = enter(i, family[0]);
        family[i + 1] = enter(i + 1, family[i]);
    }
}

static void rewinding_unregisters_children_and_grandchildren(void)
{
    reel_handle family[1 + 2 * CHILDREN];
    fresh_registry(2 + 2 * CHILDREN);
    const reel_handle neighbour = enter(MOST - 1, nothing);
    for (size_t round = 0; round < 3; round++) {
        enter_family(family);
        EXPECT_EQUAL(reel_registry_count(&registry), 2 + 2 * CHILDREN);
        const reel_handle handle = rewound(family[0]);
        EXPECT_EQUAL(reel_registry_count(&registry), 2);
        for (size_t i = 0; i < 1 + 2 * CHILDREN; i++) {
            EXPECT(is_stale(family[i]));
        }
        EXPECT(finds(handle, 0) && finds(neighbour, MOST - 1));
        leave(handle);
    }
    EXPECT_EQUAL(reel_registry_peak(&registry), 2 + 2 * CHILDREN);
}

static void unregistering_takes_the_descendants_along(void)
{
    reel_handle family[1 + 2 * CHILDREN];
    fresh_registry(1 + 2 * CHILDREN);
    enter_family(family);
    leave(family[3]);
    EXPECT(is_stale(family[3]) && is_stale(family[4]));
    EXPECT_EQUAL(reel_registry_count(&registry), 2 * CHILDREN - 1);
    EXPECT(finds(family[0], 0) && finds(family[5], 5) && finds(family[2], 2));
    leave(family[0]);
    EXPECT_EQUAL(reel_registry_count(&registry), 0);
    for (size_t i = 0; i < 1 + 2 * CHILDREN; i++) {
        EXPECT(is_stale(family[i]));
    }
}

static void a_child_that_is_rewound_stays_a_child(void)
{
    fresh_registry(3);
    const reel_handle parent = enter(0, nothing);
    const reel_handle child = enter(1, parent);
    const reel_handle grandchild = enter(2, child);
    const reel_handle again = rewound(child);
    EXPECT(finds(parent, 0) && is_stale(grandchild) && finds(again, 1));
    (void)rewound(parent);
    EXPECT(is_stale(again) && reel_registry_count(&registry) == 1);
}

// Whichever of them goes first, the others are found by their parent.
static void siblings_are_unlinked_in_any_order(void)
{
    static const unsigned char orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 },
                                               { 1, 0, 2 }, { 1, 2, 0 },
                                               { 2, 0, 1 }, { 2, 1, 0 } };
    for (size_t order = 0; order < 6; order++) {
        for (size_t gone = 0; gone <= 3; gone++) {
            reel_handle children[3];
            fresh_registry(4);
            const reel_handle parent = enter(3, nothing);
            for (size_t i = 0; i < 3; i++) {
                children[i] = enter(i, parent);
            }
            for (size_t i = 0; i < gone; i++) {
                leave(children[orders[order][i]]);
            }
            for (size_t i = gone; i < 3; i++) {
                EXPECT(finds(children[orders[order][i]], orders[order][i]));
            }
            (void)rewound(parent);
            EXPECT_EQUAL(reel_registry_count(&registry), 1);
        }
    }
}

#define DEPTH 50

static void a_long_chain_of_descendants_goes_at_once(void)
{
    static reel_registry_entry table[DEPTH];
    reel_handle chain[DEPTH];
    EXPECT_EQUAL(reel_registry_init(&registry, table, DEPTH), REEL_OK);
    chain[0] = enter(0, nothing);
    for (size_t i = 1; i < DEPTH; i++) {
        chain[i] = enter(i % MOST, chain[i - 1]);
    }
    leave(chain[DEPTH / 2]);
    EXPECT_EQUAL(reel_registry_count(&registry), DEPTH / 2);
    const reel_handle root = rewound(chain[0]);
    EXPECT(reel_registry_count(&registry) == 1 && finds(root, 0));
    for (size_t i = 0; i < DEPTH; i++) {
        EXPECT(is_stale(chain[i]));
    }
}

// ---- versions ----------------------------------------------------------------

static void a_version_is_not_back_after_65536_rewinds(void)
{
    fresh_registry(2);
    const reel_handle first = enter(0, nothing);
    const reel_handle child = enter(1, first);
    reel_handle handle = rewound(first);
    for (uint32_t i = 0; i < 65600; i++) {
        const reel_handle old = handle;
        const reel_status status =
            reel_registry_rewound(&registry, old, &handle);
        if (status != REEL_OK || !finds(handle, 0) || !is_stale(old)
            || !is_stale(first)) {
            EXPECT(status == REEL_OK && finds(handle, 0));
            EXPECT(is_stale(old) && is_stale(first));
            break;
        }
    }
    EXPECT(is_stale(child) && reel_registry_count(&registry) == 1);
}

static void set_version(reel_handle *handle, uintptr_t version)
{
    entries[handle->index].version.value = version;
    handle->version = version;
}

static void versions_go_on_with_1_after_the_highest(void)
{
    fresh_registry(2);
    reel_handle handle = enter(0, nothing);
    set_version(&handle, UINTPTR_MAX - 1);
    EXPECT(finds(handle, 0));
    handle = rewound(handle);
    EXPECT(handle.version == UINTPTR_MAX && finds(handle, 0));
    const reel_handle highest = handle;
    handle = rewound(handle);
    EXPECT(handle.version == 1 && finds(handle, 0) && is_stale(highest));

    set_version(&handle, UINTPTR_MAX);
    leave(handle);
    EXPECT(is_stale(handle));
    const reel_handle next = enter(1, nothing);
    EXPECT(next.index == handle.index && next.version == 1);
    EXPECT(finds(next, 1) && is_stale(handle));
}

// ---- what is refused ---------------------------------------------------------

static void expect_refusals_of(reel_handle handle)
{
    static unsigned char before[4 * sizeof(reel_registry_entry)];
    const reel_registry as_it_was = registry;
    reel_handle out = { 77, 78 };
    for (size_t i = 0; i < sizeof before; i++) {
        before[i] = ((unsigned char *)entries)[i];
    }
    EXPECT(is_stale(handle));
    EXPECT(reel_ref_get(&registry, reel_ref_make(handle, &out)) == NULL);
    EXPECT_EQUAL(reel_registry_unregister(&registry, handle), REEL_STALE);
    EXPECT_EQUAL(reel_registry_rewound(&registry, handle, &out), REEL_STALE);
    if (handle.index != 0 || handle.version != 0) {
        EXPECT_EQUAL(
            reel_registry_register(&registry, allocator_of(9), handle, &out),
            REEL_STALE);
    }
    EXPECT(out.index == 77 && out.version == 78);
    EXPECT(are_same(&as_it_was, &registry, sizeof registry));
    EXPECT(are_same(before, entries, sizeof before));
}

static void stale_and_forged_handles_are_refused_and_change_nothing(void)
{
    fresh_registry(4);
    const reel_handle root = enter(0, nothing);
    const reel_handle gone = enter(1, root);
    const reel_handle child = enter(2, root);
    leave(gone);
    const reel_handle renewed = rewound(child);
    for (size_t index = 0; index < 6;
         index++) { // entry 3 is fresh; 4, 5 are not
        for (uintptr_t version = 0; version < 5; version++) {
            const reel_handle forged = { index, version };
            const bool is_good = (index == 0 && version == root.version)
                                 || (index == 2 && version == renewed.version);
            if (!is_good) {
                expect_refusals_of(forged);
            }
        }
    }
    const reel_handle fresh = { 3, entries[3].version.value };
    const reel_handle before_all = { SIZE_MAX, 1 };
    const reel_handle highest = { 0, UINTPTR_MAX };
    expect_refusals_of(fresh); // whatever lay there
    expect_refusals_of(before_all);
    expect_refusals_of(highest);
    EXPECT(finds(root, 0) && finds(renewed, 2));
}

static void a_handle_of_another_registry_is_refused(void)
{
    reel_registry other;
    reel_registry_entry table[4];
    reel_handle foreign[4];
    fresh_registry(4);
    EXPECT_EQUAL(reel_registry_init(&other, table, 4), REEL_OK);
    for (size_t i = 0; i < 4; i++) {
        const reel_handle own = enter(i, nothing);
        EXPECT_EQUAL(reel_registry_register(&other, allocator_of(i), nothing,
                                            &foreign[i]),
                     REEL_OK);
        EXPECT(reel_registry_get(&other, foreign[i]) != NULL);
        EXPECT_EQUAL(own.index, foreign[i].index);
    }
    for (size_t i = 0; i < 4; i++) {
        expect_refusals_of(foreign[i]);
    }
    // Nor after as many rewinds as one may make in a test.
    reel_handle moving = foreign[0];
    for (uint32_t i = 0; i < 3000; i++) {
        EXPECT_EQUAL(reel_registry_rewound(&other, moving, &moving), REEL_OK);
        EXPECT(is_stale(moving));
    }
}

static void what_cannot_be_is_invalid_and_changes_nothing(void)
{
    fresh_registry(2);
    const reel_handle handle = enter(0, nothing);
    const reel_registry as_it_was = registry;
    reel_allocator no_ops = allocator_of(1);
    reel_handle out = { 77, 78 };
    no_ops.ops = NULL;
    EXPECT_EQUAL(reel_registry_register(NULL, allocator_of(1), nothing, &out),
                 REEL_INVALID);
    EXPECT_EQUAL(
        reel_registry_register(&registry, allocator_of(1), nothing, NULL),
        REEL_INVALID);
    EXPECT_EQUAL(reel_registry_register(&registry, no_ops, nothing, &out),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_registry_unregister(NULL, handle), REEL_INVALID);
    EXPECT_EQUAL(reel_registry_rewound(NULL, handle, &out), REEL_INVALID);
    EXPECT_EQUAL(reel_registry_rewound(&registry, handle, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_registry_init(NULL, entries, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_registry_init(&registry, NULL, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_registry_init(&registry, entries, 0), REEL_INVALID);
    EXPECT_EQUAL(reel_registry_init(&registry, entries, SIZE_MAX),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_registry_init(&registry, entries,
                                    SIZE_MAX / sizeof(reel_registry_entry)),
                 REEL_INVALID);
    EXPECT(out.index == 77 && out.version == 78 && finds(handle, 0));
    EXPECT(are_same(&as_it_was, &registry, sizeof registry));
}

static void a_full_table_refuses_and_counts(void)
{
    fresh_registry(2);
    const reel_handle a = enter(0, nothing);
    const reel_handle b = enter(1, a);
    const size_t entry_size = sizeof(reel_registry_entry);
    reel_registry expected = registry;
    reel_handle out = { 77, 78 };
    const reel_stats before = reel_registry_stats(&registry);
    EXPECT(before.failures == 0 && before.largest_refused == 0);
    for (size_t i = 1; i < 4; i++) {
        EXPECT_EQUAL(
            reel_registry_register(&registry, allocator_of(2), b, &out),
            REEL_FULL);
        expected.failures = i;
        EXPECT(are_same(&expected, &registry, sizeof registry));
    }
    EXPECT(out.index == 77 && finds(a, 0) && finds(b, 1));
    EXPECT_EQUAL(reel_registry_register(&registry, allocator_of(2),
                                        reel_ref_make(nothing, NULL).handle,
                                        &out),
                 REEL_FULL);
    registry.failures = SIZE_MAX;
    EXPECT_EQUAL(reel_registry_register(&registry, allocator_of(2), a, &out),
                 REEL_FULL);
    leave(b);
    const reel_stats stats = reel_registry_stats(&registry);
    EXPECT(stats.used == entry_size && stats.peak == 2 * entry_size);
    EXPECT(stats.failures == SIZE_MAX && stats.largest_refused == entry_size);
    EXPECT(finds(enter(2, a), 2));
}

// ---- static instances and introspection --------------------------------------

REEL_REGISTRY_DEFINE(static_registry, 3);

static void a_static_registry_needs_no_init(void)
{
    reel_registry same;
    reel_handle handles[3];
    EXPECT_EQUAL(reel_registry_init(&same, static_registry.entries, 3),
                 REEL_OK);
    EXPECT(are_same(&same, &static_registry, sizeof same));
    for (size_t i = 0; i < 3; i++) {
        const reel_handle parent = i == 0 ? REEL_NO_HANDLE : handles[i - 1];
        EXPECT_EQUAL(reel_registry_register(&static_registry, allocator_of(i),
                                            parent, &handles[i]),
                     REEL_OK);
        EXPECT(reel_registry_is_valid(&static_registry));
    }
    EXPECT_EQUAL(reel_registry_register(&static_registry, allocator_of(3),
                                        nothing, &handles[1]),
                 REEL_FULL);
    EXPECT_EQUAL(reel_registry_unregister(&static_registry, handles[0]),
                 REEL_OK);
    EXPECT_EQUAL(reel_registry_count(&static_registry), 0);
}

// A word of the bookkeeping, written over for a moment.
static void expect_noticed(size_t *word, size_t wrong)
{
    const size_t right = *word;
    EXPECT(right != wrong);
    *word = wrong;
    EXPECT(!reel_registry_is_valid(&registry));
    *word = right;
    EXPECT(reel_registry_is_valid(&registry));
}

static void expect_every_wrong_link_noticed(size_t *link)
{
    for (size_t index = 0; index < 9; index++) {
        const size_t wrong = index < 8 ? index : REEL_NO_INDEX;
        if (*link != wrong) {
            expect_noticed(link, wrong);
        }
    }
}

static void expect_wrong_pointers_noticed(void)
{
    const reel_allocator_ops *const ops = entries[0].allocator.ops;
    entries[0].allocator.ops = NULL;
    EXPECT(!reel_registry_is_valid(&registry));
    entries[0].allocator.ops = ops;
    registry.entries = NULL;
    EXPECT(!reel_registry_is_valid(&registry));
    registry.entries = entries;
    EXPECT(reel_registry_is_valid(&registry));
}

static void expect_another_registry_noticed(reel_registry_entry *entry)
{
    entry->registry = NULL;
    EXPECT(!reel_registry_is_valid(&registry));
    entry->registry = &registry;
    EXPECT(reel_registry_is_valid(&registry));
}

// 0 has the children 1, 2 and 3; 2 has 4; 5 and 6 are free; 7 is fresh.
static void broken_bookkeeping_is_noticed(void)
{
    reel_handle handles[7];
    fresh_registry(8);
    for (size_t i = 0; i < 7; i++) {
        handles[i] = enter(i, i == 0   ? nothing
                              : i == 4 ? handles[2]
                                       : handles[0]);
    }
    leave(handles[5]);
    leave(handles[6]);
    for (size_t i = 0; i < 5; i++) {
        expect_noticed(&entries[i].version.value, 0);
        expect_another_registry_noticed(&entries[i]);
        expect_every_wrong_link_noticed(&entries[i].parent);
        expect_every_wrong_link_noticed(&entries[i].first_child);
        expect_every_wrong_link_noticed(&entries[i].next);
        expect_every_wrong_link_noticed(&entries[i].previous);
    }
    expect_noticed(&entries[5].version.value, 9);
    expect_noticed(&entries[6].next, 6);             // a ring
    expect_noticed(&entries[6].next, 4);             // in use
    expect_noticed(&entries[6].next, 7);             // fresh
    expect_noticed(&entries[6].next, REEL_NO_INDEX); // 5 is lost
    expect_noticed(&registry.free.value, 5);
    expect_noticed(&registry.used, 4);
    expect_noticed(&registry.used, 8);
    expect_noticed(&registry.watermark.value, 9);
    expect_noticed(&registry.peak.value, 9);
    expect_noticed(&registry.peak.value, registry.used - 1);
    expect_noticed(&registry.capacity, 6);
    expect_wrong_pointers_noticed();
}

static void rings_are_noticed_though_linked_both_ways(void)
{
    fresh_registry(3);
    const reel_handle root = enter(0, nothing);
    const reel_handle child = enter(1, root);
    entries[0].first_child = REEL_NO_INDEX;
    entries[1].next = entries[1].previous = 1;
    EXPECT(!reel_registry_is_valid(&registry));

    // A fresh entry in its stead does not make up for it.
    entries[2].version.value = 1;
    entries[2].registry = &registry;
    entries[2].parent = 0;
    entries[2].first_child = entries[2].next = REEL_NO_INDEX;
    entries[2].previous = REEL_NO_INDEX;
    entries[0].first_child = 2;
    EXPECT(!reel_registry_is_valid(&registry));

    // Each the other's child.
    entries[0].parent = child.index;
    entries[0].first_child = child.index;
    entries[1].next = entries[1].previous = REEL_NO_INDEX;
    entries[1].first_child = 0;
    EXPECT(!reel_registry_is_valid(&registry));
}

// ---- a naive model -----------------------------------------------------------

#define CAPACITY 6
#define STEPS    80
#define NOBODY   STEPS

// Every handle that ever was, in order: a parent's comes before its child's.
typedef struct record {
    reel_handle handle;
    size_t number; // of the allocator
    size_t parent; // its record, or NOBODY
    bool is_good;
} record;

static record records[STEPS];
static size_t record_count, good_count;
static uint32_t seed;
static size_t full, stale, dropped;

static void note(reel_handle handle, size_t number, size_t parent)
{
    record *const r = &records[record_count++];
    r->handle = handle;
    r->number = number;
    r->parent = parent;
    r->is_good = true;
    good_count++;
}

// A handle ends, and with it all that came from it.
static void end(size_t which)
{
    records[which].is_good = false;
    good_count--;
    for (size_t i = which + 1; i < record_count; i++) {
        record *const r = &records[i];
        if (r->is_good && r->parent != NOBODY && !records[r->parent].is_good) {
            r->is_good = false;
            good_count--;
            dropped++;
        }
    }
}

static void try_register(size_t number, size_t parent)
{
    reel_handle out = { 77, 78 };
    const reel_status status = reel_registry_register(
        &registry, allocator_of(number),
        parent == NOBODY ? nothing : records[parent].handle, &out);
    if (parent != NOBODY && !records[parent].is_good) {
        EXPECT(status == REEL_STALE && out.index == 77);
        stale++;
    } else if (good_count == CAPACITY) {
        EXPECT(status == REEL_FULL && out.index == 77);
        full++;
    } else {
        EXPECT_EQUAL(status, REEL_OK);
        note(out, number, parent);
    }
}

static void try_unregister(size_t which)
{
    const bool was_good = records[which].is_good;
    EXPECT(reel_registry_unregister(&registry, records[which].handle)
           == (was_good ? REEL_OK : REEL_STALE));
    if (was_good) {
        end(which);
    }
}

static void try_rewound(size_t which)
{
    const bool was_good = records[which].is_good;
    reel_handle out = { 77, 78 };
    EXPECT(reel_registry_rewound(&registry, records[which].handle, &out)
           == (was_good ? REEL_OK : REEL_STALE));
    if (was_good) {
        end(which);
        note(out, records[which].number, records[which].parent);
    }
}

// Good ones are found three times out of four.
static size_t some_record(void)
{
    size_t which = test_below(&seed, record_count);
    if (test_below(&seed, 4) > 0) {
        for (size_t i = 0; i < record_count && !records[which].is_good; i++) {
            which = which + 1 < record_count ? which + 1 : 0;
        }
    }
    return which;
}

static void do_something(void)
{
    const size_t choice = test_below(&seed, 8);
    if (record_count == 0 || choice < 5) {
        const bool is_root = record_count == 0 || choice == 0;
        try_register(test_below(&seed, MOST), is_root ? NOBODY : some_record());
    } else if (choice == 5) {
        try_unregister(some_record());
    } else {
        try_rewound(some_record());
    }
}

static void check_all_handles(void)
{
    for (size_t i = 0; i < record_count; i++) {
        const record *const r = &records[i];
        char *const object = &objects[r->number];
        EXPECT(r->is_good ? finds(r->handle, r->number) : is_stale(r->handle));
        EXPECT(reel_ref_get(&registry, reel_ref_make(r->handle, object))
               == (r->is_good ? object : NULL));
    }
}

static void registries_do_what_a_naive_model_does(void)
{
    const size_t runs = 20 * test_scale;
    full = stale = dropped = 0;
    for (size_t i = 0; i < runs; i++) {
        seed = (uint32_t)i;
        record_count = good_count = 0;
        fresh_registry(CAPACITY);
        for (size_t step = 0; step < STEPS; step++) {
            do_something();
            EXPECT_EQUAL(reel_registry_count(&registry), good_count);
            EXPECT(reel_registry_is_valid(&registry));
            check_all_handles();
        }
    }
    EXPECT(full > runs && stale > runs && dropped > runs);
}

const test_case registry_tests[] = {
    TEST(a_handle_finds_its_allocator_and_no_other),
    TEST(the_memory_behind_an_allocator_is_reached_through_its_handle),
    TEST(entries_come_in_order_and_free_ones_last_in_first_out),
    TEST(a_free_entry_goes_before_a_fresh_one),
    TEST(a_ref_is_good_until_its_allocator_is_rewound),
    TEST(rewinding_unregisters_children_and_grandchildren),
    TEST(unregistering_takes_the_descendants_along),
    TEST(a_child_that_is_rewound_stays_a_child),
    TEST(siblings_are_unlinked_in_any_order),
    TEST(a_long_chain_of_descendants_goes_at_once),
    TEST(a_version_is_not_back_after_65536_rewinds),
    TEST(versions_go_on_with_1_after_the_highest),
    TEST(stale_and_forged_handles_are_refused_and_change_nothing),
    TEST(a_handle_of_another_registry_is_refused),
    TEST(what_cannot_be_is_invalid_and_changes_nothing),
    TEST(a_full_table_refuses_and_counts),
    TEST(a_static_registry_needs_no_init),
    TEST(broken_bookkeeping_is_noticed),
    TEST(rings_are_noticed_though_linked_both_ways),
    TEST(registries_do_what_a_naive_model_does),
    END_OF_TESTS,
};
