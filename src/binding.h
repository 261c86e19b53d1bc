// SPDX-License-Identifier: MIT
// The registration of an allocator, for those that know when their blocks end:
// a pointer to its entry, or NULL. The allocator may learn late that the entry
// belongs to another one. So the entry counts only while it is in use and names
// the allocator.

#ifndef REEL_SRC_BINDING_H
#define REEL_SRC_BINDING_H

#include "check.h"
#include "reel/registry.h"

// The handle, or REEL_NO_HANDLE.
void reel_binding_handle(const reel_registry_entry *entry, const void *self,
                         reel_handle *handle);

// Register an allocator or a cache. REEL_INVALID without a registry, REEL_STALE if it has
// ended, REEL_BUSY if it is registered. The arguments are put together word by word: to
// copy them whole, gcc calls memcpy on Cortex-M0.
reel_status reel_binding_start(reel_registry_entry **place,
                               reel_registry *registry,
                               const reel_allocator_ops *ops, void *self,
                               size_t parent_index, uintptr_t parent_version,
                               bool has_ended);

// The allocator's blocks end: it goes on, or leaves. Ask first, act then: what the
// registry refuses (REEL_BUSY in an interrupt) has changed nothing.
static inline reel_status tell_registry(reel_registry_entry **place,
                                        const void *self, bool goes_on)
{
    return *place == NULL ? REEL_OK
                          : (*place)->registry->tell(place, self, goes_on);
}

// A store of an end: its place among the others matters, since a handler may
// interrupt.
ALWAYS_INLINE void put(uintptr_t *field, uintptr_t value)
{
    *(volatile uintptr_t *)field = value;
}

static inline reel_status renew_binding(reel_registry_entry **place,
                                        const void *self)
{
    return tell_registry(place, self, true);
}

static inline reel_status end_binding(reel_registry_entry **place,
                                      const void *self)
{
    return tell_registry(place, self, false);
}

#endif
