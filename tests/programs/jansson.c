// SPDX-License-Identifier: MIT
// jansson keeps a document that is edited again and again.

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "program.h"

#define KEYS  150
#define EDITS 3000

static bool edit(json_t *document, uint32_t *seed)
{
    char key[16], value[64];
    *seed = *seed * 1664525u + 1013904223u;
    snprintf(key, sizeof key, "key %u", (unsigned)(*seed >> 16) % KEYS);
    snprintf(value, sizeof value, "%0*u", (int)(*seed >> 8 & 31) + 1,
             (unsigned)*seed);
    if ((*seed >> 13 & 3) == 0) {
        (void)json_object_del(document, key);
        return true;
    }
    return json_object_set_new(document, key,
                               json_pack("{s:s, s:[i,i]}", "text", value, "at",
                                         (int)(*seed >> 20), 7))
           == 0;
}

static outcome check(const json_t *document)
{
    char *const text = json_dumps(document, JSON_SORT_KEYS);
    if (text == NULL) {
        return FAILED;
    }
    json_error_t error;
    json_t *const again = json_loads(text, 0, &error);
    const bool is_equal = again != NULL && json_equal(again, document) != 0;
    const bool is_parsed = again != NULL;
    json_decref(again);
    reel_malloc_free(text);
    if (is_parsed) {
        return is_equal ? WORKED : WRONG;
    }
    return json_error_code(&error) == json_error_out_of_memory ? FAILED : OTHER;
}

static outcome run(void)
{
    uint32_t seed = 1;
    json_set_alloc_funcs(reel_malloc, reel_malloc_free);
    json_object_seed(1);
    json_t *const document = json_object();
    bool is_good = document != NULL;
    for (int i = 0; is_good && i < EDITS; i++) {
        is_good = edit(document, &seed);
    }
    const outcome result = is_good ? check(document) : FAILED;
    json_decref(document);
    return result;
}

const program the_program = { "jansson, a document that is edited", false,
                              false, run };
