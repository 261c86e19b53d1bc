// SPDX-License-Identifier: MIT
/// The host's malloc as a reel_allocator: glibc's, or the one that is linked,
/// such as jemalloc or mimalloc. Blocks are freed one by one.

#ifndef REEL_PORT_HOST_MALLOC_H
#define REEL_PORT_HOST_MALLOC_H

#include "reel/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Offer malloc as an allocator. It does not detect foreign blocks. It refuses
/// more than 256 GiB (on 32 bits 2 GiB or more), and alignments above 1 GiB.
///
/// Returns  the allocator, valid for ever. Any thread may use it, but no
///          handler.
/// Callers  any context
reel_allocator reel_host_malloc(void);

#ifdef __cplusplus
}
#endif

#endif
