// SPDX-License-Identifier: MIT
/// The page contract: the hooks of a platform that commit and decommit memory.
///
/// One frontier moves up and down through a range of whole memory pages:
///
///     start            frontier                 end
///      |   committed    |     not accessible     |
///      +----------------+------------------------+
///
/// reel commits only the bytes just above the frontier. It decommits only the
/// bytes just below it. One context at a time calls the hooks, and never a
/// handler: where reel_port_in_interrupt() is true no hook is called. So a hook
/// may sleep, and wait for other cores.
///
/// A hook may use other objects of reel. For example, a commit may take frames from a
/// block pool. It must not use the object that called it, or one that waits for it.
///
/// On several cores:
///
///   commit     each core sees the memory before the hook returns, or retries an
///              access that it refused
///   decommit   before the memory has another use, each core has ended its
///              accesses and dropped its translation

#ifndef REEL_PAGES_H
#define REEL_PAGES_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// For both hooks: `addr` is not NULL, `addr` and `size` are multiples of
/// `page_size`, and `size` is not 0.
typedef struct reel_pages {
    size_t page_size; // bytes, a power of two
    void *context;    // passed to the hooks, untouched

    /// Make [addr, addr + size) readable and writable; contents unspecified.
    /// Returns false if it cannot, and then nothing has changed.
    bool (*commit)(void *context, void *addr, size_t size);

    /// Take the bytes back; their contents may be lost. This must not fail, so it
    /// must not need memory.
    void (*decommit)(void *context, void *addr, size_t size);
} reel_pages;

#ifdef __cplusplus
}
#endif

#endif
