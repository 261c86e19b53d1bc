// SPDX-License-Identifier: MIT
/// Heap: blocks of any size from one buffer, freed in any order or all at once.
///
///     buffer
///      | heads | map |  used  | free | used | free |     never used     |
///      +-------+-----+--------+------+------+------+--------------------+
///                    granule 0                     frontier         count
///
/// The buffer is cut into granules of one size, 2 words unless the caller asks
/// for more. A block is a run of granules and has no header. Two bits of the map
/// for each granule say where blocks start and which are free. So a block is
/// freed by its pointer alone, and each pointer is checked, in every build.
///
/// Free blocks lie in lists by size: one size each below 8 granules, 4 lists for
/// each power of two above. Neighbours that are free are joined at once, and a
/// free block next to the frontier lowers the frontier. An allocation takes the
/// first block of the lowest list that surely fits, else memory above the
/// frontier, and leaves the rest free.
///
/// A large granule serves DMA: with one of a cache line, no block shares a line
/// with another block or with anything of reel's.
///
/// Cost. No call loops over blocks or bytes. Allocation and growth clear one
/// pair of words of the map for each WORD granules that were not used since the
/// last reset (WORD: the bits of a word); a call that uses no new memory clears
/// none. Only calls that clear or copy depend on sizes; their labels say so.
///
/// The most instructions that were counted on a Cortex-M3 (-O2, REEL_CHECKS 1),
/// while recorded programs ran: 170 to allocate, without what clears the map; 230
/// to free or drain a block; 14 to reset; 35 to free later. To move a block costs an
/// allocation, a copy and a free. On a Cortex-M0: 260 to allocate, 345 to free.
/// tests/bench/README.md has all figures, and for each function the most cycles
/// that it can take on a Cortex-M0+. A cache (reel/heap_cache.h) is faster.
///
/// Fragmentation. No bound is proven. Recorded programs need a buffer of 1.03 to
/// 1.20 times the most bytes that they use at one time. The worst known sequence
/// (Robson's) needs 6.5 times, for 8,192 granules in use at one time. If a bound
/// is needed, use blocks of one size (reel/blocks.h).
///
/// Links in free blocks are checked before they are followed (REEL_CHECKS >= 1).
/// If a write to freed memory changed them, the call panics with REEL_INVALID
/// and fails. Such a write is detected when the block is next allocated or
/// joined, not before; a write elsewhere in the block is not detected.
///
/// Not detected: a late second free, after the memory was allocated again.

#ifndef REEL_HEAP_H
#define REEL_HEAP_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"
#include "reel/detail/memory.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The bits for as many granules as a word has.
typedef struct reel_heap_cell {
    reel_word starts; // a block starts here
    reel_word edges;  // here is the first or last granule of a free block
} reel_heap_cell;

/// Owned by the caller, who only reads it.
typedef struct reel_heap {
    uintptr_t shift;     // log2 of the granule
    uintptr_t mask;      // granule - 1
    size_t count;        // granules; 0: the heap has ended
    uintptr_t base;      // granule 0
    reel_heap_cell *map; // one more than full cells
    uintptr_t *heads;    // the first free block of each list: starts the buffer
    size_t reach;        // from there to the last word of the last granule
    reel_word frontier;  // the first granule above all used ones
    size_t cleared;      // cells of the map that are exact
    size_t below_peak;   // bytes: the peak less what is used
    uintptr_t pending;   // blocks that a drain took over
    uintptr_t bins[4];   // which lists are not empty
    reel_word later;     // blocks of reel_heap_free_later()
    size_t peak;         // bytes
    size_t failures;
    size_t largest_refused;
    reel_registry_entry *entry; // NULL: not bound
} reel_heap;

/// The smallest granule, and that of reel_heap_init().
#define REEL_HEAP_GRANULE (2 * sizeof(uintptr_t))

/// Bytes of buffer for a block of `bytes`, or for several: round each size up to
/// REEL_HEAP_GRANULE, and add. A constant expression, for a buffer aligned to a word.
/// `bytes` is a quarter of the address space at most.
#define REEL_HEAP_SIZE(bytes)                                      \
    (REEL_HEAP_BEFORE_(REEL_HEAP_COUNT_(bytes), REEL_HEAP_GRANULE) \
     + REEL_HEAP_COUNT_(bytes) * REEL_HEAP_GRANULE)

