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
/// A mark is a position and a serial. The serial counts the rewinds that
/// dropped marks, and the resets. Rewinding to a mark frees all blocks that are
/// newer. It drops the marks that are newer and higher. The mark itself stays
/// live.
///
/// Marks are checked. reel_arena_rewind() refuses
///
///   * a mark of another arena                                   REEL_FOREIGN
///   * a mark from before the last reset                         REEL_STALE
///   * a mark that the latest dropping rewind dropped            REEL_STALE
///   * a mark that the lowest dropping rewind since the reset
///     dropped; of several equally low ones, the latest          REEL_STALE
///   * a mark outside the used part, or inside a granule         REEL_STALE
///
/// A dropping rewind is one that dropped a mark. These rules detect each wrong
/// use of a mark in functions that have inner scopes. A live mark is never
/// refused. With REEL_CHECKS 2 a log of dropping rewinds detects every other
/// dropped mark, too. It has room for 8 arenas, and for 8 rewinds of each, each
/// lower than all after it; arenas that have no room in it go without.
///
/// Not detected: a mark that any other rewind dropped; a mark that is 2^n or
/// more serials old, if `unsigned long` has n bits; a mark that was taken when
/// the serial had reached its end, 2^n - 1 serials after a reset; and a mark
/// from before a new init. Rewinding to such a mark cuts into newer blocks. The
/// arena itself stays valid.
///
/// A block older than the newest mark is pinned, or a mark could come to lie
/// inside a later block. Freeing a pinned block does nothing, shrinking it
/// gives nothing back, and it does not grow in place.

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

/// A position to rewind to: a small value that is copied freely and holds no
/// memory.
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

/// Start an arena for DMA. The start and the size of each block are multiples
/// of `granule`, for example a cache line, so no two blocks share one. The ends
/// of the buffer are cut to whole granules. Each allocation takes one call
/// more.
///
///   granule  bytes, a power of two
///
/// Returns  REEL_OK; REEL_INVALID if the buffer has no whole granule or an
///          argument is wrong, and then `arena` is unchanged.
/// Cost     O(log granule)
reel_status reel_arena_init_granular(reel_arena *arena, void *buffer,
                                     size_t size, size_t granule)
    REEL_OF_THESE_OPTIONS(reel_arena_init_granular);

/// Define a static arena. It is usable before main and needs no init. Its
/// memory lies in section .noinit.reel. Its control block takes its own size of
/// flash.
///
///   REEL_ARENA_DEFINE(scratch, 4096);
#define REEL_ARENA_DEFINE(name, bytes)                                 \
    REEL_ARENA_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, \
                       REEL_ALIGN_DEFAULT, name, bytes)

/// Define an arena that other files may use, or with memory in a section of your
/// own: see reel/detail/compiler.h.
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

/// Allocate a block, and let the cache fetch the memory that later blocks will
/// write. This pays if the program fills far more memory than the cache holds.
/// It takes one instruction more.
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

/// Change the size of a block, in place if reel_arena_resize() can do so and
/// its address satisfies `align`, else by a copy. So a block that does not grow
/// stays in place. After a copy the old block stays until the next rewind. In an
/// inner scope a block from before the scope always moves when it grows, since a mark
/// pins it, and the copy ends with the scope.
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
/// A gap in front of the block, for its alignment, stays used: nothing says how
/// large it is. Then the block below is not the last one. So to free blocks in
/// reverse order, give all of them one alignment and sizes that are multiples of
/// it, or take a mark and rewind to it.
///
/// Returns  REEL_OK, also if it did nothing; REEL_INVALID for NULL;
///          REEL_FOREIGN for a block that is not within the used part.
reel_status reel_arena_free(reel_arena *arena, void *block, size_t size);

/// Take a mark at the position of the next block. It takes no memory, cannot
/// fail, and need not be given back. Other contexts may be in
/// reel_arena_alloc_shared().
///
/// Returns  the mark, live until a rewind to a lower mark, or a reset.
reel_mark reel_arena_mark(reel_arena *arena);

/// Free every block that was allocated after `mark` was taken. The mark stays
/// live and can be rewound to again. Marks that are newer and higher are
/// dropped.
///
/// Returns  REEL_OK; REEL_FOREIGN or REEL_STALE, as the top of this file says;
///          REEL_BUSY in a handler if the arena is bound.
/// Cost     O(1); O(bytes freed) with REEL_POISON or a memory checker; if the
///          arena is bound, as reel_registry_rewound()
reel_status reel_arena_rewind(reel_arena *arena, reel_mark mark);

/// Free every block and drop every mark.
///
/// Returns  REEL_OK; REEL_STALE if the arena has ended; REEL_BUSY in a handler
///          if the arena is bound.
/// Cost     O(1); O(bytes freed) with REEL_POISON or a memory checker; if the
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

/// Get the size of the arena: the used and the free bytes, as statistics in per
/// cent need it.
///
/// Returns  the bytes of its buffer, in whole granules; 0 after its end.
static inline size_t reel_arena_size(const reel_arena *arena);

/// Begin a phase of the statistics: from now on the peak is what is in use now, and
/// no failure was counted. Blocks and marks stay.
///
/// Returns  nothing.
static inline void reel_arena_begin_phase(reel_arena *arena);

/// Tell whether [block, block + size) lies within the used part.
///
///   size     bytes; 0 means 1
///
/// Returns  true if all of it does. No argument makes the arithmetic wrap.
bool reel_arena_owns(const reel_arena *arena, const void *block, size_t size);

/// Get the distance of a block from the start of the buffer. The used part does
/// not depend on its address: call reel_arena_expose(), dump the first
/// reel_arena_used() bytes, allocate
/// as many in another arena over a buffer of the same alignment, and load them
/// there. Then every offset resolves to the same contents.
///
/// Returns  an offset below reel_arena_used(); SIZE_MAX after a panic.
/// Panics   `block` is not within the used part (REEL_FOREIGN).
size_t reel_arena_offset(const reel_arena *arena, const void *block);

/// Get the address that belongs to an offset of reel_arena_offset().
///
/// Returns  the address; NULL after a panic.
/// Panics   `offset` is not below reel_arena_used() (REEL_INVALID).
void *reel_arena_at(const reel_arena *arena, size_t offset);

/// Tell a memory checker that the used part will be read as a whole, gaps between
/// blocks included: for a dump. From then on it does not guard these gaps. Without a
/// checker this does nothing, and takes no code.
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
/// handle, makes refs to its blocks stale, and ends all its descendants. Bind an
/// arena that is rewound as a whole. A scope on a bound arena ends the children
/// from before the scope, too. The rewinds of a bound arena are not inline.
///
/// When the blocks of the parent end, the arena ends. From then on allocating
/// returns NULL and panics (REEL_STALE), calls with a status return REEL_STALE,
/// and counts are 0. The arena may be initialised again. An arena that is not
/// bound does not end: the caller must not use it after its buffer is gone.
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

/// Run the block that follows, then rewind the arena to where it was. This
/// happens however the block is left: at its end, or by return, goto, break.
/// (break and continue leave this block, not a loop around it.) If the arena
/// was reset or rewound below the scope inside the block, that is a panic
/// (REEL_STALE). To a compiler the block may run or not: after one that always
/// returns, write a return, or -Wreturn-type warns. In C++ an exception ends the
/// scope, too, and in C with -fexceptions. longjmp() and the end of a thread do not:
/// then the blocks stay until the scope around it ends, or a rewind.
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
