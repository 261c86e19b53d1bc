// SPDX-License-Identifier: MIT
// Rewindables that are bound to a registry, and those made by create.

#include "rewindable_rig.h"

#define FAMILY (1 + 2 * 4)

static const reel_rewindable_config of_64 = { 64, 64, 8, false };
static const reel_handle nothing = REEL_NO_HANDLE;
static reel_registry registry;
static reel_registry_entry *entries;

static bool is_none(reel_handle handle)
{
    return handle.index == 0 && handle.version == 0;
}

// A registry in what the backing gives. It comes before the rewindable's chunk.
static void fresh_registry(size_t count)
{
    entries = cut_off_backing(count * sizeof(reel_registry_entry), 0);
    EXPECT_EQUAL(reel_registry_init(&registry, entries, count), REEL_OK);
}

static void fresh(size_t count)
{
    fresh_backing();
    fresh_registry(count);
    EXPECT_EQUAL(reel_rewindable_init(&test_rig->rewindable,
                                      test_backing->allocator, test_rig->table,
                                      2, &of_64),
                 REEL_OK);
}

static reel_status bind(reel_handle parent)
{
    return reel_rewindable_bind(&test_rig->rewindable, &registry, parent);
}

static reel_handle handle_of_it(void)
{
    return reel_rewindable_handle(&test_rig->rewindable);
}

static void rewind_it(void)
{
    EXPECT_EQUAL(reel_rewindable_rewind(&test_rig->rewindable), REEL_OK);
    EXPECT(rig_agrees() && reel_registry_is_valid(&registry));
}

static bool is_good(reel_handle handle)
{
    return reel_registry_get(&registry, handle) != NULL;
}

// ---- handles and refs ------------------------------------------------------------------

static void a_handle_finds_the_rewindable(void)
{
    fresh(2);
    EXPECT(is_none(handle_of_it()));
    EXPECT_EQUAL(bind(nothing), REEL_OK);
    const reel_allocator *const found =
        reel_registry_get(&registry, handle_of_it());
    EXPECT(found != NULL && found->self == &test_rig->rewindable);
    EXPECT_EQUAL(reel_allocate(*found, 8, 1), test_backing->blocks[0].start);
}

static void refs_are_good_until_the_rewind(void)
{
    fresh(1);
    EXPECT_EQUAL(bind(nothing), REEL_OK);
    const reel_handle before = handle_of_it();
    void *const block = reel_rewindable_alloc(&test_rig->rewindable, 8, 1);
    const reel_ref ref = reel_ref_make(before, block);
    EXPECT_EQUAL(reel_ref_get(&registry, ref), block);
    rewind_it();
    EXPECT(reel_ref_get(&registry, ref) == NULL && !is_good(before));
    const reel_ref again = reel_ref_make(handle_of_it(), block);
    EXPECT_EQUAL(reel_ref_get(&registry, again), block);
    EXPECT_EQUAL(reel_registry_count(&registry), 1);
    EXPECT_EQUAL(reel_rewindable_dispose(&test_rig->rewindable), REEL_OK);
    EXPECT(reel_ref_get(&registry, again) == NULL);
    EXPECT(reel_registry_count(&registry) == 0 && is_none(handle_of_it()));
    EXPECT_EQUAL(reel_rewindable_dispose(&test_rig->rewindable), REEL_OK);
    EXPECT(reel_registry_is_valid(&registry) && test_backing->held == 0);
}

static void every_one_of_65600_rewinds_has_a_handle_of_its_own(void)
{
    fresh(1);
    EXPECT_EQUAL(bind(nothing), REEL_OK);
    const reel_handle first = handle_of_it();
    size_t wrong = 0;
    for (uint32_t i = 0; i < 65600; i++) {
        const reel_handle before = handle_of_it();
        wrong += reel_rewindable_rewind(&test_rig->rewindable) != REEL_OK;
        wrong += is_good(before) || is_good(first) || !is_good(handle_of_it());
    }
    EXPECT(wrong == 0 && reel_registry_count(&registry) == 1);
}

