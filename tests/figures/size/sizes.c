// SPDX-License-Identifier: MIT
// The size of each control block, for nm to read: no code.

#include "reel/reel.h"

extern char size_of_allocator[sizeof(reel_allocator)];
extern char size_of_arena[sizeof(reel_arena)];
extern char size_of_mark[sizeof(reel_mark)];
extern char size_of_temp[sizeof(reel_temp)];
extern char size_of_blocks[sizeof(reel_blocks)];
extern char size_of_cache[sizeof(reel_blocks_cache)];
extern char size_of_link[sizeof(reel_link)];
extern char size_of_heap[sizeof(reel_heap)];
extern char size_of_heap_cache[sizeof(reel_heap_cache)];
extern char size_of_heap_slot[sizeof(reel_heap_slot)];
extern char size_of_registry[sizeof(reel_registry)];
extern char size_of_registry_entry[sizeof(reel_registry_entry)];
extern char size_of_handle[sizeof(reel_handle)];
extern char size_of_ref[sizeof(reel_ref)];
extern char size_of_rewindable[sizeof(reel_rewindable)];
extern char size_of_rewindable_block[sizeof(reel_rewindable_chunk)];
extern char size_of_span[sizeof(reel_span)];
extern char size_of_lock[sizeof(reel_lock)];
extern char size_of_pool[sizeof(reel_pool)];
extern char size_of_pool_chunk[sizeof(reel_pool_chunk)];
extern char size_of_region[sizeof(reel_region)];

char size_of_arena[sizeof(reel_arena)];
char size_of_mark[sizeof(reel_mark)];
char size_of_temp[sizeof(reel_temp)];
char size_of_blocks[sizeof(reel_blocks)];
char size_of_cache[sizeof(reel_blocks_cache)];
char size_of_link[sizeof(reel_link)];
char size_of_heap[sizeof(reel_heap)];
char size_of_heap_cache[sizeof(reel_heap_cache)];
char size_of_heap_slot[sizeof(reel_heap_slot)];
char size_of_registry[sizeof(reel_registry)];
char size_of_registry_entry[sizeof(reel_registry_entry)];
char size_of_handle[sizeof(reel_handle)];
char size_of_ref[sizeof(reel_ref)];
char size_of_rewindable[sizeof(reel_rewindable)];
char size_of_rewindable_block[sizeof(reel_rewindable_chunk)];
char size_of_span[sizeof(reel_span)];
char size_of_lock[sizeof(reel_lock)];
char size_of_pool[sizeof(reel_pool)];
char size_of_pool_chunk[sizeof(reel_pool_chunk)];
char size_of_region[sizeof(reel_region)];
