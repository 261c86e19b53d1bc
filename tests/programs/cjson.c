// SPDX-License-Identifier: MIT
// cJSON: one message after the other, each in a scope of an arena.

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

#define MESSAGES 20
#define ITEMS    60

// ---- glue: one pair of hooks for all, without a pointer of the user's -------

static void *alloc_in_scope(size_t size)
{
    return reel_arena_alloc(&program_arena, size, 0);
}

static void keep(void *block)
{
    (void)block;
}

// ---- messages ---------------------------------------------------------------

static void *alloc_noted(size_t size)
{
    return program_note(alloc_in_scope(size), size);
}

static void free_noted(void *block)
{
    program_forget(block);
    keep(block);
}

static void write_message(char *text, size_t size, int number)
{
    size_t end =
        (size_t)snprintf(text, size, "{\"number\": %d, \"items\": [", number);
    for (int i = 0; i < ITEMS; i++) {
        end += (size_t)snprintf(text + end, size - end,
                                "%s{\"id\": %d, \"name\": \"item %d\"}",
                                i == 0 ? "" : ", ", i * number, i);
    }
    snprintf(text + end, size - end, "]}");
}

// The sum of the ids, and the message printed again.
static outcome handle(const char *text, int number)
{
    cJSON *const message = cJSON_Parse(text);
    if (message == NULL) {
        return FAILED;
    }
    const cJSON *item;
    int sum = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(message, "items"))
    {
        sum += cJSON_GetObjectItem(item, "id")->valueint;
    }
    const bool is_added = cJSON_AddNumberToObject(message, "sum", sum) != NULL;
    char *const printed = is_added ? cJSON_PrintUnformatted(message) : NULL;
    const bool is_right =
        sum == number * ITEMS * (ITEMS - 1) / 2
        && (printed == NULL || strstr(printed, "\"sum\":") != NULL);
    const bool is_done = printed != NULL;
    cJSON_free(printed);
    cJSON_Delete(message);
    return !is_right ? WRONG : is_done ? WORKED : FAILED;
}

static outcome run(void)
{
    static char text[8192];
    cJSON_Hooks hooks = { alloc_noted, free_noted };
    cJSON_InitHooks(&hooks);
    for (int i = 1; i <= MESSAGES; i++) {
        write_message(text, sizeof text, i);
        REEL_SCOPE (&program_arena) {
            const outcome result = handle(text, i);
            if (result != WORKED) {
                return result;
            }
        }
    }
    return WORKED;
}

const program the_program = { "cJSON, a scope for each message", true, false,
                              run };