static void a_rewindable_is_bound_once(void)
{
    rig_state before;
    reel_registry other;
    reel_registry_entry entry;
    fresh(3);
    EXPECT_EQUAL(reel_registry_init(&other, &entry, 1), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_bind(NULL, &registry, nothing), REEL_INVALID);
    EXPECT_EQUAL(reel_rewindable_bind(&test_rig->rewindable, NULL, nothing),
                 REEL_INVALID);
    EXPECT_EQUAL(bind(nothing), REEL_OK);
    rig_remember(&before);
    EXPECT(bind(nothing) == REEL_BUSY && bind(handle_of_it()) == REEL_BUSY);
    EXPECT_EQUAL(reel_rewindable_bind(&test_rig->rewindable, &other, nothing),
                 REEL_BUSY);
    EXPECT(rig_is_as(&before) && reel_registry_count(&registry) == 1);
}

static void a_registry_that_refuses_leaves_it_unbound(void)
{
    rig_state before;
    reel_handle parent;
    const reel_handle stale = { 0, 7 };
    fresh(1);
    rig_remember(&before);
    EXPECT(bind(stale) == REEL_STALE && rig_is_as(&before));
    EXPECT_EQUAL(reel_registry_register(&registry, reel_allocator_null(),
                                        nothing, &parent),
                 REEL_OK);
    EXPECT(bind(parent) == REEL_FULL && rig_is_as(&before));
    EXPECT(is_none(handle_of_it()));
    rewind_it();
    EXPECT(reel_registry_count(&registry) == 1 && is_good(parent));
}

// ---- parents ---------------------------------------------------------------------------

static reel_status init_anew(void)
{
    return reel_rewindable_init(&test_rig->rewindable, test_backing->allocator,
                                test_rig->table, 2, &of_64);
}

static void after_its_parents_rewind_it_may_be_started_and_bound_anew(void)
{
    reel_handle parent;
    fresh(2);
    EXPECT_EQUAL(reel_registry_register(&registry, reel_allocator_null(),
                                        nothing, &parent),
                 REEL_OK);
    for (size_t round = 0; round < 3; round++) {
        EXPECT(bind(parent) == REEL_OK && bind(parent) == REEL_BUSY);
        const reel_handle before = handle_of_it();
        EXPECT_EQUAL(reel_registry_rewound(&registry, parent, &parent),
                     REEL_OK);
        EXPECT(!is_good(before) && is_none(handle_of_it()));
        EXPECT_EQUAL(bind(parent), REEL_STALE);
        EXPECT(reel_registry_count(&registry) == 1 && is_good(parent));
        EXPECT_EQUAL(init_anew(), REEL_OK);
    }
    EXPECT_EQUAL(bind(parent), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_rewind(&test_rig->rewindable), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_dispose(&test_rig->rewindable), REEL_OK);
    EXPECT(reel_registry_count(&registry) == 1 && is_good(parent));
}

// It is unregistered by its handle, and another one has its entry: that one stays.
static void a_rewind_does_not_touch_who_has_its_entry_now(void)
{
    reel_handle other;
    fresh(1);
    for (int dispose = 0; dispose < 2; dispose++) {
        EXPECT_EQUAL(bind(nothing), REEL_OK);
        EXPECT_EQUAL(reel_registry_unregister(&registry, handle_of_it()),
                     REEL_OK);
        EXPECT_EQUAL(reel_registry_register(&registry, reel_allocator_null(),
                                            nothing, &other),
                     REEL_OK);
        EXPECT(other.index == 0 && is_none(handle_of_it()));
        EXPECT((dispose == 1 ? reel_rewindable_dispose(&test_rig->rewindable)
                             : reel_rewindable_rewind(&test_rig->rewindable))
               == REEL_OK);
        EXPECT(is_good(other) && reel_registry_count(&registry) == 1);
        EXPECT_EQUAL(reel_registry_unregister(&registry, other), REEL_OK);
    }
}

