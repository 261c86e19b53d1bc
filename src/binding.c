// SPDX-License-Identifier: MIT
#include "binding.h"

#include "atomic.h"
#include "reel/port.h"

// Any context may be here. The registry is read first: after an init of the
// registry its entries are unset.
void reel_binding_handle(const reel_registry_entry *entry, const void *self,
                         reel_handle *handle)
{
    handle->index = 0;
    handle->version = 0;
    if (entry == NULL) {
        return;
    }
    const reel_registry *const registry = entry->registry;
    // Relaxed: reel_registry_get() asks whether it is the version of now.
    const reel_handle found = { (size_t)(entry - registry->entries),
                                load_relaxed(&entry->version) };
    const reel_allocator *const allocator = reel_registry_get(registry, found);
    // Another allocator may have the entry by now: its handle must not get out.
    if (allocator != NULL && allocator->self == self) {
        handle->index = found.index;
        handle->version = found.version;
    }
}

reel_status reel_binding_start(reel_registry_entry **place,
                               reel_registry *registry,
                               const reel_allocator_ops *ops, void *self,
                               size_t parent_index, uintptr_t parent_version,
                               bool has_ended)
{
    reel_handle handle;
    if (registry == NULL) {
        return REEL_INVALID;
    }
    if (has_ended) {
        return REEL_STALE;
    }
    reel_binding_handle(*place, self, &handle);
    // If it were registered twice, a rewind would renew only its second handle.
    if (handle.version != 0) {
        return REEL_BUSY;
    }
    const reel_allocator allocator = { ops, self };
    const reel_handle parent = { parent_index, parent_version };
    const reel_status status =
        reel_registry_register(registry, allocator, parent, &handle);
    // The place is written last: until then it counts as not bound.
    if (status == REEL_OK) {
        *place = &registry->entries[handle.index];
    }
    return status;
}

// An entry that was taken away counts as none: there is nothing to tell.
reel_status reel_registry_tell(reel_registry_entry **place, const void *self,
                               bool goes_on)
{
    reel_handle handle;
    reel_status status = REEL_STALE;
    reel_binding_handle(*place, self, &handle);
    // Refuse here, before descendants end: a handler cannot enter the
    // registry's gate.
    if (handle.version != 0 && reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    if (handle.version != 0) {
        reel_registry *const registry = (*place)->registry;
        status = goes_on ? reel_registry_rewound(registry, handle, &handle)
                         : reel_registry_unregister(registry, handle);
    }
    if (status == REEL_BUSY) {
        return REEL_BUSY;
    }
    // A stale handle: another thread took the entry away since it was read. That is no
    // error of the caller: the entry is gone, as it should be.
    if (!goes_on || status != REEL_OK) {
        *place = NULL;
    }
    return REEL_OK;
}
