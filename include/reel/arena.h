// SPDX-License-Identifier: MIT
/// Arena: cut blocks off one buffer, and free them all at once.
///
///     base          mark           next                     end
///      |  blocks     |  blocks      |         free           |
///      +-------------+--------------+------------------------+
///                     <-- rewind ---
///
/// The buffer is the caller's, of any alignment and size. A block has no
/// header. Padding for alignment is the only loss, and a request that fits
/// exactly succeeds.
///
/// A rewind to a mark frees all newer blocks. It drops the marks that are newer
/// and higher. The mark itself stays live. A dropping rewind is one that drops a
/// mark. reel_arena_rewind() refuses
///
///   * a mark of another arena                                   REEL_FOREIGN
///   * a mark from before the last reset                         REEL_STALE
///   * a mark that the latest dropping rewind dropped            REEL_STALE
///   * a mark that the lowest dropping rewind since the reset
///     dropped; of several equally low ones, the latest          REEL_STALE
///   * a mark outside the used part, or inside a granule         REEL_STALE
///
/// A live mark is never refused. In functions with inner scopes these rules detect
/// each wrong use of a mark. reel/detail/arena.h says which dropped marks are not
/// detected. A rewind to one of them frees parts of newer blocks, but the arena
/// itself stays valid. With REEL_CHECKS 2 a log detects all dropped marks, of up to
/// 8 arenas.
///
/// A block older than the newest mark is pinned: its free does nothing, a shrink
/// frees nothing, and it does not grow in place. Otherwise a mark could lie inside
/// a later block.

#ifndef REEL_ARENA_H
#define REEL_ARENA_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"
#include "reel/detail/memory.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller, who only reads it. All positions are addresses.
typedef struct reel_arena {
    reel_word next;           // the first free byte
    reel_word limit;          // inline allocation ends here; 0: all out of line
    uintptr_t end;            // after the last byte of the buffer
    uintptr_t base;           // the first byte of the buffer
    uintptr_t floor;          // the newest mark or rewind; pins what is below
    uintptr_t peak;           // the highest `next` before it fell
    unsigned long serial;     // rewinds and resets so far
    unsigned long epoch;      // the serial of the last reset
    uintptr_t last_position;  // where the latest rewind went
    uintptr_t low_position;   // where the lowest one since the reset went,
    unsigned long low_serial; // and its serial
    reel_word refusals;       // refused requests << 8 | log2 of the granule
    reel_word largest_refused;   // bytes
    unsigned long inline_serial; // `serial`, if a rewind may be inline
    reel_registry_entry *entry;  // NULL: not bound
} reel_arena;

/// A position to rewind to: a value of three words, which holds no memory.
typedef struct reel_mark {
    const void *owner;
    uintptr_t position;
    unsigned long serial;
} reel_mark;

/// Start an empty arena over `buffer`, which stays the caller's property.
///
///   buffer   any alignment, not NULL
///   size     bytes, 1 or more; the buffer ends at least REEL_TOP_BYTES before
///            the end of the address space
///
/// Returns  REEL_OK; REEL_INVALID, and then `arena` is unchanged.
reel_status reel_arena_init(reel_arena *arena, void *buffer, size_t size)
    REEL_OF_THESE_OPTIONS(reel_arena_init);

/// Start an arena for DMA. The start and the size of each block are multiples of
/// `granule`, so no two blocks share a granule. The ends of the buffer that are no
/// whole granule stay unused. No allocation is inline.
///
///   granule  bytes, a power of two; for example a cache line
///
/// Returns  REEL_OK; REEL_INVALID if the buffer has no whole granule or an
///          argument is wrong, and then `arena` is unchanged.
/// Cost     O(log granule)
reel_status reel_arena_init_granular(reel_arena *arena, void *buffer,
                                     size_t size, size_t granule)
    REEL_OF_THESE_OPTIONS(reel_arena_init_granular);

/// Define a static arena. It needs no init, and is usable before main. Its
/// memory lies in section .noinit.reel. Its control block also takes flash.
///
///   REEL_ARENA_DEFINE(scratch, 4096);
#define REEL_ARENA_DEFINE(name, bytes)                                 \
    REEL_ARENA_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, \
                       REEL_ALIGN_DEFAULT, name, bytes)

/// Define an arena for several files, or in a section of your own: see
/// reel/detail/compiler.h.
///
///   REEL_ARENA_DEFINE_AT(REEL_EXTERNAL, ".noinit.psram", 32, frames, 1048576);
#define REEL_ARENA_DEFINE_AT(linkage, section, align, name, bytes) \
    REEL_ARENA_DEFINE_(linkage, REEL_IN_SECTION(section), 0, align, name, bytes)

