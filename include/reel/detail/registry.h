// SPDX-License-Identifier: MIT
/// Inside registry.h: what REEL_REGISTRY_DEFINE expands to, and what bound
/// allocators call.

#ifndef REEL_DETAIL_REGISTRY_H
#define REEL_DETAIL_REGISTRY_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REEL_REGISTRY_DEFINE_(linkage, place, zero, name, count)         \
    REEL_STATIC_ASSERT((count) > 0, "a registry needs 1 entry or more"); \
    REEL_NAME_OPTIONS(name)                                              \
    place static reel_registry_entry name##_entries[count];              \
    linkage reel_registry name =                                         \
        REEL_REGISTRY_INITIAL_(name##_entries, count, zero)              \
            REEL_ON_LIST(name, REGISTRY)

#define REEL_REGISTRY_INITIAL_(entries, count, zero)                  \
    {                                                                 \
        (entries), (count), 0, 0, { 0 }, { zero }, { REEL_NO_INDEX }, \
            { REEL_ZERO_BY_OPTIONS }, reel_registry_tell,             \
    }

/// Record that a bound allocator is about to be rewound, or to leave. Its
/// descendants end. The allocator calls this.
///
///   place    of the allocator's pointer to its entry; NULL is written there if
///            it has no entry afterwards
///   goes_on  false: it leaves
///
/// Returns  REEL_OK, also if it is not registered any more; REEL_BUSY in a
///          handler.
/// Cost     O(descendants)
/// Waits    while another thread changes the registry
reel_status reel_registry_tell(reel_registry_entry **place, const void *self,
                               bool goes_on);

#ifdef __cplusplus
}
#endif

#endif
