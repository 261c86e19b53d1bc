// SPDX-License-Identifier: MIT
/// Malloc: one heap for the whole program, in the shape of a C library's
/// malloc. It is for code whose hooks take no pointer of the user (sqlite,
/// mbedTLS, cJSON, jansson, expat, uthash). By names.c it also replaces malloc.
///
///   REEL_MALLOC_DEFINE(65536); // in one file of the program
///
/// Threads take turns by a gate (reel/port.h), so the program links the gate of
/// its port. In a handler, blocks are freed but not allocated. A panic comes
/// after the gate was left, so reel_panic() may allocate. One exception: if freed
/// memory was written to, the panic comes inside the gate.

#ifndef REEL_PORT_LIBC_MALLOC_H
#define REEL_PORT_LIBC_MALLOC_H

#include "reel/heap.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The heap. The program defines it, by REEL_MALLOC_DEFINE or, for memory in a
/// section of its own, by REEL_HEAP_DEFINE_AT. It may read its statistics, and
/// initialise it anew before the first block is allocated.
extern reel_heap reel_malloc_heap;

/// Define the heap: `bytes` for blocks. It is usable before main.
#define REEL_MALLOC_DEFINE(bytes)                                   \
    REEL_HEAP_DEFINE_(REEL_EXTERNAL, REEL_NOINIT(reel_malloc_heap), \
                      REEL_ZERO_BY_SCRIPT, reel_malloc_heap, bytes)

/// Allocate a block, aligned for any type.
///
///   size  bytes; 0 means 1
///
/// Returns  a block, contents unspecified, until it is freed; NULL if it does
///          not fit now, and in a handler.
/// Cost     O(1); if it does not fit, O(blocks that handlers freed)
/// Callers  any context
/// Waits    while another thread is in a call of this header
void *reel_malloc(size_t size);

/// Allocate an array of zeroes.
///
/// Returns  as reel_malloc(); NULL if count * size overflows.
/// Cost     O(bytes)
/// Callers  any context
/// Waits    as reel_malloc()
void *reel_calloc(size_t count, size_t size);

/// Allocate a block of a greater alignment.
///
///   align  a power of two
///
/// Returns  as reel_malloc(); NULL if `align` is not a power of two.
/// Cost     as reel_malloc()
/// Callers  any context
/// Waits    as reel_malloc()
void *reel_aligned_alloc(size_t align, size_t size);

/// Change the size of a block. If it does not grow, this never fails, except in
/// a handler.
///
///   block  NULL: this is reel_malloc()
///   size   bytes; 0 frees the block
///
/// Returns  the block, with the old contents up to the smaller size; NULL if it
///          was freed, or does not fit now, or in a handler. If it does not
///          fit, the old block is unchanged.
/// Panics   `block` is not a block of the heap (REEL_FOREIGN,
///          REEL_DOUBLE_FREE).
/// Cost     as reel_malloc(), and O(size) if the block moves
/// Callers  any context
/// Waits    as reel_malloc()
void *reel_realloc(void *block, size_t size);

/// Free a block. In a handler it is freed later: by the next calls of threads,
/// a few blocks each.
///
///   block  NULL: nothing happens
///
/// Returns  when the block is the heap's again.
/// Panics   `block` is not a block of the heap (REEL_FOREIGN,
///          REEL_DOUBLE_FREE).
/// Callers  any context
/// Waits    as reel_malloc()
void reel_malloc_free(void *block);

/// Get the bytes that a block has. All of them may be used.
///
/// Returns  the bytes; 0 for NULL, after a panic, and in a handler.
/// Panics   `block` is not a block of the heap (REEL_FOREIGN,
///          REEL_DOUBLE_FREE).
/// Callers  any context
/// Waits    as reel_malloc()
size_t reel_malloc_usable_size(const void *block);

#ifdef __cplusplus
}
#endif

#endif