/// Start a heap. Everything is free.
///
///   buffer  any alignment; it ends at least REEL_TOP_BYTES before the end of
///           the address space
///   size    bytes; a few words go to the lists and 2 bits for each granule to
///           the map
///
/// Returns  REEL_OK; REEL_INVALID if not even one granule fits, and then `heap`
///          is unchanged.
/// Cost     O(log size); the buffer is not touched
reel_status reel_heap_init(reel_heap *heap, void *buffer, size_t size)
    REEL_OF_THESE_OPTIONS(reel_heap_init);

/// Start a heap with another granule. The start and the size of each block are
/// multiples of it.
///
///   granule  bytes, a power of two, REEL_HEAP_GRANULE or more; a cache line
///            for DMA
///
/// Returns  as reel_heap_init().
/// Cost     as reel_heap_init()
reel_status reel_heap_init_granular(reel_heap *heap, void *buffer, size_t size,
                                    size_t granule)
    REEL_OF_THESE_OPTIONS(reel_heap_init_granular);

/// Define a static heap. It needs no init, and is usable before main. One block
/// of `bytes` fits exactly. Its memory, about REEL_HEAP_SIZE(bytes), lies in
/// section .noinit.reel. Its control block also takes flash.
///
///   REEL_HEAP_DEFINE(messages, 16384);
#define REEL_HEAP_DEFINE(name, bytes)                                       \
    REEL_HEAP_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, name, \
                      bytes)

/// Define a heap for several files, or in a section of your own: see
/// reel/detail/compiler.h. Its memory is aligned to a granule.
#define REEL_HEAP_DEFINE_AT(linkage, section, name, bytes) \
    REEL_HEAP_DEFINE_(linkage, REEL_IN_SECTION(section), 0, name, bytes)

/// Allocate a block.
///
///   size   bytes; 0 means 1
///   align  bytes, a power of two; 0 means REEL_ALIGN_DEFAULT. More than a granule
///          needs a larger free block; what is left on both sides stays free.
///
/// Returns  a block, contents unspecified, until it is freed or the heap is
///          reset; NULL if it does not fit now.
/// Panics   a free block was written to (REEL_INVALID).
/// Cost     O(1); O(new memory) if it uses memory that was not used since the
///          last reset: one pair of words for each WORD granules
void *reel_heap_alloc(reel_heap *heap, size_t size, size_t align);

/// Allocate a block of zeroes.
///
/// Returns  as reel_heap_alloc(), and `size` bytes are 0.
/// Panics   as reel_heap_alloc().
/// Cost     O(size), and as reel_heap_alloc()
void *reel_heap_alloc_zeroed(reel_heap *heap, size_t size, size_t align);

/// Free a block.
///
/// Returns  REEL_OK; REEL_INVALID for NULL, and after a panic; REEL_DOUBLE_FREE
///          for a free block; REEL_FOREIGN for any other pointer, and for a free
///          block that was joined to one far below it.
/// Panics   a free neighbour was written to (REEL_INVALID).
reel_status reel_heap_free(reel_heap *heap, void *block);

/// Free a block whose size the caller knows.
///
///   size  bytes asked for when the block was allocated or last changed
///
/// Returns  as reel_heap_free(); REEL_INVALID if the block has another size.
/// Panics   as reel_heap_free().
reel_status reel_heap_free_sized(reel_heap *heap, void *block, size_t size);

/// Queue a block. The owner's next reel_heap_drain() frees it. Until then it counts
/// as used. The caller must not use it any more.
///
/// Returns  REEL_OK; REEL_INVALID, REEL_FOREIGN or REEL_DOUBLE_FREE as
///          reel_heap_free(). If the block is queued already, only the drain
///          detects it.
/// Cost     O(1), and one retry for each context that gets in between
/// Callers  any context
reel_status reel_heap_free_later(reel_heap *heap, void *block);

/// Free up to `most` queued blocks.
///
/// Returns  how many were freed; less than `most` if no more are queued.
/// Panics   a block was queued twice (REEL_DOUBLE_FREE) or was written to after
///          it was queued (REEL_INVALID). Then the drain ends, and blocks that
///          were queued behind it may be lost until the next reset.
/// Cost     O(most)
size_t reel_heap_drain(reel_heap *heap, size_t most);