// A rewind of the parent takes 4 children with a grandchild each along.
static void a_rewind_makes_all_descendants_stale(void)
{
    reel_handle family[FAMILY];
    fresh(FAMILY);
    for (size_t round = 0; round < 2; round++) {
        if (round == 0) {
            EXPECT_EQUAL(bind(nothing), REEL_OK);
        }
        family[0] = handle_of_it();
        for (size_t i = 1; i < FAMILY; i++) {
            const reel_handle parent = family[i % 2 == 1 ? 0 : i - 1];
            EXPECT_EQUAL(reel_registry_register(&registry,
                                                reel_allocator_null(), parent,
                                                &family[i]),
                         REEL_OK);
        }
        EXPECT_EQUAL(reel_registry_count(&registry), FAMILY);
        rewind_it();
        for (size_t i = 0; i < FAMILY; i++) {
            EXPECT(!is_good(family[i]));
        }
        EXPECT(reel_registry_count(&registry) == 1 && is_good(handle_of_it()));
    }
}

// Rewindables of which one is the backing of the other, bound alike.
static void a_child_lives_on_its_parent_and_is_stale_with_it(void)
{
    const reel_rewindable_config of_16 = { 16, 16, 8, false };
    reel_rewindable child;
    reel_rewindable_chunk table[2];
    fresh(2);
    EXPECT_EQUAL(bind(nothing), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(
                     &child, reel_rewindable_allocator(&test_rig->rewindable),
                     table, 2, &of_16),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_bind(&child, &registry, handle_of_it()),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_alloc(&child, 16, 1),
                 test_backing->blocks[0].start);
    const reel_handle handle = reel_rewindable_handle(&child);
    EXPECT(is_good(handle));
    EXPECT_EQUAL(reel_rewindable_rewind(&child), REEL_OK);
    EXPECT(is_good(handle_of_it()) && is_good(reel_rewindable_handle(&child)));
    rewind_it();
    EXPECT(!is_good(handle) && !is_good(reel_rewindable_handle(&child)));
    EXPECT_EQUAL(reel_registry_count(&registry), 1);
}

static void rewind_in_an_interrupt(void)
{
    EXPECT_EQUAL(reel_rewindable_rewind(&test_rig->rewindable), REEL_BUSY);
    EXPECT_EQUAL(reel_rewindable_dispose(&test_rig->rewindable), REEL_BUSY);
}

static void an_interrupt_leaves_the_handle_alone(void)
{
    fresh(1);
    EXPECT_EQUAL(bind(nothing), REEL_OK);
    const reel_handle before = handle_of_it();
    test_interrupt(rewind_in_an_interrupt);
    EXPECT(is_good(before) && handle_of_it().version == before.version);
}

// ---- create and destroy --------------------------------------------------------------

static reel_rewindable *made;

static reel_status make(reel_registry *where, reel_handle parent)
{
    made = NULL;
    return reel_rewindable_create(&made, test_backing->allocator, 3, &of_64,
                                  where, parent);
}

static void create_takes_everything_from_the_background(void)
{
    for (int bound = 0; bound < 2; bound++) {
        fresh_backing();
        fresh_registry(1);
        EXPECT(make(bound == 1 ? &registry : NULL, nothing) == REEL_OK);
        EXPECT_EQUAL(test_backing->held, 2);
        EXPECT_EQUAL((unsigned char *)made, test_backing->blocks[0].start);
        EXPECT_EQUAL(test_backing->blocks[0].size,
                     sizeof(reel_rewindable)
                         + 3 * sizeof(reel_rewindable_chunk));
        EXPECT(reel_rewindable_is_valid(made));
        EXPECT_EQUAL(reel_registry_count(&registry), (size_t)bound);
        EXPECT_EQUAL(is_good(reel_rewindable_handle(made)), (bound == 1));
        EXPECT_EQUAL(reel_rewindable_alloc(made, 64, 1),
                     test_backing->blocks[1].start);
        EXPECT_EQUAL(reel_rewindable_alloc(made, 65, 1),
                     test_backing->blocks[2].start);
        EXPECT(reel_rewindable_alloc(made, 129, 1) != NULL);
        EXPECT(reel_rewindable_alloc(made, 1, 1) != NULL);
        EXPECT(reel_rewindable_alloc(made, 128, 1) == NULL); // a table of 3
        EXPECT(reel_rewindable_is_valid(made) && test_backing->held == 4);
        EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_OK);
        EXPECT(test_backing->held == 0 && reel_registry_count(&registry) == 0);
    }
}

