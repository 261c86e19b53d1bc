// SPDX-License-Identifier: MIT
/// sqlite on the heap of libc/malloc.h: call this ahead of
/// sqlite3_initialize().
///
///   static const sqlite3_mem_methods methods = REEL_SQLITE;
///   sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
///
/// If there is no room, calls fail with SQLITE_NOMEM.

#ifndef REEL_PORT_LIBRARIES_SQLITE_H
#define REEL_PORT_LIBRARIES_SQLITE_H

#include <sqlite3.h>

#include "libc/malloc.h"

static inline void *reel_sqlite_alloc(int size)
{
    return reel_malloc((size_t)size);
}

static inline void *reel_sqlite_realloc(void *block, int size)
{
    return reel_realloc(block, (size_t)size);
}

static inline int reel_sqlite_size(void *block)
{
    return (int)reel_malloc_usable_size(block);
}

// sqlite counts what is left in a block as usable.
static inline int reel_sqlite_roundup(int size)
{
    return (int)((size_t)(size + (int)REEL_HEAP_GRANULE - 1)
                 & ~(REEL_HEAP_GRANULE - 1));
}

static inline int reel_sqlite_init(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static inline void reel_sqlite_shutdown(void *unused)
{
    (void)unused;
}

#define REEL_SQLITE                                                  \
    {                                                                \
        reel_sqlite_alloc, reel_malloc_free, reel_sqlite_realloc,    \
            reel_sqlite_size, reel_sqlite_roundup, reel_sqlite_init, \
            reel_sqlite_shutdown, NULL                               \
    }

#endif