/// Allocate a block at the free end.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, valid until it is freed, rewound or
///          reset; NULL if it does not fit.
void *reel_arena_alloc(reel_arena *arena, size_t size, size_t align);

/// Allocate a block, and let the CPU fetch the memory of later blocks into its
/// cache. This is faster if a program fills far more memory than that cache holds.
///
///   ahead    bytes from the block's start; 512 is a good choice on hosts
///
/// Returns  as reel_arena_alloc().
static inline void *reel_arena_alloc_ahead(reel_arena *arena, size_t size,
                                           size_t align, size_t ahead);

/// Allocate a block and clear it.
///
/// Returns  as reel_arena_alloc(), all bytes 0.
/// Cost     O(size)
void *reel_arena_alloc_zeroed(reel_arena *arena, size_t size, size_t align);

/// Allocate a block while other contexts do the same. During such calls the
/// owner may also take marks and read statistics. Any other call needs the
/// arena to itself.
///
/// Returns  as reel_arena_alloc(). NULL is never spurious.
/// Cost     O(1), and one retry for each context that allocates in between
/// Callers  any context
void *reel_arena_alloc_shared(reel_arena *arena, size_t size, size_t align);

/// Change the size of a block in place. The last block grows and shrinks,
/// unless a mark pins it. Any other block only shrinks, and its tail is freed
/// by the next rewind.
///
///   old_size  bytes that were requested when the block was allocated or last
///             changed
///   new_size  bytes; 0 means 1
///
/// Returns  true if the block has the new size; false if nothing changed.
/// Panics   the block is not within the used part (REEL_FOREIGN).
bool reel_arena_resize(reel_arena *arena, void *block, size_t old_size,
                       size_t new_size);

/// Change the size of a block. It stays in place if its address satisfies `align`
/// and reel_arena_resize() succeeds. Otherwise it is copied, and the old block stays
/// until the next rewind. In an inner scope, a block from before the scope always
/// moves when it grows, and the end of the scope frees the copy.
///
///   block    NULL makes this a reel_arena_alloc()
///
/// Returns  the block, with the old contents up to the smaller size; NULL if it
///          does not fit. Then the old block is unchanged.
/// Panics   the block is not within the used part (REEL_FOREIGN).
/// Cost     O(1) in place; O(smaller size) if the block moves
void *reel_arena_realloc(reel_arena *arena, void *block, size_t old_size,
                         size_t new_size, size_t align);

/// Free the last block. For any other block, and for a pinned one, do nothing.
/// A gap for alignment in front of the block stays used. Then the block below is
/// not the last one. To free blocks in reverse order, give them one alignment,
/// and sizes that are multiples of it. Or take a mark and rewind to it.
///
/// Returns  REEL_OK, also if it did nothing; REEL_INVALID for NULL;
///          REEL_FOREIGN for a block that is not within the used part.
reel_status reel_arena_free(reel_arena *arena, void *block, size_t size);

/// Take a mark at the position of the next block. This takes no memory and
/// cannot fail. Other contexts may be in reel_arena_alloc_shared().
///
/// Returns  the mark, live until a rewind to a lower mark, or a reset.
reel_mark reel_arena_mark(reel_arena *arena);

/// Free every block that was allocated after `mark` was taken. The mark stays
/// live. Marks that are newer and higher are dropped.
///
/// Returns  REEL_OK; REEL_FOREIGN or REEL_STALE, as the top of this file says;
///          REEL_BUSY in a handler if the arena is bound.
/// Cost     O(1); O(freed bytes) with REEL_POISON or a memory checker; if the
///          arena is bound, as reel_registry_rewound()
reel_status reel_arena_rewind(reel_arena *arena, reel_mark mark);

/// Free every block and drop every mark.
///
/// Returns  REEL_OK; REEL_STALE if the arena has ended; REEL_BUSY in a handler
///          if the arena is bound.
/// Cost     O(1); O(freed bytes) with REEL_POISON or a memory checker; if the
///          arena is bound, as reel_registry_rewound()
reel_status reel_arena_reset(reel_arena *arena);

/// Get the bytes in use, padding included. For this call and those below, other
/// contexts may be in reel_arena_alloc_shared().
///
/// Returns  0 up to the size of the buffer.
size_t reel_arena_used(const reel_arena *arena);

/// Get the free bytes. Alignment may need some of them.
///
/// Returns  0 up to the size of the buffer.
size_t reel_arena_available(const reel_arena *arena);

/// Get the most bytes that were in use at one time.
///
/// Returns  reel_arena_used() up to the size of the buffer.
size_t reel_arena_peak(const reel_arena *arena);

/// Get all statistics.
///
/// Returns  the statistics. Failures saturate at 2^(word bits - 8) - 1. Two
///          failures at the same instant may count as one.
reel_stats reel_arena_stats(const reel_arena *arena);

