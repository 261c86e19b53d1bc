// SPDX-License-Identifier: MIT
/// Blocks: blocks of one size from one buffer, for any number of contexts.
///
///     buffer                                  links
///      | block 0 | block 1 | … | block n - 1 | 0 | 1 | … | n - 1 |
///      +---------+---------+---+-------------+---+---+---+-------+
///
/// Free blocks form a list. Its links lie in a table behind the blocks. So reel
/// writes to no block, and a block may be smaller than a pointer. Unused blocks
/// are allocated in the order 0, 1, 2, …. A freed block is the next to be
/// allocated (LIFO). A watermark separates used from unused blocks, so no call
/// loops over them. If two contexts free the same block, one succeeds and the
/// other fails.
///
/// ABA means: the list changes and changes back while a context is interrupted.
/// REEL_ATOMICS_LLSC and REEL_ATOMICS_MASKED are immune. With
/// REEL_ATOMICS_NATIVE the head of the list has a version. ABA then needs exactly
/// 2^width allocations within one interrupted allocation. (A batch of a cache
/// counts as one.) The width is the bits of a word less those of the count, less
/// one. On 32 bits that is 20 bits for 2,047 blocks. It is 8 bits or more, since
/// larger counts are refused.
///
/// Not detected: a late second free, after the block was allocated again. With
/// LLSC and NATIVE a free may also succeed while another context receives the
/// block for the first time.

#ifndef REEL_BLOCKS_H
#define REEL_BLOCKS_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"
#include "reel/detail/list.h"
#include "reel/detail/memory.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The most blocks of one block pool: 2^(word bits - 9) - 1, so a version has 8
/// bits or more. On one core 32,766, or with words 2^(word bits - 1) - 2.
#if REEL_LISTS_ARE_VERSIONED
#define REEL_BLOCKS_MAX (((size_t)1 << (8 * sizeof(size_t) - 9)) - 1)
#else
#define REEL_BLOCKS_MAX ((size_t)REEL_LINK_MAX - 1)
#endif

/// Owned by the caller, who only reads it. The order of the members lets a free load
/// four words with two instructions.
typedef struct reel_blocks {
    reel_list list;
    uintptr_t shift;   // log2 of the power of two in the stride
    size_t inverse;    // of the other, odd factor
    uintptr_t base;    // block 0
    size_t block_size; // bytes
    reel_word failures;
    reel_registry_entry *entry; // NULL: not bound
} reel_blocks;

/// Bytes from one block to the next: its size; with REEL_RED_ZONES a zone behind it,
/// too, in multiples of the power of two in the size. So blocks are aligned as
/// without it.
#define REEL_BLOCKS_STRIDE(block_size) REEL_BLOCKS_STRIDE_((size_t)(block_size))

/// Bytes of buffer that a block pool needs, for any alignment of the buffer: a
/// constant expression. If it overflows, reel_blocks_init() fails.
#define REEL_BLOCKS_SIZE(block_size, count)           \
    (REEL_BLOCKS_STRIDE(block_size) * (size_t)(count) \
     + (size_t)(count) * sizeof(reel_link) + sizeof(reel_link) - 1)

/// Start a block pool. All blocks are free.
///
///   buffer      any alignment; block 0 starts at it, so the alignment of
///               blocks follows from buffer and block_size
///   size        bytes, REEL_BLOCKS_SIZE(block_size, count) or more; the buffer
///               ends at least REEL_TOP_BYTES before the end of the address
///               space
///   block_size  bytes, 1 or more
///   count       1 to REEL_BLOCKS_MAX
///
/// Returns  REEL_OK; REEL_INVALID, and then `blocks` is unchanged.
/// Cost     O(log block_size) for any number of blocks; the buffer is not
///          touched
reel_status reel_blocks_init(reel_blocks *blocks, void *buffer, size_t size,
                             size_t block_size, size_t count)
    REEL_OF_THESE_OPTIONS(reel_blocks_init);

/// Start a block pool whose links lie elsewhere. Then blocks may be in memory
/// that is slow, or that has no exclusive or atomic accesses.
///
///   size    bytes, REEL_BLOCKS_STRIDE(block_size) times count or more
///   links   `count` of them, for as long as the block pool; in memory where the
///           exchanges of REEL_ATOMICS work
///
/// Returns  as reel_blocks_init(); REEL_INVALID also for links that are not
///          aligned.
/// Cost     as reel_blocks_init()
reel_status reel_blocks_init_apart(reel_blocks *blocks, void *buffer,
                                   size_t size, size_t block_size, size_t count,
                                   reel_link *links)
    REEL_OF_THESE_OPTIONS(reel_blocks_init_apart);

/// Define a static block pool. It needs no init, and is usable before main. Its
/// memory lies in section .noinit.reel. Its control block also takes flash. What
/// reel_blocks_init() refuses does not compile.
///
///   REEL_BLOCKS_DEFINE(packets, 200, 32);
#define REEL_BLOCKS_DEFINE(name, block_size, count)                       \
    REEL_BLOCKS_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT,   \
                        REEL_BLOCKS_ALIGN_(block_size), name, block_size, \
                        count)

