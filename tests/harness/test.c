#include "test.h"

void (*test_after_each)(void);
void (*test_before_swap)(void);
void (*test_on_yield)(void);

static size_t panics;
static reel_status last_panic;

bool test_panicked(reel_status why)
{
    const bool once = panics == 1 && last_panic == why;
    panics = 0;
    return once || REEL_CHECKS == 0;
}

bool test_is_calm(void)
{
    const bool calm = panics == 0;
    panics = 0;
    return calm;
}

// Returning is allowed: the call that broke its contract then fails safely.
void reel_panic(reel_status why, const char *file, int line)
{
    (void)file, (void)line;
    last_panic = why;
    panics++;
}

void reel_port_yield(void)
{
    if (test_on_yield != NULL) {
        test_on_yield();
    }
}

uint32_t test_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

size_t test_below(uint32_t *seed, size_t limit)
{
    return (size_t)test_random(seed) % limit;
}

bool test_run_all(void)
{
    for (const test_case *const *table = test_tables; *table != NULL; table++) {
        for (const test_case *test = *table; test->run != NULL; test++) {
            test->run();
            EXPECT(test_is_calm()); // no test leaves a panic unasked for
            if (test_after_each != NULL) {
                test_after_each();
            }
            tap_result(test->name, NULL);
        }
    }
    return tap_end();
}
