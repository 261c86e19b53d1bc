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
/// to free, also for each block that is drained; 14 to reset, 35 to free later; 22
/// from a cache and 50 into it. A reallocation that moves is one of each, and the
/// copy. On a Cortex-M0: 260 to allocate, 345 to free. tests/bench/README.md has
/// all, and for each function the most cycles that it can take on a Cortex-M0+.
///
/// Fragmentation. No bound is proven. Recorded programs need 1.03 to 1.20 times
/// the bytes that they have allocated at one time, the heap's own included. The
/// worst known sequence (Robson's) needs 6.5 times, with 8,192 granules allocated
/// at one time. If a bound is needed, use blocks of one size (reel/blocks.h).
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
    size_t below_peak;   // bytes that fewer are used than at the peak
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

/// Bytes of buffer, aligned to a word, in which a block of `bytes` fits, or
/// several whose sizes, each rounded up to the granule of reel_heap_init(), add
/// up to `bytes`: a constant expression. `bytes` is a quarter of the address
/// space at most.
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

/// Start a heap with a granule of the caller's. Every block starts at a multiple
/// of it and occupies multiples of it.
///
///   granule  bytes, a power of two, REEL_HEAP_GRANULE or more; a cache line
///            for DMA
///
/// Returns  as reel_heap_init().
/// Cost     as reel_heap_init()
reel_status reel_heap_init_granular(reel_heap *heap, void *buffer, size_t size,
                                    size_t granule)
    REEL_OF_THESE_OPTIONS(reel_heap_init_granular);

/// Define a static heap. It is usable before main and needs no init. One block
/// of `bytes` fits exactly. Its memory lies in section .noinit.reel and has
/// about REEL_HEAP_SIZE(bytes). Its control block takes its own size of flash.
///
///   REEL_HEAP_DEFINE(messages, 16384);
#define REEL_HEAP_DEFINE(name, bytes)                                       \
    REEL_HEAP_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, name, \
                      bytes)

/// Define a heap that other files may use, or with memory in a section of your
/// own: see reel/detail/compiler.h. Its memory is aligned to a granule.
#define REEL_HEAP_DEFINE_AT(linkage, section, name, bytes) \
    REEL_HEAP_DEFINE_(linkage, REEL_IN_SECTION(section), 0, name, bytes)

/// Allocate a block.
///
///   size   bytes; 0 means 1
///   align  a power of two; 0 means REEL_ALIGN_DEFAULT. Up to the granule it
///          costs nothing. Above, the block is cut out of one that is larger by
///          the alignment, or of memory above the frontier; what is left over
///          on both sides stays free.
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
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_DOUBLE_FREE for a block that is
///          free; REEL_FOREIGN for any other pointer that is not the first byte
///          of a block. A block that was freed and then joined to a free block
///          far below it counts as REEL_FOREIGN. REEL_INVALID after a panic.
/// Panics   a free neighbour was written to (REEL_INVALID).
reel_status reel_heap_free(reel_heap *heap, void *block);

/// Free a block whose size the caller knows.
///
///   size  bytes asked for when the block was allocated or last changed
///
/// Returns  as reel_heap_free(); REEL_INVALID if the block has another size.
/// Panics   as reel_heap_free().
reel_status reel_heap_free_sized(reel_heap *heap, void *block, size_t size);

/// Have a block freed by the owner's next reel_heap_drain(). Until then it counts
/// as used. The block is the heap's at once: the caller must not use it.
///
/// Returns  REEL_OK; REEL_INVALID, REEL_FOREIGN or REEL_DOUBLE_FREE as
///          reel_heap_free(). A block that is queued already is not detected
///          here, but by the drain.
/// Cost     O(1), and one retry for each context that gets in between
/// Callers  any context
reel_status reel_heap_free_later(reel_heap *heap, void *block);

/// Free blocks that reel_heap_free_later() queued.
///
///   most  how many at most
///
/// Returns  how many were freed; less than `most` if there are no more.
/// Panics   a block was queued twice (REEL_DOUBLE_FREE) or was written to after
///          it was queued (REEL_INVALID). Then the drain ends, and blocks that
///          were queued behind it may be lost until the next reset.
/// Cost     O(most)
size_t reel_heap_drain(reel_heap *heap, size_t most);

/// Change the size of a block, moving it if need be.
///
///   block  a block of the heap, or NULL: then this is reel_heap_alloc()
///   size   bytes; 0 means 1
///   align  as in reel_heap_alloc()
///
/// A block that does not grow, and one with enough free memory behind it, stays
/// where it is if that suits `align`.
///
/// Returns  the block, which holds the old contents up to the smaller size;
///          NULL if it does not fit now, and then the old block is unchanged.
/// Panics   `block` is not a block of the heap (REEL_FOREIGN,
///          REEL_DOUBLE_FREE); as reel_heap_alloc() and reel_heap_free().
/// Cost     as reel_heap_alloc(), and O(size) if the block moves
void *reel_heap_realloc(reel_heap *heap, void *block, size_t size,
                        size_t align);

/// Get the bytes that a block has: its size rounded up to the granule, or as it is
/// with REEL_RED_ZONES. All of them may be used.
///
/// Returns  the bytes; 0 after a panic.
/// Panics   `block` is not a block of the heap (REEL_FOREIGN,
///          REEL_DOUBLE_FREE).
size_t reel_heap_usable_size(const reel_heap *heap, const void *block);

