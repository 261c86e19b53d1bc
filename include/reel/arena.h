/// Arena: cut blocks off one buffer, free them all at once.
///
///     base          mark           next                     end
///      |  blocks     |  blocks      |         free           |
///      +-------------+--------------+------------------------+
///                     <-- rewind ---
///
/// The buffer is the caller's, of any alignment and size. Padding for
/// alignment is the only loss: no headers, and an exact fit succeeds.
///
/// Marks are checked. A mark is a position and a serial: the number of rewinds
/// that dropped marks, and of resets, so far. Rewinding to it frees every block
/// that is newer, drops every mark that is newer and higher, and leaves the mark
/// itself live. reel_arena_rewind() refuses
///
///   * a mark of another arena                                  REEL_FOREIGN
///   * a mark taken before the last reset                       REEL_STALE
///   * every mark dropped by the latest rewind that dropped any REEL_STALE
///   * every mark dropped by the rewind that went lowest of all
///     that dropped any since the reset (the latest of these,
///     if several went as low)                                  REEL_STALE
///   * a mark outside the used part, or inside a granule        REEL_STALE
///
/// and so catches every slip in frames with inner scopes. No live mark is ever
/// refused. Not caught: a mark dropped by any other rewind; one that is 2^n or
/// more serials old where `unsigned long` has n bits; one taken after the serial
/// stood still, which it does 2^n - 1 serials after a reset; and one taken before
/// the arena was initialised anew. Rewinding to such a mark cuts into blocks made
/// since; the arena itself stays sound.
///
/// A block older than the newest mark is pinned: it is neither freed, shrunk
/// back nor grown in place, or the mark might come to lie inside a later block.

#ifndef REEL_ARENA_H
#define REEL_ARENA_H

#include "reel/allocator.h"
#include "reel/detail/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller; read-only to it. All positions are addresses.
typedef struct reel_arena {
    reel_word next;           // the first free byte
    reel_word limit;          // inline allocation ends here; 0: all out of line
    uintptr_t end;            // after the last byte of the buffer
    uintptr_t base;           // the first byte of the buffer
    uintptr_t floor;          // the newest mark or rewind; pins what is below
    uintptr_t peak;           // the highest `next` from which it ever fell
    unsigned long serial;     // rewinds and resets so far
    unsigned long epoch;      // the serial of the last reset
    uintptr_t last_position;  // where the latest rewind went
    uintptr_t low_position;   // where the lowest one since the reset went,
    unsigned long low_serial; // and its serial
    reel_word refusals;       // refused requests << 8 | log2 of the granule
    reel_word largest_refused; // bytes
} reel_arena;

/// A position to rewind to: a small value, copied freely, that holds nothing.
typedef struct reel_mark {
    const void *owner;
    uintptr_t position;
    unsigned long serial;
} reel_mark;

/// Start an empty arena over `buffer`, which stays the caller's property.
///
///   buffer   any alignment, not NULL
///   size     bytes, 1 or more; the buffer must end REEL_TOP_BYTES or more ahead of
///            the last address
///
/// Returns  REEL_OK; REEL_INVALID, and then `arena` is untouched.
/// Cost     O(1).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_arena_init(reel_arena *arena, void *buffer, size_t size);

/// Start an arena for DMA: start and size of each block are multiples of
/// `granule`, so that no two blocks share one (a cache line). The buffer's
/// ends are cut to whole granules. Allocation costs one call more.
///
///   granule  bytes, a power of two
///
/// Returns  REEL_OK; REEL_INVALID if there is no whole granule or an argument
///          is wrong, and then `arena` is untouched.
/// Cost     O(log granule).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_arena_init_granular(reel_arena *arena, void *buffer,
                                     size_t size, size_t granule);

