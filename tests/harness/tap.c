#include "tap.h"

#define MAX_COMPLAINTS 20

static const char *skipped; // why; NULL: it was not
static size_t results, failures, failures_before;

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

void test_note(const char *text, size_t number)
{
    test_write("# ");
    test_write(text);
    test_write(" ");
    write_number(number);
    test_write("\n");
}

void test_expect(bool fact, const char *text, const char *file, int line)
{
    if (fact || ++failures > MAX_COMPLAINTS) {
        return;
    }
    test_write("# ");
    test_write(file);
    test_write(":");
    write_number((size_t)line);
    test_write(": expected ");
    test_write(text);
    test_write("\n");
}

void tap_skip(const char *why)
{
    skipped = why;
}

void tap_result(const char *what, const char *of)
{
    test_write(failures == failures_before ? "ok " : "not ok ");
    failures_before = failures;
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
    return failures == 0;
}
