// SPDX-License-Identifier: MIT
/// What libraries do with a block that they do not need any more.

#ifndef REEL_PORT_LIBRARIES_FREE_H
#define REEL_PORT_LIBRARIES_FREE_H

#include "reel/heap.h"

/// Free a block of a heap, or nothing for NULL. Libraries have no place for a
/// status, so what the heap refuses is a panic.
static inline void reel_library_free(reel_heap *heap, void *block)
{
    const reel_status status =
        block == NULL ? REEL_OK : reel_heap_free(heap, block);
    if (REEL_CHECKS >= 1 && status != REEL_OK) {
        reel_panic(status, __FILE__, __LINE__);
    }
}

#endif
