/// The host's malloc as a reel_allocator, and so whichever malloc is linked:
/// glibc's, jemalloc, mimalloc. Blocks are freed one by one.

#ifndef REEL_PORT_HOST_MALLOC_H
#define REEL_PORT_HOST_MALLOC_H

#include "reel/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Offer malloc. It cannot tell a foreign block from its own.
///
/// Returns  the value, good for ever.
/// Cost     O(1); the functions behind it: malloc's.
/// Context  the functions behind it: any number. ISR: no. SMP: yes.
reel_allocator reel_host_malloc(void);

#ifdef __cplusplus
}
#endif

#endif
