// SPDX-License-Identifier: MIT
/// Rewindable: blocks of any size for any number of contexts, all freed at once
/// by a rewind. They are cut out of chunks, which come from a backing
/// allocator.
///
///     table       word            data                           start bits
///      | 0 | ---> used 5, live 3 | a a b c c . . . . . . . . . | 1 0 1 1 0 …
///      | 1 | ---> used 2, live 1 | d d . . . . . . . . . . . …
///      | 2 |      not there yet
///
/// An entry of the caller's table holds one chunk. A chunk is handed out from its
/// start, in granules of `min_align` bytes. An allocation is one exchange of a
/// word, which counts used granules and live allocations. The first chunk with
/// room, in table order, serves a request (first fit). Two kinds of chunk may be
/// passed until the rewindable would grow: one with 1/16 left or less, and one that
/// another core empties meanwhile.
///
/// If no chunk has room, the rewindable takes a new one. It is larger than the last
/// one by `growth_limit`, but at most twice as large. A request that needs more gets
/// a chunk of its own size.
///
/// A rewind keeps the chunks up to the highest one used since the last rewind,
/// and frees the others. So the second rewind frees the memory of a spike. Memory
/// that the backing could not allocate again stays: see reel_reclaim().
///
/// With `frees_blocks`, freeing the last live allocation of a chunk rewinds that
/// chunk. Wrong frees are refused: behind the data, one bit for each granule says
/// where an allocation starts.
///
/// A chunk has at most 2^half - 1 granules, where half is half the bits of a
/// word. On 32 bits these are 512 KiB at 8 bytes, 4 MiB at 64. A larger request
/// is refused. An alignment above `min_align` costs only its padding.
///
/// After Unity's RewindableAllocator.

#ifndef REEL_REWINDABLE_H
#define REEL_REWINDABLE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How a rewindable grows.
typedef struct reel_rewindable_config {
    size_t initial_size; // bytes of the first chunk; rounded up to a granule
    size_t growth_limit; // bytes by which chunks grow at most; not 0
    size_t min_align;    // the granule, a power of two, at least a word;
                         // 0: REEL_ALIGN_DEFAULT
    bool frees_blocks;   // false: blocks are freed by a rewind only
} reel_rewindable_config;

/// The defaults, for a host, and values for a microcontroller.
#define REEL_REWINDABLE_HOST                                    \
    {                                                           \
        (size_t)128 * 1024, (size_t)64 * 1024 * 1024, 64, false \
    }
#define REEL_REWINDABLE_SMALL \
    {                         \
        256, 4096, 8, false   \
    }

/// A chunk. The caller provides a table of them. Only reel accesses it.
typedef struct reel_rewindable_chunk {
    reel_word used;  // high half: used granules; low half: live
    uintptr_t base;  // of the data
    size_t granules; // of data; 0: there is no chunk
    union {
        size_t size;     // bytes from the backing, start bits included
        reel_word *bits; // start bits, if they lie apart
    };
} reel_rewindable_chunk;

/// Owned by the caller, who only reads it.
typedef struct reel_rewindable {
    reel_word hint; // low half: entry to begin with; high half: no entry before
                    // it has more granules left that are worth a look
    uint8_t shift;  // log2 of the granule
    bool frees_blocks;
    bool is_created; // by reel_rewindable_create()
    reel_rewindable_chunk *table;
    size_t capacity;
    reel_word count;      // chunks, the first entries of the table
    reel_word highest;    // address of the highest entry used
    uintptr_t generation; // rewinds so far
    reel_allocator backing;
    reel_allocator bits; // allocator of start bits; ops NULL: behind the data
    size_t initial_size; // bytes
    size_t growth_limit;
    reel_registry_entry *entry; // NULL: not bound
    reel_word gate;
    reel_word peak; // bytes, before some went
    reel_word failures;
    reel_word largest_refused;
} reel_rewindable;

/// Where the memory of a rewindable lies. A member that is 0 changes nothing.
typedef struct reel_rewindable_placement {
    // Allocator of start bits, in memory where the exchanges of REEL_ATOMICS work.
    // Then chunks may be in any memory, and each has start bits.
    reel_allocator bits;
} reel_rewindable_placement;

/// Start a rewindable, and take its first chunk.
///
///   backing   allocator of chunks; one thread at a time calls it, never a
///             handler
///   table     the caller's, for as long as the rewindable
///   capacity  chunks in the table, 1 to 2^half - 1 (see above)
///   config    NULL: REEL_REWINDABLE_HOST
///
/// Returns  REEL_OK; REEL_INVALID for NULL, an empty table, a growth limit of 0,
///          or a granule that is no power of two, or is too large for a chunk;
///          REEL_NO_MEMORY if the backing fails.
/// Cost     one call of the backing; with frees_blocks O(start bits)
/// Callers  threads only
/// Waits    for the backing
reel_status reel_rewindable_init(reel_rewindable *rewindable,
                                 reel_allocator backing,
                                 reel_rewindable_chunk *table, size_t capacity,
                                 const reel_rewindable_config *config)
    REEL_OF_THESE_OPTIONS(reel_rewindable_init);

