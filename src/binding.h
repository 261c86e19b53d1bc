// An allocator's place in a registry, for those that know when their blocks end.

#ifndef REEL_SRC_BINDING_H
#define REEL_SRC_BINDING_H

#include "reel/registry.h"

static inline void unbind(reel_binding *binding)
{
    binding->registry = NULL;
    binding->handle.index = 0;
    binding->handle.version = 0;
}

// The parent's end may have taken the entry away.
static inline bool is_bound(const reel_binding *binding)
{
    return binding->registry != NULL
           && reel_registry_get(binding->registry, binding->handle) != NULL;
}

// The arguments are put together word by word: to copy them whole, gcc calls memcpy
// on Cortex-M0.
static inline reel_status bind(reel_binding *binding, reel_registry *registry,
                               const reel_allocator_ops *ops, void *self,
                               size_t parent_index, uintptr_t parent_version)
{
    if (is_bound(binding)) {
        return REEL_BUSY;
    }
    const reel_allocator allocator = { ops, self };
    const reel_handle parent = { parent_index, parent_version };
    const reel_status status =
        reel_registry_register(registry, allocator, parent, &binding->handle);
    if (status == REEL_OK) {
        binding->registry = registry;
    }
    return status;
}

// The allocator's blocks end, and it goes on.
static inline void renew_binding(reel_binding *binding)
{
    if (binding->registry != NULL
        && reel_registry_rewound(binding->registry, binding->handle,
                                 &binding->handle)
               != REEL_OK) {
        unbind(binding);
    }
}

// The allocator itself ends.
static inline void end_binding(reel_binding *binding)
{
    if (binding->registry != NULL) {
        (void)reel_registry_unregister(binding->registry, binding->handle);
        unbind(binding);
    }
}

#endif