/// Change the size of a block. If its address satisfies `align`, it stays in place
/// when it does not grow, or has enough free memory behind it. Otherwise it moves.
///
///   block  NULL makes this a reel_heap_alloc()
///   size   bytes; 0 means 1
///   align  as in reel_heap_alloc()
///
/// Returns  the block, with the old contents up to the smaller size; NULL if it
///          does not fit now. Then the old block is unchanged.
/// Panics   `block` is not a block of the heap (REEL_FOREIGN,
///          REEL_DOUBLE_FREE); as reel_heap_alloc() and reel_heap_free().
/// Cost     as reel_heap_alloc(), and O(size) if the block moves
void *reel_heap_realloc(reel_heap *heap, void *block, size_t size,
                        size_t align);

/// Get the bytes of a block that the caller may use: its size, rounded up to the
/// granule unless there are red zones.
///
/// Returns  the bytes; 0 after a panic.
/// Panics   `block` is not a block of the heap (REEL_FOREIGN,
///          REEL_DOUBLE_FREE).
size_t reel_heap_usable_size(const reel_heap *heap, const void *block);

/// Tell whether a pointer is the first byte of a block in use.
///
/// Returns  true if it is.
bool reel_heap_owns(const reel_heap *heap, const void *block);

/// Free all blocks, queued ones included. No other context may be in
/// reel_heap_free_later() at that time. Refs of a bound heap become stale.
///
/// Returns  REEL_OK; REEL_STALE if the heap has ended; REEL_BUSY in a handler if
///          the heap is bound.
/// Cost     O(1); O(bytes) with REEL_POISON or a memory checker; if the heap is
///          bound, as reel_registry_rewound()
reel_status reel_heap_reset(reel_heap *heap);

/// Get the largest size that can be allocated now, with the default alignment.
/// Queued blocks count as used.
///
/// Returns  bytes; 0 if none.
size_t reel_heap_largest_free(const reel_heap *heap);

/// Get the size of the heap: the used and the free bytes, without lists and map.
///
/// Returns  bytes, in whole granules; 0 after its end.
static inline size_t reel_heap_size(const reel_heap *heap);

/// Begin a phase of the statistics. The peak becomes what is in use now, and the
/// failures become 0. Blocks stay.
///
/// Returns  nothing.
static inline void reel_heap_begin_phase(reel_heap *heap);

/// Read all statistics at once. Blocks that are queued, or in a cache, are used.
///
/// Returns  the statistics.
reel_stats reel_heap_stats(const reel_heap *heap);

/// Check the bookkeeping of the heap.
///
/// Returns  true if it is consistent.
/// Cost     O(granules up to the frontier)
bool reel_heap_is_valid(const reel_heap *heap);

/// Register the heap. When the blocks of the parent end, the heap ends: see
/// reel/registry.h. Then counts are 0.
///
///   parent   as for reel_registry_register(): where the buffer comes from
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_BUSY if the heap is bound; REEL_STALE if it has ended.
/// Callers  threads only
reel_status reel_heap_bind(reel_heap *heap, reel_registry *registry,
                           reel_handle parent);

/// Get the handle for refs to the present blocks.
///
/// Returns  the handle, valid until the next reset; REEL_NO_HANDLE if the heap
///          is not bound.
/// Callers  any context
reel_handle reel_heap_handle(const reel_heap *heap);

/// Give the buffer of the heap up. A bound heap is unregistered, and its
/// descendants end. A memory checker no longer guards the buffer. Nothing else
/// changes. A second call does no harm.
///
/// Returns  REEL_OK; REEL_STALE if the heap has ended; REEL_BUSY in a handler if
///          the heap is bound.
/// Cost     O(1); O(bytes) with a memory checker; if the heap is bound, as
///          reel_registry_unregister()
reel_status reel_heap_dispose(reel_heap *heap);

/// Offer the heap as an allocator. It frees at once. A free with a size above that
/// of the block is refused (REEL_INVALID). A smaller one is not: behind a lock a
/// block may have shrunk without the heap (reel/locked.h).
///
/// Returns  the allocator, valid as long as the heap.
reel_allocator reel_heap_allocator(reel_heap *heap);

#ifdef __cplusplus
}
#endif

#include "reel/detail/heap.h"

#endif
