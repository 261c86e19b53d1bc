// SPDX-License-Identifier: MIT
#ifndef INLINED_H
#define INLINED_H

#include "reel/reel.h"

void *cached_block(reel_blocks_cache *cache);
reel_status free_cached_block(reel_blocks_cache *cache, void *block);
reel_status open_cached(reel_region *region, reel_pool_cache *cache);
reel_status close_cached(reel_region *region);
void *cached_alloc(reel_heap_cache *cache, size_t size, size_t align);
reel_status rewind_to(reel_temp *temp, const reel_mark *mark);
void *object_of(const reel_registry *registry, const reel_ref *ref);

#endif
