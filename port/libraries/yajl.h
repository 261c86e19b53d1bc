// SPDX-License-Identifier: MIT
/// yajl on a heap: yajl_alloc_funcs memory = REEL_YAJL(&heap), for yajl_alloc()
/// and yajl_gen_alloc(). yajl 2.1 does not look whether there was room: in too
/// little memory it uses NULL. So give it what its input can need.

#ifndef REEL_PORT_LIBRARIES_YAJL_H
#define REEL_PORT_LIBRARIES_YAJL_H

#include <yajl/yajl_common.h>

#include "libraries/free.h"

static inline void *reel_yajl_alloc(void *heap, size_t size)
{
    return reel_heap_alloc((reel_heap *)heap, size, 0);
}

static inline void *reel_yajl_realloc(void *heap, void *block, size_t size)
{
    return reel_heap_realloc((reel_heap *)heap, block, size, 0);
}

static inline void reel_yajl_free(void *heap, void *block)
{
    reel_library_free((reel_heap *)heap, block);
}

#define REEL_YAJL(heap)                                                  \
    {                                                                    \
        reel_yajl_alloc, reel_yajl_realloc, reel_yajl_free, (void *)heap \
    }

#endif
