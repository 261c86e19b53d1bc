// SPDX-License-Identifier: MIT
#include "always.h"
#include "test.h"

static void committing_is_counted_and_held_to_the_limit(void)
{
    unsigned char *const at = test_memory(256);
    reel_always always;
    EXPECT_EQUAL(reel_always_init(&always, 64, 128), REEL_OK);
    const reel_pages *const pages = &always.pages;
    EXPECT_EQUAL(pages->page_size, 64);
    EXPECT(pages->commit(pages->context, at, 64));
    EXPECT(pages->commit(pages->context, at + 64, 64));
    EXPECT(!pages->commit(pages->context, at + 128, 64));
    EXPECT_EQUAL(always.committed, 128);
    EXPECT(always.commits == 2 && always.refusals == 1);
    pages->decommit(pages->context, at + 64, 64);
    EXPECT(always.committed == 64 && always.decommits == 1);
    EXPECT(pages->commit(pages->context, at + 64, 64));
}

static void a_limit_of_everything_never_refuses(void)
{
    reel_always always;
    EXPECT_EQUAL(reel_always_init(&always, 1, SIZE_MAX), REEL_OK);
    const reel_pages *const pages = &always.pages;
    EXPECT(pages->commit(pages->context, &always, SIZE_MAX));
    EXPECT(!pages->commit(pages->context, (void *)((uintptr_t)&always - 1), 1));
}

static void a_second_range_is_refused_while_some_of_the_first_is_committed(void)
{
    unsigned char *const at = test_memory(512);
    reel_always always;
    EXPECT_EQUAL(reel_always_init(&always, 64, 256), REEL_OK);
    const reel_pages *const pages = &always.pages;
    EXPECT(pages->commit(pages->context, at, 64));
    EXPECT(!pages->commit(pages->context, at + 256, 64));
    EXPECT(!pages->commit(pages->context, at + 128, 64));
    EXPECT(always.committed == 64 && always.refusals == 2);
    pages->decommit(pages->context, at + 256, 64);
    EXPECT(always.committed == 64 && always.decommits == 0);
    pages->decommit(pages->context, at, 64);
    EXPECT(pages->commit(pages->context, at + 256, 64));
    EXPECT(always.committed == 64 && always.commits == 2);
}

static void a_commit_from_the_start_begins_anew(void)
{
    unsigned char *const at = test_memory(256);
    reel_always always;
    EXPECT_EQUAL(reel_always_init(&always, 64, 128), REEL_OK);
    const reel_pages *const pages = &always.pages;
    for (int i = 0; i < 3; i++) {
        EXPECT(pages->commit(pages->context, at, 64));
        EXPECT_EQUAL(always.committed, 64);
        EXPECT(pages->commit(pages->context, at + 64, 64));
        EXPECT(always.committed == 128 && always.refusals == 0);
    }
}

static void what_was_never_committed_is_not_given_back(void)
{
    unsigned char *const at = test_memory(256);
    reel_always always;
    EXPECT_EQUAL(reel_always_init(&always, 64, 128), REEL_OK);
    const reel_pages *const pages = &always.pages;
    EXPECT(pages->commit(pages->context, at, 128));
    EXPECT_EQUAL(reel_always_init(&always, 64, 128),
                 REEL_OK); // under a live temp
    pages->decommit(pages->context, at + 64, 64);
    EXPECT(always.committed == 0 && always.decommits == 0);
    EXPECT(pages->commit(pages->context, at + 64, 64));
    EXPECT_EQUAL(always.committed, 64);
}

static void a_page_size_that_cannot_be_is_invalid(void)
{
    reel_always always;
    EXPECT_EQUAL(reel_always_init(&always, 64, 7), REEL_OK);
    EXPECT_EQUAL(reel_always_init(NULL, 64, 128), REEL_INVALID);
    EXPECT_EQUAL(reel_always_init(&always, 0, 128), REEL_INVALID);
    EXPECT_EQUAL(reel_always_init(&always, 96, 128), REEL_INVALID);
    EXPECT(always.pages.page_size == 64 && always.limit == 7);
}

const test_case always_tests[] = {
    TEST(committing_is_counted_and_held_to_the_limit),
    TEST(a_limit_of_everything_never_refuses),
    TEST(a_second_range_is_refused_while_some_of_the_first_is_committed),
    TEST(a_commit_from_the_start_begins_anew),
    TEST(what_was_never_committed_is_not_given_back),
    TEST(a_page_size_that_cannot_be_is_invalid),
    END_OF_TESTS,
};
