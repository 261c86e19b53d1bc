/// Blocks: equal-sized blocks from one buffer, for any number of contexts.
///
///     buffer                                  links
///      | block 0 | block 1 | … | block n - 1 | 0 | 1 | … | n - 1 |
///      +---------+---------+---+-------------+---+---+---+-------+
///
/// Free blocks form a list whose links lie in a table behind the blocks, so a
/// block's bytes are the user's alone, also while it is free, and a block may be
/// smaller than a pointer. Fresh blocks come in order 0, 1, 2, …; a freed one is
/// the next to be taken (LIFO). Blocks that were never used are not on the list:
/// a watermark says where they begin, so nothing loops over them.
///
/// A block's link holds its own number while the block is out. Freeing claims it
/// by one exchange of that link, so of two contexts that free the same block
/// exactly one wins and the other is told.
///
/// ABA, a list that was changed and changed back while a context looked away,
/// cannot fool REEL_ATOMICS_LLSC (an exception clears the exclusive monitor) nor
/// REEL_ATOMICS_MASKED. With REEL_ATOMICS_NATIVE the list's head carries a version
/// in all bits that the block numbers leave free: it takes exactly 2^width takes
/// by others inside one interrupted take to be fooled, and width is the word's
/// bits less those of the count, less one: 20 bits and more for up to 2,047 blocks
/// on 32 bits. A batch that a cache takes counts as one take.
///
/// What no allocator of this kind can tell: a free by somebody who no longer owns
/// the block, after it was handed out again. With LLSC and NATIVE a free of a
/// block that no call has returned yet may also be taken for one, in the moment
/// when it is first handed out.

#ifndef REEL_BLOCKS_H
#define REEL_BLOCKS_H

#include "reel/allocator.h"
#include "reel/detail/list.h"
#include "reel/detail/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The most blocks of one pool.
#define REEL_BLOCKS_MAX ((size_t)REEL_LINK_MAX - 1)

/// Owned by the caller; read-only to it. In this order, which lets a free load its
/// four words by two instructions.
typedef struct reel_blocks {
    reel_list list;
    uintptr_t shift;   // log2 of the power of two in block_size
    size_t inverse;    // of the odd rest of it
    uintptr_t base;    // block 0
    size_t block_size; // bytes
    reel_word failures;
} reel_blocks;

/// Bytes of buffer that a pool needs, whatever the buffer's alignment: a constant
/// expression. It is up to the caller that it does not overflow;
/// reel_blocks_init() checks.
#define REEL_BLOCKS_SIZE(block_size, count) \
    ((size_t)(block_size) * (size_t)(count) \
     + (size_t)(count) * sizeof(reel_link) + sizeof(reel_link) - 1)

/// Start a pool with all blocks free.
///
///   buffer      any alignment; block 0 starts at it, so blocks are aligned as
///               buffer and block_size are
///   size        bytes, REEL_BLOCKS_SIZE(block_size, count) or more; the buffer ends
///               REEL_TOP_BYTES or more ahead of the last address
///   block_size  bytes, 1 or more: any number
///   count       1 to REEL_BLOCKS_MAX
///
/// Returns  REEL_OK; REEL_INVALID, and then `blocks` is untouched.
/// Cost     O(log block_size), however many blocks; the buffer is not touched.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_blocks_init(reel_blocks *blocks, void *buffer, size_t size,
                             size_t block_size, size_t count);

