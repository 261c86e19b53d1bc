/// Rewindable: blocks of any size for any number of contexts, out of chunks of
/// memory that come from a backing allocator, all freed at once by a rewind.
///
///     table       word            data                           start bits
///      | 0 | ---> used 5, live 3 | a a b c c . . . . . . . . . | 1 0 1 1 0 …
///      | 1 | ---> used 2, live 1 | d d . . . . . . . . . . . …
///      | 2 |      not there yet
///
/// An entry of the caller's table holds one chunk. A chunk is handed out from its
/// start, in granules of `min_align` bytes. How many granules are out and how many
/// allocations are live share one word, half of it each, so an allocation is one
/// exchange. The first chunk with room serves it (first fit, in table order). If
/// none has, the next chunk is twice as large as the last one, or once that has
/// reached `growth_limit`, larger by that limit; the request's size if that is more.
///
/// A rewind keeps the chunks up to the highest one that was used since the rewind
/// before, and gives the others back. So a spike survives one rewind and is gone
/// after the second.
///
/// With `frees_blocks`, freeing the last live allocation of a chunk rewinds that
/// chunk by itself, and what is freed wrongly is refused: one bit for each granule,
/// behind the data, says where an allocation starts. Whoever clears it may free.
///
/// A chunk has at most 2^half - 1 granules, half being half the bits of a word: on
/// 32 bits 512 KiB at 8 bytes, 4 MiB at 64. Growth stops there, and a larger
/// request is refused. An alignment above `min_align` costs its padding only.
///
/// This is Unity's RewindableAllocator; what differs is said at each function.

#ifndef REEL_REWINDABLE_H
#define REEL_REWINDABLE_H

#include "reel/allocator.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How a rewindable grows. Chosen once.
typedef struct reel_rewindable_config {
    size_t initial_size; // bytes of the first chunk; rounded up to a granule
    size_t growth_limit; // chunks double up to it, then grow by it; not 0
    size_t min_align;  // the granule, a power of two; less than a word is taken
                       // for a word, 0 for REEL_ALIGN_DEFAULT
    bool frees_blocks; // free what is freed, not just at a rewind
} reel_rewindable_config;

/// The defaults, for a host, and what suits a microcontroller.
#define REEL_REWINDABLE_HOST                                    \
    {                                                           \
        (size_t)128 * 1024, (size_t)64 * 1024 * 1024, 64, false \
    }
#define REEL_REWINDABLE_SMALL \
    {                         \
        256, 4096, 8, false   \
    }

/// A chunk. The caller provides a table of them; only reel touches it.
typedef struct reel_rewindable_chunk {
    reel_word used;  // high half: granules that are out; low half: live
    uintptr_t base;  // of the data
    size_t granules; // of data; 0: there is no chunk
    size_t size;     // bytes that the backing gave, start bits included
} reel_rewindable_chunk;

/// Owned by the caller; read-only to it.
typedef struct reel_rewindable {
    reel_word first_open; // address of the first entry that may have room
    uint8_t shift;        // log2 of the granule
    bool frees_blocks;
    bool is_created; // by reel_rewindable_create()
    reel_rewindable_chunk *table;
    size_t capacity;
    reel_word count;      // chunks, the first entries of the table
    reel_word highest;    // address of the highest entry used since the rewind
    uintptr_t generation; // rewinds so far
    reel_allocator backing;
    size_t initial_size; // bytes
    size_t growth_limit;
    reel_binding binding;
    reel_word gate;
    size_t peak; // bytes, as of the last rewind
    reel_word failures;
    reel_word largest_refused;
} reel_rewindable;

/// Start a rewindable, and take its first chunk.
///
///   backing       where chunks come from and go to; asked by one thread at a
///                 time, never in an interrupt
///   table         the caller's, for as long as the rewindable
///   capacity  1 or more: the most chunks at once
///   config        NULL: REEL_REWINDABLE_HOST
///
/// Returns  REEL_OK; REEL_INVALID for NULL, an empty table, a growth limit of 0 or
///          an alignment that is no power of two or more than a chunk can be;
///          REEL_NO_MEMORY if the backing refuses the first chunk. Then nothing
///          has changed.
/// Cost     O(1), one call of the backing; with frees_blocks linear in the start
///          bits of the chunk.
/// Context  one owner. ISR: no. SMP: no. Blocks: as the backing.
reel_status reel_rewindable_init(reel_rewindable *rewindable,
                                 reel_allocator backing,
                                 reel_rewindable_chunk *table, size_t capacity,
                                 const reel_rewindable_config *config);

/// Take a block.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two of any size; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, good until the rewind; NULL if no chunk
///          has room and none can be had: the table is full, the backing refuses
///          both the grown size and the greater of the initial size and the
///          request, the request is larger than a chunk can be, or this is an
///          interrupt. Then nothing has changed but the count of refusals.
/// Panics   `align` is not a power of two.
/// Cost     O(chunks). If none has room: the gate, and calls of the backing.
/// Context  any number. ISR: yes, and then it never grows nor waits. SMP: with
///          REEL_ATOMICS_NATIVE. Blocks: while another thread grows, yields; with
///          MASKED it masks interrupts for 5 instructions at a time.
void *reel_rewindable_alloc(reel_rewindable *rewindable, size_t size,
                            size_t align);

/// Give a block back. Without frees_blocks this does nothing.
///
///   size     bytes asked for when the block was made
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_FOREIGN for what is in no chunk,
///          or at no granule; with frees_blocks REEL_DOUBLE_FREE for what is not the
///          start of a live block. Then nothing has changed. A free by somebody
///          who no longer owns the block, after its place was handed out again
///          from the same start, cannot be told from its owner's.
/// Cost     O(chunks).
/// Context  as reel_rewindable_alloc(), and it never waits.
reel_status reel_rewindable_free(reel_rewindable *rewindable, void *block,
                                 size_t size);