/// Define a static arena, usable before main and without init. Its memory lies
/// in section .noinit.reel; its control block costs its own size of flash.
///
///   REEL_ARENA_DEFINE(scratch, 4096);
#define REEL_ARENA_DEFINE(name, bytes)                                \
    REEL_STATIC_ASSERT((bytes) > 0, "1 byte or more");                \
    REEL_MEMORY_DEFINE(name##_memory, bytes, REEL_ALIGN_DEFAULT);     \
    static reel_arena name = REEL_ARENA_INITIAL(                      \
        (uintptr_t)name##_memory, (uintptr_t)name##_memory + (bytes), \
        (uintptr_t)name##_memory + (bytes))

/// Cut a block off the free end.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, valid until it is freed, rewound or
///          reset; NULL if it does not fit, and then nothing has changed.
/// Panics   `align` is not a power of two (REEL_INVALID).
/// Cost     O(1), no loop.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
void *reel_arena_alloc(reel_arena *arena, size_t size, size_t align);

/// Cut a block off, and have the cache fetch for writing what lies further on. It
/// pays where far more is filled than the cache holds, and costs an instruction.
///
///   ahead    bytes from the block's start; 512 is a good choice on hosts
///
/// Returns  as reel_arena_alloc().
/// Panics   as reel_arena_alloc().
/// Cost     as reel_arena_alloc().
/// Context  as reel_arena_alloc().
static inline void *reel_arena_alloc_ahead(reel_arena *arena, size_t size,
                                           size_t align, size_t ahead);

/// Cut a block off and clear it.
///
/// Returns  as reel_arena_alloc(), all bytes 0.
/// Panics   as reel_arena_alloc().
/// Cost     O(size).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
void *reel_arena_alloc_zeroed(reel_arena *arena, size_t size, size_t align);

/// Cut a block off while others do the same. While calls of this function may
/// be under way, the owner may also take marks and ask questions; anything
/// else needs the arena to itself.
///
/// Returns  as reel_arena_alloc(). NULL is never spurious.
/// Panics   as reel_arena_alloc().
/// Cost     O(1) alone; a retry for each other context that gets in between.
/// Context  any number. ISR: yes. SMP: yes. Blocks: never; where there is no
///          compare-and-swap it masks interrupts for 5 instructions, if the
///          mask is inline.
void *reel_arena_alloc_shared(reel_arena *arena, size_t size, size_t align);

/// Change a block's size where it stands. The last block grows and shrinks, if
/// it is not pinned by a mark; any other block only shrinks, and its tail
/// comes back with the next rewind.
///
///   old_size  bytes asked for when the block was made or last changed
///   new_size  bytes; 0 means 1
///
/// Returns  true, and the block has the new size; false, and nothing changed.
/// Panics   the block is not within the used part (REEL_FOREIGN).
/// Cost     O(1).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
bool reel_arena_resize(reel_arena *arena, void *block, size_t old_size,
                       size_t new_size);

/// Change a block's size, in place if reel_arena_resize() can and `align` is
/// met, else by a copy; the old block then stays until the next rewind.
///
///   block    NULL means: allocate
///
/// Returns  the block with the old contents up to the smaller size; NULL if it
///          does not fit, and then the old block is as it was.
/// Panics   `align` is not a power of two (REEL_INVALID); the block is not
///          within the used part (REEL_FOREIGN).
/// Cost     O(1) in place; O(smaller size) if it moves.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
void *reel_arena_realloc(reel_arena *arena, void *block, size_t old_size,
                         size_t new_size, size_t align);

/// Give back the last block; for any other, and a pinned one, do nothing.
///
/// Returns  REEL_OK, also when nothing was to be done; REEL_INVALID for NULL,
///          REEL_FOREIGN for a block not within the used part: no change.
/// Cost     O(1).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_arena_free(reel_arena *arena, void *block, size_t size);

/// Take a mark at the current position. It costs no arena memory, cannot fail,
/// and need not be given back.
///
/// Returns  the mark, live until a rewind to a lower one or a reset.
/// Cost     O(1).
/// Context  one owner, while others may be in reel_arena_alloc_shared().
///          ISR: no. SMP: no. Blocks: never.
reel_mark reel_arena_mark(reel_arena *arena);

/// Free every block made since `mark` was taken. The mark stays live and may be
/// rewound to again; marks taken since then and above it are dropped.
///
/// Returns  REEL_OK; REEL_FOREIGN or REEL_STALE as the top of this file says,
///          and then nothing has changed.
/// Cost     O(1); O(bytes freed) with REEL_POISON or a memory checker.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_arena_rewind(reel_arena *arena, reel_mark mark);

/// Free every block and drop every mark.
///
/// Returns  nothing; it cannot fail.
/// Cost     O(1); O(bytes freed) with REEL_POISON or a memory checker.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
void reel_arena_reset(reel_arena *arena);

/// Tell how many bytes are in use, padding included.
///
/// Returns  0 up to the buffer's size.
/// Cost     O(1).
/// Context  as reel_arena_mark().
size_t reel_arena_used(const reel_arena *arena);

/// Tell how many bytes are free; alignment may need some of them.
///
/// Returns  0 up to the buffer's size.
/// Cost     O(1).
/// Context  as reel_arena_mark().
size_t reel_arena_available(const reel_arena *arena);

/// Tell the most bytes that were ever in use: the high water.
///
/// Returns  reel_arena_used() up to the buffer's size.
/// Cost     O(1).
/// Context  as reel_arena_mark().
size_t reel_arena_peak(const reel_arena *arena);

/// Read all counts at once.
///
/// Returns  the statistics. Failures saturate at 2^(word bits - 8) - 1, and two
///          refusals at the same instant may be counted as one.
/// Cost     O(1).
/// Context  as reel_arena_mark().
reel_stats reel_arena_stats(const reel_arena *arena);

/// Tell whether [block, block + size) lies within the used part.
///
///   size     bytes; 0 means 1
///
/// Returns  true if all of it does. No arithmetic on the arguments can wrap.
/// Cost     O(1).
/// Context  as reel_arena_mark().
bool reel_arena_owns(const reel_arena *arena, const void *block, size_t size);

/// Turn a block into its distance from the buffer's start, and back. The used
/// part is position-independent: dump the first reel_arena_used() bytes, load
/// them into an arena over a buffer of the same alignment, after allocating as
/// many bytes there, and every offset resolves to the same contents.
///
/// Returns  bytes below reel_arena_used(); SIZE_MAX after a panic.
/// Panics   `block` is not within the used part (REEL_FOREIGN).
/// Cost     O(1).
/// Context  as reel_arena_mark().
size_t reel_arena_offset(const reel_arena *arena, const void *block);

/// The way back from reel_arena_offset().
///
/// Returns  the address; NULL after a panic.
/// Panics   `offset` is not below reel_arena_used() (REEL_INVALID).
/// Cost     O(1).
/// Context  as reel_arena_mark().
void *reel_arena_at(const reel_arena *arena, size_t offset);

/// Check the arena's own bookkeeping, for tests and watchdogs. It says nothing
/// about the contents of blocks.
///
/// Returns  true while all of it makes sense.
/// Cost     O(1).
/// Context  as reel_arena_mark().
bool reel_arena_is_valid(const reel_arena *arena);

/// Offer the arena as a backing allocator. Freeing any but the last block is a
/// no-op that returns REEL_OK.
///
/// Returns  a value that is good for as long as the arena is.
/// Cost     O(1).
/// Context  the functions behind it: one owner. ISR: no. SMP: no.
reel_allocator reel_arena_allocator(reel_arena *arena);

/// Bytes of an array of `count` elements, or SIZE_MAX, which every allocator
/// refuses, if that is more than a size can say.
///
/// Returns  count * size, at most SIZE_MAX.
/// Cost     O(1); no division where `size` is a constant.
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
static inline size_t reel_array_size(size_t count, size_t size)
{
    return count <= SIZE_MAX / size ? count * size : SIZE_MAX;
}

/// A block for one `type`, or for `count` of them; NULL if it does not fit.
#define REEL_NEW(arena, type) \
    ((type *)reel_arena_alloc((arena), sizeof(type), REEL_ALIGNOF(type)))
#define REEL_NEW_ARRAY(arena, type, count)                                     \
    ((type *)reel_arena_alloc((arena), reel_array_size((count), sizeof(type)), \
                              REEL_ALIGNOF(type)))

#if defined(__GNUC__)

/// Run the block that follows, then rewind the arena to where it was, however
/// the block is left: at its end, by return, goto or break. (break and continue
/// leave this block, not a loop around it.) An arena that was reset or rewound
/// below the scope inside it is a panic (REEL_STALE).
///
///   REEL_SCOPE(&scratch) {
///       char *line = REEL_NEW_ARRAY(&scratch, char, 80);
///       …
///   }
#define REEL_SCOPE(arena) REEL_SCOPE_(arena, REEL_JOIN(reel_scope_, __LINE__))
#endif

#ifdef __cplusplus
}
#endif

#include "reel/detail/arena.h"

#endif