/// Start a rewindable, and say where its start bits lie.
///
///   placement   copied; NULL makes this a reel_rewindable_init()
///
/// Returns  as reel_rewindable_init(); REEL_NO_MEMORY also if start bits do not
///          fit.
/// Cost     as reel_rewindable_init(), one more call
/// Callers  threads only
/// Waits    for the backing
reel_status
reel_rewindable_init_placed(reel_rewindable *rewindable, reel_allocator backing,
                            reel_rewindable_chunk *table, size_t capacity,
                            const reel_rewindable_config *config,
                            const reel_rewindable_placement *placement)
    REEL_OF_THESE_OPTIONS(reel_rewindable_init_placed);

/// Define a static rewindable of one chunk, which does not grow. It needs no init,
/// and is usable before main. The chunk has granules of REEL_ALIGN_DEFAULT, and
/// lies in section .noinit.reel. The control block also takes flash. Blocks are
/// freed by a rewind; reel_rewindable_set_frees_blocks() changes that. After a
/// dispose it cannot be used again.
///
///   REEL_REWINDABLE_DEFINE(messages, 4096);
#define REEL_REWINDABLE_DEFINE(name, bytes)                                 \
    REEL_REWINDABLE_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, \
                            REEL_REWINDABLE_GRANULE_, name, bytes)

/// Define a rewindable for several files, or in a section of your own: see
/// reel/detail/compiler.h. The alignment, of a word or more, is also its granule.
#define REEL_REWINDABLE_DEFINE_AT(linkage, section, align, name, bytes) \
    REEL_REWINDABLE_DEFINE_(linkage, REEL_IN_SECTION(section),          \
                            REEL_ZERO_BY_SCRIPT, align, name, bytes)

/// Allocate a block.
///
///   size     bytes; 0 means 1
///   align    bytes, any power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, valid until the rewind; NULL if no
///          chunk has room and none can be added: the table is full, the request
///          is too large for a chunk, this is a handler, or the backing fails. (It
///          is asked for the grown size, then for the larger of the initial size
///          and the request.) A handler that interrupts such a call, or a free that
///          empties a chunk, does not see the room of that chunk.
/// Cost     O(chunks); if no chunk has room, calls of the backing
/// Callers  any context
/// Waits    a thread waits for the backing, also of another thread; a handler
///          never waits
void *reel_rewindable_alloc(reel_rewindable *rewindable, size_t size,
                            size_t align);

/// Free a block. Without frees_blocks this does nothing.
///
///   size     bytes that were requested when the block was allocated
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_FOREIGN for a pointer that is
///          in no chunk or at no granule; with frees_blocks REEL_DOUBLE_FREE if
///          no live block starts there. Not detected: a late second free, after
///          a new block starts there.
/// Cost     O(chunks)
/// Callers  any context
reel_status reel_rewindable_free(reel_rewindable *rewindable, void *block,
                                 size_t size);

/// Grow now, so that the next allocations of `size` bytes together neither fail
/// nor wait. Each counts in whole granules, with an alignment up to `min_align`.
/// Allocations of other contexts count, too. The next rewind frees a chunk that
/// was not used.
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_FULL if the table has no room
///          for a chunk; REEL_NO_MEMORY if `size` is too large for a chunk, or
///          the backing fails; REEL_CLOSED after a dispose; REEL_STALE if the
///          rewindable has ended.
/// Cost     O(chunks), at most two calls of the backing
/// Callers  threads only
/// Waits    for the backing, also of another thread
reel_status reel_rewindable_reserve(reel_rewindable *rewindable, size_t size);

/// Free everything. The chunks above the highest one used since the last rewind
/// are freed, the newest first: see the top of this file. Chunk 0 always stays.
/// Spans and refs become stale, and registered descendants end. No other
/// context may be inside a call on the rewindable.
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_STALE if the rewindable has
///          ended.
/// Cost     O(chunks), one call of the backing for each freed chunk
/// Callers  threads only
/// Waits    for the backing
reel_status reel_rewindable_rewind(reel_rewindable *rewindable);

/// Free everything and all chunks, the newest first, and unregister. From then on
/// every allocation is refused. A second call does no harm.
///
/// Returns  as reel_rewindable_rewind().
/// Cost     as reel_rewindable_rewind()
/// Callers  threads only
/// Waits    for the backing
reel_status reel_rewindable_dispose(reel_rewindable *rewindable);

/// Choose whether blocks are freed one by one. A chunk without start bits
/// becomes smaller to make room for them.
///
/// Returns  REEL_OK; REEL_BUSY in a handler, or while a chunk is not empty;
///          REEL_STALE if the rewindable has ended.
/// Cost     O(chunks); to set it, O(start bits)
/// Callers  threads only
reel_status reel_rewindable_set_frees_blocks(reel_rewindable *rewindable,
                                             bool frees_blocks);

