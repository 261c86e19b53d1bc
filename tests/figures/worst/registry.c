// SPDX-License-Identifier: MIT
// Eight entries for ten allocators, some of which are children of others.

#include "calls.h"
#include "inlined.h"

#define ENTRIES    8u
#define ALLOCATORS 10u

static reel_registry registry;
static reel_handle handles[ALLOCATORS]; // valid, stale, or none

void start_registry(void)
{
    static reel_registry_entry entries[ENTRIES];
    must(reel_registry_init(&registry, entries, ENTRIES) == REEL_OK);
    for (size_t i = 0; i < ALLOCATORS; i++) {
        handles[i].index = 0;
        handles[i].version = 0;
    }
}

static void look_up(const reel_handle *handle)
{
    const reel_ref ref = reel_ref_make(*handle, &registry);
    const word found =
        CALL(reel_registry_get, AT(&registry), handle->index, handle->version);
    const word object =
        CALL_AS("reel_ref_get", object_of, AT(&registry), AT(&ref));
    must(object == (found != 0 ? AT(&registry) : 0));
}

static void enter(reel_handle *handle)
{
    const reel_allocator allocator = reel_allocator_null();
    const reel_handle *const parent = &handles[random_below(ALLOCATORS)];
    const bool has_parent = reel_registry_get(&registry, *parent) != NULL;
    const reel_status status =
        STATUS(reel_registry_register, AT(&registry), AT(allocator.ops),
               AT(allocator.self), has_parent ? parent->index : 0,
               has_parent ? parent->version : 0, AT(handle));
    must(status == REEL_OK || status == REEL_FULL);
}

void step_registry(void)
{
    reel_handle *const handle = &handles[random_below(ALLOCATORS)];
    const uint32_t chance = random_below(8);
    if (chance < 4) {
        look_up(handle);
    } else if (reel_registry_get(&registry, *handle) == NULL) {
        enter(handle);
    } else if (chance < 6) {
        must(STATUS(reel_registry_rewound, AT(&registry), handle->index,
                    handle->version, AT(handle))
             == REEL_OK);
    } else {
        must(STATUS(reel_registry_unregister, AT(&registry), handle->index,
                    handle->version)
             == REEL_OK);
    }
}