/// Get the size of the arena: the used and the free bytes.
///
/// Returns  bytes, in whole granules; 0 after its end.
static inline size_t reel_arena_size(const reel_arena *arena);

/// Begin a phase of the statistics. The peak becomes what is in use now, and the
/// failures become 0. Blocks and marks stay.
///
/// Returns  nothing.
static inline void reel_arena_begin_phase(reel_arena *arena);

/// Tell whether [block, block + size) lies within the used part.
///
///   size     bytes; 0 means 1
///
/// Returns  true if all of it does. No argument makes the arithmetic wrap.
bool reel_arena_owns(const reel_arena *arena, const void *block, size_t size);

/// Get the distance of a block from the start of the buffer. By offsets the used
/// part can be dumped and loaded elsewhere:
///
///   1. call reel_arena_expose(), and dump the first reel_arena_used() bytes
///   2. allocate as many in another arena, over a buffer of the same alignment
///   3. load them there: every offset leads to the same contents
///
/// Returns  an offset below reel_arena_used(); SIZE_MAX after a panic.
/// Panics   `block` is not within the used part (REEL_FOREIGN).
size_t reel_arena_offset(const reel_arena *arena, const void *block);

/// Get the address that belongs to an offset of reel_arena_offset().
///
/// Returns  the address; NULL after a panic.
/// Panics   `offset` is not below reel_arena_used() (REEL_INVALID).
void *reel_arena_at(const reel_arena *arena, size_t offset);

/// Tell a memory checker that the used part will be read as a whole, for a dump.
/// From then on gaps between blocks are not guarded. Without a checker this does
/// nothing, and takes no code.
///
/// Returns  nothing.
/// Cost     O(1); O(bytes) with a memory checker
static inline void reel_arena_expose(reel_arena *arena);

/// Check the bookkeeping of the arena, in tests and watchdogs. The contents of
/// blocks are not checked.
///
/// Returns  true if it is consistent.
bool reel_arena_is_valid(const reel_arena *arena);

/// Register the arena. From then on each rewind and each reset gives it a new
/// handle. Refs to its blocks become stale, and all its descendants end. Bind an
/// arena that is rewound as a whole: a scope on it ends the children from before
/// the scope, too. The rewinds of a bound arena are not inline.
///
/// When the blocks of the parent end, the arena ends: see reel/registry.h. Then
/// counts are 0.
///
///   parent   as for reel_registry_register(): where the buffer comes from
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_BUSY if the arena is bound; REEL_STALE if it has ended.
/// Callers  threads only
reel_status reel_arena_bind(reel_arena *arena, reel_registry *registry,
                            reel_handle parent);

/// Get the handle for refs to the present blocks.
///
/// Returns  the handle, valid until the next rewind or reset; REEL_NO_HANDLE if
///          the arena is not bound.
/// Callers  any context
reel_handle reel_arena_handle(const reel_arena *arena);

/// Give the buffer of the arena up. A bound arena is unregistered, and its
/// descendants end. A memory checker no longer guards the buffer. Nothing else
/// changes. A second call does no harm.
///
/// Returns  REEL_OK; REEL_STALE if the arena has ended; REEL_BUSY in a handler
///          if the arena is bound.
/// Cost     O(1); O(bytes) with a memory checker; if the arena is bound, as
///          reel_registry_unregister()
reel_status reel_arena_dispose(reel_arena *arena);

/// Offer the arena as an allocator. Freeing a block that is not the last does
/// nothing and returns REEL_OK: REEL_FREES_LAST. While no block lies above the
/// newest mark, all blocks are pinned: REEL_FREES_NEVER.
///
/// Returns  the allocator, valid as long as the arena.
reel_allocator reel_arena_allocator(reel_arena *arena);

#if defined(__GNUC__)

/// Run the block that follows, then rewind the arena to where it was.
///
///   * The rewind comes at the end of the block, or at a return, goto, break or
///     continue that leaves it. break and continue leave only this block, not a
///     loop around it.
///   * In C++, and with -fexceptions in C, an exception rewinds, too. longjmp()
///     and the end of a thread do not.
///   * A reset, or a rewind to below the scope, inside the block is a panic at
///     its end (REEL_STALE).
///   * If the block always returns, write a return behind it, too. Otherwise
///     -Wreturn-type warns.
///
///   REEL_SCOPE(&scratch) {
///       char *line = REEL_NEW_ARRAY(&scratch, char, 80);
///       …
///   }
#define REEL_SCOPE(arena) \
    REEL_SCOPE_(arena, REEL_JOIN(reel_scope_, __COUNTER__))
#endif

#ifdef __cplusplus
}
#endif

#include "reel/detail/arena.h"

#endif