/// Tell whether blocks are freed one by one.
///
/// Returns  true if they are.
/// Callers  any context
bool reel_rewindable_frees_blocks(const reel_rewindable *rewindable);

/// Count the chunks.
///
/// Returns  0 (after a dispose) to capacity.
/// Callers  any context
size_t reel_rewindable_chunks(const reel_rewindable *rewindable);

/// Count the bytes of data in all chunks, without start bits.
///
/// Returns  the sum.
/// Cost     O(chunks)
/// Callers  any context
size_t reel_rewindable_bytes_allocated(const reel_rewindable *rewindable);

/// Get the configured size of the first chunk.
///
/// Returns  bytes.
/// Callers  any context
size_t reel_rewindable_initial_size(const reel_rewindable *rewindable);

/// Get all statistics.
///
/// Returns  the statistics, in whole granules. The peak misses what spans gave back
///          since the last rewind. It may count a block twice that another context
///          frees and allocates again during the count.
/// Cost     O(chunks)
/// Callers  any context
reel_stats reel_rewindable_stats(const reel_rewindable *rewindable);

/// Begin a phase of the statistics. The peak becomes what is in use now, and the
/// failures become 0. Blocks stay.
///
/// Returns  nothing.
static inline void reel_rewindable_begin_phase(reel_rewindable *rewindable)
{
    REEL_WORD_SET(rewindable->peak, 0);
    REEL_WORD_SET(rewindable->failures, 0);
    REEL_WORD_SET(rewindable->largest_refused, 0);
}

/// Check the bookkeeping of the rewindable.
///
/// Returns  true if it is consistent.
/// Cost     O(chunks); with frees_blocks O(start bits)
bool reel_rewindable_is_valid(const reel_rewindable *rewindable);

/// Offer the rewindable as an allocator. A reallocate grows the last block of a
/// chunk in place, and copies any other. It panics for a foreign block, and with
/// frees_blocks for a free one. It says REEL_FREES_AT_ONCE with frees_blocks,
/// else REEL_FREES_NEVER.
///
/// Returns  the allocator, valid as long as the rewindable. Any context may use
///          it.
reel_allocator reel_rewindable_allocator(reel_rewindable *rewindable);

// ---- registry ----------------------------------------------------------------

/// Register the rewindable. From then on a rewind gives it a new handle. Refs to
/// its blocks become stale, and all its descendants end. A dispose ends them, too.
///
/// When the blocks of the parent end, the rewindable ends: see reel/registry.h.
/// Then it has no chunk.
///
///   parent   as for reel_registry_register(): the backing
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_BUSY if the rewindable is bound; REEL_STALE if it has ended.
/// Callers  threads only
reel_status reel_rewindable_bind(reel_rewindable *rewindable,
                                 reel_registry *registry, reel_handle parent);

/// Get the handle for refs to the present blocks.
///
/// Returns  the handle, valid until the next rewind; REEL_NO_HANDLE if the
///          rewindable is not bound.
/// Callers  any context
reel_handle reel_rewindable_handle(const reel_rewindable *rewindable);

/// Create a rewindable whose control block and table come from an allocator, too,
/// and bind it. (This is Unity's AllocatorHelper.)
///
/// When the blocks of the background end, the rewindable is gone: use only its
/// handle then. So the parent should be the background. If it is not, unregister
/// the handle before the background ends.
///
///   out         gets the address
///   background  allocator of control block, table and chunks
///   capacity    chunks in the table, 1 or more
///   config      as for reel_rewindable_init()
///   registry    NULL: none
///   parent      as for reel_registry_register()
///
/// Returns  REEL_OK; the status of reel_rewindable_init() or
///          reel_registry_register(); REEL_NO_MEMORY if the background fails.
///          Then all its memory is freed.
/// Cost     as reel_rewindable_init()
/// Callers  threads only
/// Waits    for the background
reel_status reel_rewindable_create(reel_rewindable **out,
                                   reel_allocator background, size_t capacity,
                                   const reel_rewindable_config *config,
                                   reel_registry *registry, reel_handle parent)
    REEL_OF_THESE_OPTIONS(reel_rewindable_create);

/// Dispose of a rewindable that reel_rewindable_create() made, and free its own
/// memory.
///
/// Returns  REEL_OK; REEL_INVALID for NULL, and for a rewindable that was not
///          created; REEL_BUSY in a handler; REEL_STALE if it has ended, and then
///          nothing is freed.
/// Cost     as reel_rewindable_dispose()
/// Callers  threads only
/// Waits    for the background
reel_status reel_rewindable_destroy(reel_rewindable *rewindable);

#ifdef __cplusplus
}
#endif

#include "reel/detail/rewindable.h"

#endif
