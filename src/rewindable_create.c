#include "reel/rewindable.h"

#include "binding.h"
#include "chunk.h"

// ---- registered ones -------------------------------------------------------------

reel_status reel_rewindable_bind(reel_rewindable *rewindable,
                                 reel_registry *registry, reel_handle parent)
{
    if (rewindable == NULL || registry == NULL) {
        return REEL_INVALID;
    }
    if (rewindable_has_ended(rewindable)) {
        return REEL_STALE;
    }
    const reel_allocator self = reel_rewindable_allocator(rewindable);
    return reel_binding_start(&rewindable->entry, registry, self.ops, self.self,
                              parent.index, parent.version);
}

reel_handle reel_rewindable_handle(const reel_rewindable *rewindable)
{
    reel_handle handle;
    reel_binding_handle(rewindable->entry, rewindable, &handle);
    return handle;
}

// ---- storage from a background allocator -------------------------------------------

// Control block and table are one block of it.
typedef struct created {
    reel_rewindable rewindable;
    reel_rewindable_chunk table[];
} created;

static size_t created_size(size_t capacity)
{
    return sizeof(created) + capacity * sizeof(reel_rewindable_chunk);
}

static bool has_size(size_t capacity)
{
    return capacity > 0
           && capacity <= (SIZE_MAX - sizeof(created))
                              / sizeof(reel_rewindable_chunk);
}

// Enter it, if there is a registry; on failure it holds no chunk.
static reel_status enter(reel_rewindable *rewindable, reel_registry *registry,
                         size_t parent_index, uintptr_t parent_version)
{
    const reel_handle parent = { parent_index, parent_version };
    if (registry == NULL) {
        return REEL_OK;
    }
    const reel_status status =
        reel_rewindable_bind(rewindable, registry, parent);
    if (status != REEL_OK) {
        (void)reel_rewindable_dispose(rewindable);
    }
    return status;
}

reel_status reel_rewindable_create(reel_rewindable **out,
                                   reel_allocator background, size_t capacity,
                                   const reel_rewindable_config *config,
                                   reel_registry *registry, reel_handle parent)
{
    if (out == NULL || background.ops == NULL || !has_size(capacity)) {
        return REEL_INVALID;
    }
    const size_t size = created_size(capacity);
    created *const made =
        reel_allocate(background, size, REEL_ALIGNOF(created));
    if (made == NULL) {
        return REEL_NO_MEMORY;
    }
    reel_status status = reel_rewindable_init(&made->rewindable, background,
                                              made->table, capacity, config);
    if (status == REEL_OK) {
        status =
            enter(&made->rewindable, registry, parent.index, parent.version);
    }
    if (status != REEL_OK) {
        (void)reel_free(background, made, size);
        return status;
    }
    made->rewindable.is_created = true;
    *out = &made->rewindable;
    return REEL_OK;
}

reel_status reel_rewindable_destroy(reel_rewindable *rewindable)
{
    if (rewindable == NULL || !rewindable->is_created) {
        return REEL_INVALID;
    }
    if (rewindable_has_ended(rewindable)) {
        return REEL_STALE;
    }
    const size_t size = created_size(rewindable->capacity);
    const reel_status status = reel_rewindable_dispose(rewindable);
    if (status != REEL_OK) {
        return status;
    }
    reel_allocator background;
    background.ops = rewindable->backing.ops;
    background.self = rewindable->backing.self;
    return reel_free(background, rewindable, size);
}
