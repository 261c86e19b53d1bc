// SPDX-License-Identifier: MIT
#include "test.h"

void (*test_after_each)(void);
void (*test_before_swap)(void);
void (*test_on_yield)(void);

static size_t panics; // since the last question
static struct {
    reel_status why;
    const char *file;
    int line;
} last_panic;

static void describe_panics(void)
{
    if (panics == 0) {
        test_write("# no panic came\n");
        return;
    }
    test_note("panics:", panics);
    test_write("# the last one is ");
    test_write(reel_status_name(last_panic.why));
    test_write(" from ");
    test_write_place(last_panic.file, last_panic.line);
    test_write("\n");
}

bool test_panicked(reel_status why)
{
    const bool once =
        (panics == 1 && last_panic.why == why) || REEL_CHECKS == 0;
    if (!once) {
        describe_panics();
    }
    panics = 0;
    return once;
}

bool test_is_calm(void)
{
    const bool calm = panics == 0;
    if (!calm) {
        describe_panics();
    }
    panics = 0;
    return calm;
}

// Returning is allowed: the call that broke its contract then fails safely.
void reel_panic(reel_status why, const char *file, int line)
{
    last_panic.why = why;
    last_panic.file = file;
    last_panic.line = line;
    panics++;
}

void reel_port_yield(void)
{
    if (test_on_yield != NULL) {
        test_on_yield();
    }
}

// ---- running them ----------------------------------------------------------

static bool contains(const char *text, const char *part)
{
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (part[i] != '\0' && text[i] == part[i]) {
            i++;
        }
        if (part[i] == '\0') {
            return true;
        }
    }
    return part[0] == '\0';
}

static void run(const test_case *test)
{
    test->run();
    EXPECT(test_is_calm()); // no test leaves a panic unasked for
    if (test_after_each != NULL) {
        test_after_each();
    }
    tap_result(test->name, NULL);
}

bool test_run_all(const char *named)
{
    for (const test_table *table = test_tables; table->name != NULL; table++) {
        const bool whole = contains(table->name, named);
        for (const test_case *test = table->tests; test->run != NULL; test++) {
            if (whole || contains(test->name, named)) {
                run(test);
            }
        }
    }
    return tap_end();
}