/// Define a block pool for several files, or with blocks in a section of your
/// own: see reel/detail/compiler.h. The links lie in .noinit.reel.
#define REEL_BLOCKS_DEFINE_AT(linkage, section, align, name, block_size, \
                              count)                                     \
    REEL_BLOCKS_DEFINE_(linkage, REEL_IN_SECTION(section),               \
                        REEL_ZERO_BY_SCRIPT, align, name, block_size, count)

/// Allocate a block.
///
/// Returns  `block_size` bytes, contents unspecified; NULL if and only if no
///          block is free. (A free on another core counts once its effect is
///          visible here.)
/// Cost     O(1), and one retry for each context that gets in between
/// Callers  any context
void *reel_blocks_alloc(reel_blocks *blocks);

/// Free a block.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_FOREIGN for a pointer that is
///          not the first byte of a block; REEL_DOUBLE_FREE for a free block.
/// Cost     O(1), and one retry for each context that gets in between
/// Callers  any context
reel_status reel_blocks_free(reel_blocks *blocks, void *block);

/// Get the number of a block.
///
/// Returns  0 to count - 1; SIZE_MAX after a panic.
/// Panics   `block` is not the first byte of a block (REEL_FOREIGN).
/// Callers  any context
size_t reel_blocks_index(const reel_blocks *blocks, const void *block);

/// Tell whether a pointer is the first byte of a block, free or not.
///
/// Returns  true if it is.
/// Callers  any context
bool reel_blocks_owns(const reel_blocks *blocks, const void *block);

/// Count the allocated blocks, including those in caches.
///
/// Returns  0 to count. While other contexts allocate and free, the number may be
///          too high, up to reel_blocks_peak(), but not too low.
/// Cost     O(reel_blocks_peak()), up to four times while other contexts
///          allocate: for diagnosis
/// Callers  any context
size_t reel_blocks_count_used(const reel_blocks *blocks);

/// Count the free blocks.
///
/// Returns  count less reel_blocks_count_used().
/// Cost     O(reel_blocks_peak())
/// Callers  any context
size_t reel_blocks_count_free(const reel_blocks *blocks);

/// Get the most blocks that were allocated at one time.
///
/// Returns  0 to count; at most one too many for each context that was inside a
///          call.
/// Callers  any context
size_t reel_blocks_peak(const reel_blocks *blocks);

/// Get the size of a block.
///
/// Returns  bytes, as in reel_blocks_init().
/// Callers  any context
static inline size_t reel_blocks_block_size(const reel_blocks *blocks);

/// Get how many blocks there are, free and used.
///
/// Returns  the count; 0 after the end.
/// Callers  any context
static inline size_t reel_blocks_count(const reel_blocks *blocks);

/// Get all statistics, in bytes.
///
/// Returns  the statistics. Two failures at the same instant may count as one.
/// Cost     O(reel_blocks_peak())
/// Callers  any context
reel_stats reel_blocks_stats(const reel_blocks *blocks);

/// Begin a phase of the statistics. The failures become 0. The peak stays, since it
/// is the watermark. In builds with events, events/counts.h has a peak that a phase
/// forgets.
///
/// Returns  nothing.
static inline void reel_blocks_begin_phase(reel_blocks *blocks);

/// Check the bookkeeping of the block pool: the list holds exactly the free
/// blocks.
///
/// Returns  true if it is consistent.
/// Cost     O(reel_blocks_peak())
bool reel_blocks_is_valid(const reel_blocks *blocks);

/// Register the block pool. When the blocks of the parent end, the block pool
/// ends: see reel/registry.h. Then counts are 0.
///
///   parent   as for reel_registry_register(): where the buffer comes from
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_BUSY if the block pool is bound; REEL_STALE if it has ended.
/// Callers  threads only
reel_status reel_blocks_bind(reel_blocks *blocks, reel_registry *registry,
                             reel_handle parent);

/// Get the handle for refs to blocks.
///
/// Returns  the handle, valid until the block pool is disposed of or ends;
///          REEL_NO_HANDLE if it is not bound.
/// Callers  any context
reel_handle reel_blocks_handle(const reel_blocks *blocks);

/// Give the buffer of the block pool up. A bound one is unregistered, and its
/// descendants end. A memory checker no longer guards the buffer. Nothing else
/// changes. A second call does no harm.
///
/// Returns  REEL_OK; REEL_STALE if the block pool has ended; REEL_BUSY in a
///          handler if it is bound.
/// Cost     O(1); O(bytes) with a memory checker; if the block pool is bound,
///          as reel_registry_unregister()
reel_status reel_blocks_dispose(reel_blocks *blocks);

/// Offer the block pool as an allocator of blocks up to its block size. A
/// reallocate keeps the block in place, or fails. It panics for a foreign block
/// and a free one.
///
/// Returns  the allocator, valid as long as the block pool. Any context may use
///          it.
reel_allocator reel_blocks_allocator(reel_blocks *blocks);

#ifdef __cplusplus
}
#endif

#include "reel/detail/blocks.h"

#endif
