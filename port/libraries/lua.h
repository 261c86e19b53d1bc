// SPDX-License-Identifier: MIT
/// Lua on a heap: lua_newstate(reel_lua_alloc, &heap). A block that shrinks
/// stays where it is, so that cannot fail, as Lua asks. If there is no room,
/// Lua collects garbage and asks again; then the call ends with LUA_ERRMEM.

#ifndef REEL_PORT_LIBRARIES_LUA_H
#define REEL_PORT_LIBRARIES_LUA_H

#include "libraries/free.h"

static inline void *reel_lua_alloc(void *heap, void *block, size_t old_size,
                                   size_t new_size)
{
    (void)old_size;
    if (new_size > 0) {
        return reel_heap_realloc((reel_heap *)heap, block, new_size, 0);
    }
    reel_library_free((reel_heap *)heap, block);
    return NULL;
}

#endif