/// Free everything. Chunks above the highest one used since the last rewind go
/// back, the newest first; chunk 0 always stays. Spans, refs and what was
/// registered as a child are stale.
///
/// Returns  REEL_OK; REEL_BUSY in an interrupt, and then nothing has changed.
/// Cost     O(chunks), a call of the backing for each that goes.
/// Context  one owner, and no other context inside a call. ISR: no. SMP: no.
///          Blocks: as the backing.
reel_status reel_rewindable_rewind(reel_rewindable *rewindable);

/// Free everything and give all chunks back, the newest first; leave the registry.
/// Twice is harmless. From then on every allocation is refused.
///
/// Returns  as reel_rewindable_rewind().
/// Cost     as reel_rewindable_rewind().
/// Context  as reel_rewindable_rewind().
reel_status reel_rewindable_dispose(reel_rewindable *rewindable);

/// Let blocks be freed one by one, or no longer. To make room for start bits a
/// chunk that has none becomes smaller.
///
/// Returns  REEL_OK; REEL_BUSY in an interrupt, and unless every chunk is empty.
///          Then nothing has changed.
/// Cost     O(chunks); if it is set, linear in the start bits.
/// Context  as reel_rewindable_rewind(). Blocks: never.
reel_status reel_rewindable_set_frees_blocks(reel_rewindable *rewindable,
                                             bool frees_blocks);

/// Are blocks freed one by one?
///
/// Returns  what was set.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
bool reel_rewindable_frees_blocks(const reel_rewindable *rewindable);

/// Count the chunks.
///
/// Returns  0 (disposed of) to the table's length.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_rewindable_chunks(const reel_rewindable *rewindable);

/// Count the bytes of data in all chunks, start bits excluded.
///
/// Returns  the sum.
/// Cost     O(chunks).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_rewindable_bytes_allocated(const reel_rewindable *rewindable);

/// Tell how large the first chunk is meant to be.
///
/// Returns  bytes.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_rewindable_initial_size(const reel_rewindable *rewindable);

/// Read all counts at once.
///
/// Returns  the statistics, granules counted whole. A peak between two rewinds is
///          noticed if it is still there at a rewind or at this call: a chunk that
///          frees_blocks has rewound by itself no longer shows it.
/// Cost     O(chunks).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
reel_stats reel_rewindable_stats(const reel_rewindable *rewindable);

/// Check the rewindable's own bookkeeping.
///
/// Returns  true while all of it makes sense.
/// Cost     O(chunks); with frees_blocks linear in the start bits.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
bool reel_rewindable_is_valid(const reel_rewindable *rewindable);

/// Offer the rewindable as a backing allocator. Its reallocate can only allocate:
/// with a block it returns NULL (what a status would call REEL_UNSUPPORTED), and
/// panics over an alignment that is no power of two and over a foreign block.
///
/// Returns  a value that is good for as long as the rewindable is.
/// Cost     O(1).
/// Context  the functions behind it: as reel_rewindable_alloc() and _free().
reel_allocator reel_rewindable_allocator(reel_rewindable *rewindable);

// ---- registry ----------------------------------------------------------------

/// Enter the rewindable into a registry. From now on a rewind gives it a new handle
/// and makes refs to its blocks and all its descendants stale; dispose takes it
/// out. When the parent has been rewound it is no longer registered, and may be
/// bound again.
///
///   parent   as for reel_registry_register()
///
/// Returns  what reel_registry_register() says; REEL_INVALID for NULL; REEL_BUSY
///          if it is bound. Then nothing has changed.
/// Cost     as reel_registry_register().
/// Context  one owner of both. ISR: no. SMP: no. Blocks: never.
reel_status reel_rewindable_bind(reel_rewindable *rewindable,
                                 reel_registry *registry, reel_handle parent);

/// Tell the handle that refs to the present blocks are made with.
///
/// Returns  the handle, good until the next rewind; REEL_NO_HANDLE if the
///          rewindable is not bound.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
reel_handle reel_rewindable_handle(const reel_rewindable *rewindable);

/// Make a rewindable whose own memory, control block and table, comes from an
/// allocator too, and bind it. (Unity's AllocatorHelper.)
///
///   out           where its address goes
///   background    where control block, table and chunks come from
///   capacity  the most chunks at once
///   config        as for reel_rewindable_init()
///   registry      NULL: none
///   parent        as for reel_registry_register()
///
/// Returns  REEL_OK; what reel_rewindable_init() and reel_registry_register() say;
///          REEL_NO_MEMORY if there is none for the control block. Then nothing
///          is held.
/// Cost     that of reel_rewindable_init() and reel_rewindable_bind().
/// Context  one owner. ISR: no. SMP: no. Blocks: as `background`.
reel_status reel_rewindable_create(reel_rewindable **out,
                                   reel_allocator background, size_t capacity,
                                   const reel_rewindable_config *config,
                                   reel_registry *registry, reel_handle parent);

/// Dispose of a rewindable that reel_rewindable_create() made, and give its own
/// memory back.
///
/// Returns  REEL_OK; REEL_INVALID for NULL, and for one that was not created;
///          REEL_BUSY in an interrupt. Then nothing has changed.
/// Cost     as reel_rewindable_dispose().
/// Context  as reel_rewindable_dispose().
reel_status reel_rewindable_destroy(reel_rewindable *rewindable);

#ifdef __cplusplus
}
#endif

#endif
