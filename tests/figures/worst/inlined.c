// SPDX-License-Identifier: MIT
// What is inlined, as calls; and calls whose argument is a struct of three
// words, which registers do not hold on some CPUs.

#include "inlined.h"

void *cached_block(reel_blocks_cache *cache)
{
    return reel_blocks_cache_alloc(cache);
}

reel_status free_cached_block(reel_blocks_cache *cache, void *block)
{
    return reel_blocks_cache_free(cache, block);
}

reel_status open_cached(reel_region *region, reel_pool_cache *cache)
{
    return reel_region_open_cached(region, cache);
}

reel_status close_cached(reel_region *region)
{
    return reel_region_close_cached(region);
}

void *cached_alloc(reel_heap_cache *cache, size_t size, size_t align)
{
    return reel_heap_cache_alloc(cache, size, align);
}

reel_status rewind_to(reel_temp *temp, const reel_mark *mark)
{
    return reel_temp_rewind(temp, *mark);
}

void *object_of(const reel_registry *registry, const reel_ref *ref)
{
    return reel_ref_get(registry, *ref);
}
