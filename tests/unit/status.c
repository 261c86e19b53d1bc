// SPDX-License-Identifier: MIT
#include "test.h"

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static void a_status_equals_its_errno_and_has_a_name(void)
{
    static const struct {
        reel_status status;
        int number;
        const char *name;
    } all[] = {
        { REEL_OK, 0, "REEL_OK" },
        { REEL_PORT_FAILED, -5, "REEL_PORT_FAILED" },
        { REEL_CLOSED, -9, "REEL_CLOSED" },
        { REEL_NO_MEMORY, -12, "REEL_NO_MEMORY" },
        { REEL_FOREIGN, -14, "REEL_FOREIGN" },
        { REEL_BUSY, -16, "REEL_BUSY" },
        { REEL_INVALID, -22, "REEL_INVALID" },
        { REEL_FULL, -28, "REEL_FULL" },
        { REEL_UNSUPPORTED, -95, "REEL_UNSUPPORTED" },
        { REEL_DOUBLE_FREE, -114, "REEL_DOUBLE_FREE" },
        { REEL_STALE, -116, "REEL_STALE" },
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        EXPECT_EQUAL((int)all[i].status, all[i].number);
        EXPECT(same(reel_status_name(all[i].status), all[i].name));
    }
    EXPECT(same(reel_status_name((reel_status)-1), "unknown"));
}

const test_case status_tests[] = {
    TEST(a_status_equals_its_errno_and_has_a_name),
    END_OF_TESTS,
};