static void nothing_leaks_whichever_step_fails(void)
{
    static const reel_status expected[] = { REEL_OK, REEL_NO_MEMORY,
                                            REEL_NO_MEMORY, REEL_OK };
    const reel_handle stale = { 0, 7 };
    for (size_t k = 0; k < 4; k++) {
        fresh_backing();
        fresh_registry(1);
        refuse_call(k);
        EXPECT_EQUAL(make(&registry, nothing), expected[k]);
        EXPECT((made != NULL) == (expected[k] == REEL_OK));
        EXPECT(test_backing->held == (made != NULL ? 2 : 0));
        EXPECT(reel_registry_count(&registry) == (made != NULL ? 1 : 0));
    }
    refuse_no_calls();
    EXPECT(make(&registry, nothing) == REEL_FULL && made == NULL);
    EXPECT(make(&registry, stale) == REEL_STALE && made == NULL);
    EXPECT(test_backing->held == 2 && reel_registry_count(&registry) == 1);
}

static void what_cannot_be_made_is_invalid(void)
{
    const reel_rewindable_config no_limit = { 64, 0, 8, false };
    fresh_backing();
    reel_allocator no_ops = test_backing->allocator;
    no_ops.ops = NULL;
    made = NULL;
    EXPECT_EQUAL(reel_rewindable_create(NULL, test_backing->allocator, 2,
                                        &of_64, NULL, nothing),
                 REEL_INVALID);
    EXPECT_EQUAL(
        reel_rewindable_create(&made, no_ops, 2, &of_64, NULL, nothing),
        REEL_INVALID);
    static const size_t lengths[] = { 0, SIZE_MAX,
                                      SIZE_MAX / sizeof(reel_rewindable_chunk),
                                      SIZE_MAX / sizeof(reel_rewindable_chunk)
                                          + 1 };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        EXPECT_EQUAL(reel_rewindable_create(&made, test_backing->allocator,
                                            lengths[i], &of_64, NULL, nothing),
                     REEL_INVALID);
    }
    EXPECT_EQUAL(test_backing->calls, 0);
    EXPECT_EQUAL(reel_rewindable_create(&made, test_backing->allocator, 2,
                                        &no_limit, NULL, nothing),
                 REEL_INVALID);
    EXPECT(made == NULL && test_backing->held == 0);
}

static void destroy_in_an_interrupt(void)
{
    EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_BUSY);
}

static void only_what_was_created_is_destroyed(void)
{
    fresh(1);
    EXPECT_EQUAL(reel_rewindable_destroy(NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_rewindable_destroy(&test_rig->rewindable), REEL_INVALID);
    EXPECT(rig_agrees() && test_backing->held == 1);
    EXPECT(make(&registry, nothing) == REEL_OK && test_backing->held == 3);
    test_interrupt(destroy_in_an_interrupt);
    EXPECT(reel_rewindable_is_valid(made) && test_backing->held == 3);
    EXPECT(is_good(reel_rewindable_handle(made)));
    EXPECT(reel_rewindable_destroy(made) == REEL_OK && test_backing->held == 1);
}

const test_case bound_tests[] = {
    TEST(a_handle_finds_the_rewindable),
    TEST(refs_are_good_until_the_rewind),
    TEST(every_one_of_65600_rewinds_has_a_handle_of_its_own),
    TEST(a_rewindable_is_bound_once),
    TEST(a_registry_that_refuses_leaves_it_unbound),
    TEST(after_its_parents_rewind_it_may_be_started_and_bound_anew),
    TEST(a_rewind_does_not_touch_who_has_its_entry_now),
    TEST(a_rewind_makes_all_descendants_stale),
    TEST(a_child_lives_on_its_parent_and_is_stale_with_it),
    TEST(an_interrupt_leaves_the_handle_alone),
    TEST(create_takes_everything_from_the_background),
    TEST(nothing_leaks_whichever_step_fails),
    TEST(what_cannot_be_made_is_invalid),
    TEST(only_what_was_created_is_destroyed),
    END_OF_TESTS,
};
