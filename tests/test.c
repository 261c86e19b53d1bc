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
    static const test_case *const tables[] = {
        status_tests,     allocator_tests, arena_tests,    hostile_tests,
        model_tests,      gate_tests,      always_tests,   temp_tests,
        shared_tests,     blocks_tests,    registry_tests, rewindable_tests,
        start_bits_tests, span_tests,      bound_tests,    rewinding_tests,
        pool_tests,       region_tests,
    };
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const test_case *test = tables[t]; test->run != NULL; test++) {
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
