// SPDX-License-Identifier: MIT
// yajl parses a document into a tree of its own callbacks, and writes it.

#include "libraries/yajl.h"

#include <string.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

#include "program.h"

#define ITEMS 300

static int numbers;

static int read_integer(void *unused, long long value)
{
    (void)unused;
    numbers += (int)value;
    return 1;
}

static bool write_document(yajl_gen gen)
{
    bool is_good = yajl_gen_array_open(gen) == yajl_gen_status_ok;
    for (int i = 0; is_good && i < ITEMS; i++) {
        is_good = yajl_gen_map_open(gen) == yajl_gen_status_ok
                  && yajl_gen_string(gen, (const unsigned char *)"id", 2)
                         == yajl_gen_status_ok
                  && yajl_gen_integer(gen, i) == yajl_gen_status_ok
                  && yajl_gen_map_close(gen) == yajl_gen_status_ok;
    }
    return is_good && yajl_gen_array_close(gen) == yajl_gen_status_ok;
}

static bool read_document(const yajl_alloc_funcs *memory,
                          const unsigned char *text, size_t size)
{
    static const yajl_callbacks callbacks = { .yajl_integer = read_integer };
    yajl_handle parser =
        yajl_alloc(&callbacks, (yajl_alloc_funcs *)(uintptr_t)memory, NULL);
    const bool is_good = parser != NULL
                         && yajl_parse(parser, text, size) == yajl_status_ok
                         && yajl_complete_parse(parser) == yajl_status_ok;
    yajl_free(parser);
    return is_good;
}

static outcome run(void)
{
    const yajl_alloc_funcs memory = REEL_YAJL(&reel_malloc_heap);
    const unsigned char *text = NULL;
    size_t size = 0;
    numbers = 0;
    yajl_gen gen = yajl_gen_alloc(&memory);
    if (gen == NULL) {
        return FAILED;
    }
    const bool is_good =
        write_document(gen)
        && yajl_gen_get_buf(gen, &text, &size) == yajl_gen_status_ok
        && read_document(&memory, text, size);
    yajl_gen_free(gen);
    return is_good && numbers == ITEMS * (ITEMS - 1) / 2 ? WORKED : WRONG;
}

const program the_program = { "yajl, a document written and read", false, true,
                              run };
