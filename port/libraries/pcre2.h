// SPDX-License-Identifier: MIT
/// pcre2 on a heap: pcre2_general_context_create(reel_pcre2_alloc,
/// reel_pcre2_free, &heap). If there is no room, calls fail with
/// PCRE2_ERROR_NOMEMORY or NULL.

#ifndef REEL_PORT_LIBRARIES_PCRE2_H
#define REEL_PORT_LIBRARIES_PCRE2_H

#include "libraries/free.h"

static inline void *reel_pcre2_alloc(size_t size, void *heap)
{
    return reel_heap_alloc((reel_heap *)heap, size, 0);
}

static inline void reel_pcre2_free(void *block, void *heap)
{
    reel_library_free((reel_heap *)heap, block);
}

#endif