/// Define a static pool, usable before main and without init. Its memory lies in
/// section .noinit.reel; its control block costs its own size of flash. The sizes and
/// counts that reel_blocks_init() refuses do not compile.
///
///   REEL_BLOCKS_DEFINE(packets, 200, 32);
#define REEL_BLOCKS_DEFINE(name, block_size, count)                      \
    REEL_STATIC_ASSERT((block_size) > 0 && (count) > 0                   \
                           && (count) <= REEL_BLOCKS_MAX,                \
                       "1 to REEL_BLOCKS_MAX blocks of 1 byte or more"); \
    REEL_MEMORY_DEFINE(name##_memory, (size_t)(block_size) * (count),    \
                       REEL_ALIGN_DEFAULT);                              \
    REEL_NOINIT(name##_links) static reel_link name##_links[count];      \
    static reel_blocks name = REEL_BLOCKS_INITIAL_(                      \
        (uintptr_t)name##_memory, name##_links, block_size, count)

/// Take a free block.
///
/// Returns  `block_size` bytes, contents unspecified; NULL if none is free, never
///          for any other reason. (Between cores, a free that nothing orders before
///          this call may not be seen yet.)
/// Cost     O(1) alone; a retry for each other context that gets in between.
/// Context  any number. ISR: yes. SMP: with REEL_ATOMICS_NATIVE. Blocks: never;
///          MASKED masks interrupts for at most 8 instructions (Cortex-M0; 7 on
///          Armv7-M), if the mask is inline.
void *reel_blocks_alloc(reel_blocks *blocks);

/// Give a block back.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_FOREIGN for a pointer that is not
///          the first byte of one of the pool's blocks; REEL_DOUBLE_FREE for a
///          block that is free: nothing has changed.
/// Cost     O(1) alone; a retry for each other context that gets in between.
/// Context  as reel_blocks_alloc().
reel_status reel_blocks_free(reel_blocks *blocks, void *block);

/// Tell a block's number.
///
/// Returns  0 to count - 1; SIZE_MAX after a panic.
/// Panics   `block` is not the first byte of one of the blocks (REEL_FOREIGN).
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_blocks_index(const reel_blocks *blocks, const void *block);

/// Tell whether a pointer is the first byte of one of the pool's blocks, free or
/// not.
///
/// Returns  true if it is.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
bool reel_blocks_owns(const reel_blocks *blocks, const void *block);

/// Count the blocks that are out, those in caches included.
///
/// Returns  0 to count; a moment's picture while others are at it.
/// Cost     linear in reel_blocks_peak(): a diagnosis.
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_blocks_count_used(const reel_blocks *blocks);

/// Count the blocks that can be had.
///
/// Returns  as reel_blocks_count_used(), the rest of the blocks.
/// Cost     linear in reel_blocks_peak().
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_blocks_count_free(const reel_blocks *blocks);

/// Tell the most blocks that were ever out at once: fresh ones are taken only when
/// no other is free.
///
/// Returns  0 to count; at most one too many for each context that was inside a
///          call at the time.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_blocks_peak(const reel_blocks *blocks);

/// Read all counts at once, in bytes.
///
/// Returns  the statistics; two refusals at the same instant may count as one.
/// Cost     linear in reel_blocks_peak().
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
reel_stats reel_blocks_stats(const reel_blocks *blocks);

/// Check the pool's own bookkeeping: that the list holds just the free blocks.
///
/// Returns  true while all of it makes sense.
/// Cost     linear in reel_blocks_peak().
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
bool reel_blocks_is_valid(const reel_blocks *blocks);

/// Offer the pool as a backing allocator of blocks of up to its block size.
/// Changing a block's size keeps it in place, or refuses.
///
/// Returns  a value that is good for as long as the pool is.
/// Cost     O(1).
/// Context  the functions behind it: any number. ISR: yes. SMP: with NATIVE.
reel_allocator reel_blocks_allocator(reel_blocks *blocks);

// ---- per-owner caches --------------------------------------------------------

/// A few blocks that one owner keeps at hand, so that most calls touch no shared
/// word. With NATIVE it takes and gives its batches by one exchange of the pool's
/// list each. Owned by the caller; read-only to it.
typedef struct reel_blocks_cache {
    void **top;   // the first empty slot
    void **slots; // blocks lie in [slots, top)
    void **limit; // after the last slot
    size_t bytes; // of all blocks of the pool
    reel_blocks *blocks;
} reel_blocks_cache;

/// Start an empty cache.
///
///   slots       the caller's, one pointer for each block the cache may hold
///   capacity  2 or more; half of them are filled or emptied at once
///
/// Returns  REEL_OK; REEL_INVALID, and then `cache` is untouched.
/// Cost     O(1).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_blocks_cache_init(reel_blocks_cache *cache,
                                   reel_blocks *blocks, void **slots,
                                   size_t capacity);

/// Take a block out of the cache, or if it is empty out of the pool.
///
/// Returns  a block; NULL if neither has one. Others' caches may have.
/// Cost     O(1); reel_blocks_cache_refill() at times.
/// Context  one owner of the cache, while others are at the pool. ISR: no.
///          SMP: as the pool. Blocks: never.
static inline void *reel_blocks_cache_alloc(reel_blocks_cache *cache);

/// Put a block into the cache, whoever took it. To be fast this looks at nothing
/// but the range of addresses: a pointer into a block, or a block that is free
/// already, is noticed only when the cache is drained or flushed, and until then
/// it may be handed out again.
///
/// Returns  REEL_OK; REEL_FOREIGN for a pointer outside the pool, NULL included,
///          and nothing has changed; what reel_blocks_free() said of a block that
///          was drained, and that block is forgotten.
/// Cost     O(1); reel_blocks_cache_drain() at times.
/// Context  as reel_blocks_cache_alloc().
static inline reel_status reel_blocks_cache_free(reel_blocks_cache *cache,
                                                 void *block);

/// Check the cache's own bookkeeping: that each block in it is out, and once.
///
/// Returns  true while all of it makes sense.
/// Cost     quadratic in the blocks that it holds.
/// Context  as reel_blocks_cache_alloc().
bool reel_blocks_cache_is_valid(const reel_blocks_cache *cache);

/// Give every block of the cache back to the pool.
///
/// Returns  when the cache is empty.
/// Cost     O(slots).
/// Context  as reel_blocks_cache_alloc().
void reel_blocks_cache_flush(reel_blocks_cache *cache);

#ifdef __cplusplus
}
#endif

#include "reel/detail/blocks.h"

#endif