/// Tell whether a pointer is the first byte of a used block.
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

/// Get the size of the largest block that could be allocated now, with the
/// default alignment, if no block is queued.
///
/// Returns  bytes; 0 if none.
size_t reel_heap_largest_free(const reel_heap *heap);

/// Get the size of the heap: the used and the free bytes, as statistics in per cent
/// need it. The heap's own map is not among them.
///
/// Returns  bytes, in whole granules; 0 after its end.
static inline size_t reel_heap_size(const reel_heap *heap);

/// Begin a phase of the statistics: from now on the peak is what is in use now, and
/// no failure was counted. Blocks stay.
///
/// Returns  nothing.
static inline void reel_heap_begin_phase(reel_heap *heap);

/// Read all statistics at once. Blocks that are queued, or in a cache, are used.
///
/// Returns  the statistics.
reel_stats reel_heap_stats(const reel_heap *heap);

/// Check the heap's own bookkeeping.
///
/// Returns  true while it is consistent.
/// Cost     O(granules up to the frontier)
bool reel_heap_is_valid(const reel_heap *heap);

/// Register the heap. When the blocks of the parent end, the heap ends. From
/// then on allocating returns NULL and panics (REEL_STALE), calls with a status
/// return REEL_STALE, and counts are 0. The heap may be initialised again. One
/// that is not bound does not end: the caller must not use it after its buffer
/// is gone.
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

/// Offer the heap as an allocator. It frees at once. A size that is larger than
/// the block is refused (REEL_INVALID). A smaller one is not: a lock lets a block
/// shrink in a handler without telling the heap (reel/locked.h).
///
/// Returns  the allocator, valid as long as the heap.
reel_allocator reel_heap_allocator(reel_heap *heap);

// ---- caches ------------------------------------------------------------------

/// The most cached blocks of one size.
#if UINTPTR_MAX > 0xFFFFFFFF
#define REEL_HEAP_CACHED 31u
#else
#define REEL_HEAP_CACHED 7u
#endif

/// The cached blocks of one size. Nothing is written to the blocks themselves.
typedef struct reel_heap_slot {
    size_t count;
    void *blocks[REEL_HEAP_CACHED];
} reel_heap_slot;

/// A few small blocks of each size, kept at hand. A cached block counts as used.
/// Owned by the caller, who only reads it.
typedef struct reel_heap_cache {
    reel_heap *heap;
    reel_heap_slot *slots;      // for blocks of 1, 2, 3, … granules
    size_t capacity;            // slots; 0: it has ended
    reel_registry_entry *entry; // NULL: not bound
} reel_heap_cache;

/// Start a cache, empty. Its owner is that of the heap. Bind it, or empty it with
/// reel_heap_cache_flush() before the heap is reset, disposed of or ends.
///
///   slots     the caller's table
///   capacity  slots, 1 or more: blocks of up to `capacity` granules are cached
///
/// Returns  REEL_OK; REEL_INVALID, and then `cache` is unchanged.
/// Cost     O(capacity)
reel_status reel_heap_cache_init(reel_heap_cache *cache, reel_heap *heap,
                                 reel_heap_slot *slots, size_t capacity);

/// Allocate a block, from the cache if it has one of the size, else from the
/// heap. If the heap has no room, the cache is flushed and the heap asked again.
///
/// Returns  as reel_heap_alloc().
/// Panics   as reel_heap_alloc().
/// Cost     O(1); O(cached blocks) if it is flushed
static inline void *reel_heap_cache_alloc(reel_heap_cache *cache, size_t size,
                                          size_t align);

/// Free a block into the cache; into the heap, if it is large or its slot is
/// full. Foreign pointers and interior ones are refused as reel_heap_free() does.
/// A block that is in the cache already is refused only with REEL_CHECKS 2 or a
/// memory checker; else it will be allocated twice.
///
/// Returns  as reel_heap_free().
/// Panics   as reel_heap_free().
reel_status reel_heap_cache_free(reel_heap_cache *cache, void *block);

/// Free all cached blocks.
///
/// Returns  REEL_OK; REEL_STALE if the cache has ended; else what
///          reel_heap_free() said of a block, which is forgotten.
/// Panics   as reel_heap_free().
/// Cost     O(cached blocks)
reel_status reel_heap_cache_flush(reel_heap_cache *cache);

/// Register the cache. When the blocks of the parent end, the cache ends: what is
/// in it is freed into no heap. From then on allocating returns NULL and panics
/// (REEL_STALE), and freeing returns REEL_STALE. The cache may be initialised
/// again. The registered allocator caches blocks, too.
///
/// A cache has no dispose: flush it, then unregister its handle. One that is not
/// bound does not end: the caller must not use it after the heap or the slots
/// are gone.
///
///   parent   the handle of the heap: then the cache ends also when the heap is
///            reset or disposed of
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_BUSY if the cache is bound; REEL_STALE if it has ended.
/// Callers  threads only
reel_status reel_heap_cache_bind(reel_heap_cache *cache,
                                 reel_registry *registry, reel_handle parent);

/// Get the handle of the cache.
///
/// Returns  the handle, valid until the cache ends; REEL_NO_HANDLE if it is not
///          bound.
/// Callers  any context
reel_handle reel_heap_cache_handle(const reel_heap_cache *cache);

#ifdef __cplusplus
}
#endif

#include "reel/detail/heap.h"

#endif
