// SPDX-License-Identifier: MIT
// pcre2 compiles patterns, and searches text.

#include "libraries/pcre2.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "program.h"

static const char *const patterns[] = {
    "\\b(\\w+) 6(\\d)\\b",
    "(?:arena|heap) (?=\\d+ rewind)",
    "(?i)(PAGE|chunk) (\\d+) (?:the|of) \\d+",
    "((a|b)*c|(?:d|e)+f?){2,5}",
};

// How often it is found; or a negative code.
static int count(pcre2_code *code, pcre2_match_data *data,
                 pcre2_match_context *context)
{
    int found = 0;
    size_t at = 0;
    for (;;) {
        const int result =
            pcre2_match(code, program_text(), TEXT_BYTES, at, 0, data, context);
        if (result < 0) {
            return result == PCRE2_ERROR_NOMATCH ? found : result;
        }
        at = pcre2_get_ovector_pointer(data)[1];
        found++;
    }
}

static int search(pcre2_general_context *memory, const char *pattern)
{
    int error = 0, result = PCRE2_ERROR_NOMEMORY;
    size_t where = 0;
    pcre2_compile_context *const how = pcre2_compile_context_create(memory);
    pcre2_code *const code =
        how == NULL ? NULL
                    : pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                    0, &error, &where, how);
    pcre2_match_data *const data =
        code == NULL ? NULL
                     : pcre2_match_data_create_from_pattern(code, memory);
    pcre2_match_context *const context = pcre2_match_context_create(memory);
    if (data != NULL && context != NULL) {
        result = count(code, data, context);
    } else if (how != NULL && code == NULL) {
        result =
            error == PCRE2_ERROR_HEAP_FAILED ? PCRE2_ERROR_NOMEMORY : -10000;
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    pcre2_compile_context_free(how);
    return result;
}

static outcome run(void)
{
    int found = 0;
    pcre2_general_context *const memory = pcre2_general_context_create(
        reel_pcre2_alloc, reel_pcre2_free, &reel_malloc_heap);
    for (size_t i = 0; memory != NULL && i < 4; i++) {
        const int result = search(memory, patterns[i]);
        if (result < 0) {
            pcre2_general_context_free(memory);
            return result == PCRE2_ERROR_NOMEMORY ? FAILED : WRONG;
        }
        found += result;
    }
    pcre2_general_context_free(memory);
    return memory == NULL ? FAILED : found > 1000 ? WORKED : WRONG;
}

const program the_program = { "pcre2, four patterns", false, false, run };
