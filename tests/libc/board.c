// SPDX-License-Identifier: MIT
// A board's C library on the heap: newlib-nano or picolibc keeps its own needs
// there, and so do the tables of uthash and the arrays of stb_ds. TAP.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libc/malloc.h"
#include "semihost.h"
#include "tap.h"

static bool is_out_of_memory;
#define uthash_nonfatal_oom(element) ((void)(element), is_out_of_memory = true)
#define HASH_NONFATAL_OOM            1
#include "uthash.h"

#define STB_DS_IMPLEMENTATION
#include "stb_ds.h"

#define BYTES 16384

REEL_MALLOC_DEFINE(BYTES);

int main(void);

void test_write(const char *text)
{
    semihost_write(text);
}

static size_t panics;

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    panics++;
}

static size_t used(void)
{
    return reel_heap_stats(&reel_malloc_heap).used;
}

// ---- uthash -----------------------------------------------------------------

typedef struct word {
    char text[12];
    size_t count;
    UT_hash_handle hh;
} word;

static word *words;

static word *count_word(const char *text)
{
    word *found;
    HASH_FIND_STR(words, text, found);
    if (found == NULL) {
        found = calloc(1, sizeof *found);
        if (found == NULL) {
            return NULL;
        }
        strcpy(found->text, text);
        is_out_of_memory = false;
        HASH_ADD_STR(words, text, found);
        if (is_out_of_memory) {
            free(found);
            return NULL;
        }
    }
    found->count++;
    return found;
}

static void forget_words(void)
{
    word *each, *next;
    HASH_ITER(hh, words, each, next)
    {
        HASH_DEL(words, each);
        free(each);
    }
}

static size_t count_words(size_t most)
{
    char text[12];
    size_t i = 0;
    while (i < most) {
        snprintf(text, sizeof text, "w%u", (unsigned)(i % 40));
        if (count_word(text) == NULL) {
            break;
        }
        i++;
    }
    return i;
}

static void uthash_counts_words(void)
{
    word *found;
    const size_t before = used();
    EXPECT_EQUAL(count_words(200), 200);
    HASH_FIND_STR(words, "w39", found);
    EXPECT(found != NULL && found->count == 5);
    EXPECT(reel_heap_owns(&reel_malloc_heap, found));
    EXPECT_EQUAL(HASH_COUNT(words), 40);
    forget_words();
    EXPECT_EQUAL(used(), before);
    tap_result("a table of uthash lives on the heap, and leaves nothing", NULL);
}

static void uthash_fails_cleanly(void)
{
    const size_t before = used();
    void *const rest = malloc(reel_heap_largest_free(&reel_malloc_heap) - 2048);
    EXPECT(rest != NULL);
    EXPECT(count_words(200) < 200);
    forget_words();
    free(rest);
    EXPECT_EQUAL(used(), before);
    tap_result(
        "a table of uthash in too little memory fails and leaves nothing",
        NULL);
}

// ---- stb_ds -----------------------------------------------------------------

static void stb_ds_grows(void)
{
    int *numbers = NULL;
    struct {
        int key;
        int value;
    } *squares = NULL;
    const size_t before = used();
    for (int i = 0; i < 300; i++) {
        arrput(numbers, i);
    }
    for (int i = 0; i < 60; i++) {
        hmput(squares, i, i * i);
    }
    EXPECT(arrlen(numbers) == 300 && numbers[299] == 299);
    EXPECT(hmlen(squares) == 60 && hmget(squares, 59) == 59 * 59);
    arrfree(numbers);
    hmfree(squares);
    EXPECT_EQUAL(used(), before);
    tap_result("an array and a map of stb_ds live on the heap", NULL);
}

// ---- the library itself -----------------------------------------------------

static void the_library_formats(void)
{
    char text[40];
    volatile double third = 1e22 / 3;
    EXPECT(snprintf(text, sizeof text, "%.3f", third) > 0);
    EXPECT(strncmp(text, "33333333333333", 14) == 0);
    char *const copy = strdup(text);
    EXPECT(copy != NULL && reel_heap_owns(&reel_malloc_heap, copy));
    free(copy);
    tap_result("the library's own blocks come from the heap", NULL);
}

int main(void)
{
    uthash_counts_words();
    uthash_fails_cleanly();
    stb_ds_grows();
    the_library_formats();
    RESULT(panics == 0 && reel_heap_is_valid(&reel_malloc_heap),
           "the heap is valid", NULL);
    test_note("bytes at most:", reel_heap_stats(&reel_malloc_heap).peak);
    return tap_end() ? 0 : 1;
}
