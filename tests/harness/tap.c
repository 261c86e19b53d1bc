// SPDX-License-Identifier: MIT
#include "tap.h"

#define MAX_COMPLAINTS 8 // of a result

static const char *skipped; // why; NULL: it was not
static size_t results;
static size_t failures; // of all results
static size_t failures_here;

static void write_number(size_t n)
{
    char digits[3 * sizeof n + 1];
    char *at = &digits[sizeof digits - 1];
    *at = '\0';
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    test_write(at);
}

// A status is a small negative number.
static void write_value(uintptr_t value)
{
    if (value > UINTPTR_MAX - 200) {
        test_write("-");
        value = 0 - value;
    }
    write_number(value);
}

void test_note(const char *text, size_t number)
{
    test_write("# ");
    test_write(text);
    test_write(" ");
    write_number(number);
    test_write("\n");
}

// Should this failure be described?
static bool counts_a_failure(void)
{
    failures++;
    return ++failures_here <= MAX_COMPLAINTS;
}

void test_write_place(const char *file, int line)
{
    test_write(file);
    test_write(":");
    write_number((size_t)line);
}

void test_expect(bool fact, const char *text, const char *file, int line)
{
    if (fact || !counts_a_failure()) {
        return;
    }
    test_write("# ");
    test_write_place(file, line);
    test_write(": expected ");
    test_write(text);
    test_write("\n");
}

void test_complain(const char *what)
{
    if (counts_a_failure()) {
        test_write("# ");
        test_write(what);
        test_write("\n");
    }
}

void test_expect_equal(uintptr_t is, uintptr_t wanted, const char *text,
                       const char *file, int line)
{
    if (is == wanted || !counts_a_failure()) {
        return;
    }
    test_write("# ");
    test_write_place(file, line);
    test_write(": expected ");
    test_write(text);
    test_write(", and it is ");
    write_value(is);
    test_write(", not ");
    write_value(wanted);
    test_write("\n");
}

void tap_skip(const char *why)
{
    skipped = why;
}

void tap_result(const char *what, const char *of)
{
    if (failures_here > MAX_COMPLAINTS) {
        test_write("# and ");
        write_number(failures_here - MAX_COMPLAINTS);
        test_write(" more\n");
    }
    test_write(failures_here == 0 ? "ok " : "not ok ");
    failures_here = 0;
    write_number(++results);
    test_write(" - ");
    test_write(what);
    if (of != NULL) {
        test_write(", ");
        test_write(of);
    }
    if (skipped != NULL) {
        test_write(" # SKIP ");
        test_write(skipped);
        skipped = NULL;
    }
    test_write("\n");
}

bool tap_end(void)
{
    test_write("1..");
    write_number(results);
    test_write("\n");
    return failures == 0 && results > 0;
}
