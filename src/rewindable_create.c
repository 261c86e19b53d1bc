// SPDX-License-Identifier: MIT
#include "reel/rewindable.h"

#include "binding.h"
#include "bits.h"
#include "chunk.h"
#include "reel/port.h"

// ---- registered ones -------------------------------------------------------------

reel_status reel_rewindable_bind(reel_rewindable *rewindable,
                                 reel_registry *registry, reel_handle parent)
{
    if (rewindable == NULL) {
        return REEL_INVALID;
    }
    const reel_allocator self = reel_rewindable_allocator(rewindable);
    return reel_binding_start(&rewindable->entry, registry, self.ops, self.self,
                              parent.index, parent.version,
                              rewindable_has_ended(rewindable));
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

// What is asked for. A stack takes both back, if there is no gap between it and the
// first chunk, which is aligned to a granule. In one block with it no zone lies between.
static size_t own_size(size_t capacity, reel_frees frees, size_t granule)
{
    const size_t size = created_size(capacity);
    const size_t taken = frees == REEL_FREES_LAST ? with_zone(size) : size;
    return frees == REEL_FREES_AT_ONCE ? size
                                       : size + gap_to(taken, granule - 1);
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
        // The caller gets no pointer to it, so the chunk goes back here.
        (void)reel_rewindable_dispose(rewindable);
    }
    return status;
}

// ---- where nothing can be given back ---------------------------------------------

// Control block, table and first chunk are one block of a backing that keeps what it is
// given, so that a part that is refused loses no other one. Init says what the chunk
// needs when it asks an allocator that only notes it, and then is given its part.
typedef struct part {
    size_t size, align;
    void *memory;
} part;

static void *note_or_hand_over(void *self, size_t size, size_t align)
{
    part *const chunk = self;
    chunk->size = size;
    chunk->align = align;
    return chunk->memory;
}

const reel_allocator_ops reel_rewindable_note_ops = {
    .allocate = note_or_hand_over,
};

static reel_status init_on(created *made, size_t capacity,
                           const reel_rewindable_config *config, part *chunk)
{
    const reel_allocator backing = { &reel_rewindable_note_ops, chunk };
    return reel_rewindable_init(&made->rewindable, backing, made->table,
                                capacity, config);
}

// What the first chunk needs. Nothing is taken yet.
static reel_status measure(size_t capacity,
                           const reel_rewindable_config *config, part *chunk)
{
    created nobody;
    chunk->memory = NULL;
    const reel_status status = init_on(&nobody, capacity, config, chunk);
    // The note allocates nothing, so if all checks pass, the answer is
    // REEL_NO_MEMORY.
    return status == REEL_NO_MEMORY ? REEL_OK : status;
}

// What the registry would refuse: asked for nothing, it says why. If it agrees,
// another thread made room meanwhile, and it gets that back.
static reel_status may_enter(reel_registry *registry, size_t parent_index,
                             uintptr_t parent_version)
{
    const reel_handle parent = { parent_index, parent_version };
    reel_handle none;
    const bool has_parent = parent_index != 0 || parent_version != 0;
    if (registry == NULL
        || (!reel_port_in_interrupt() && registry->used < registry->capacity
            && (!has_parent || reel_registry_get(registry, parent) != NULL))) {
        return REEL_OK;
    }
    const reel_status status =
        reel_registry_register(registry, reel_allocator_null(), parent, &none);
    return status == REEL_OK ? reel_registry_unregister(registry, none)
                             : status;
}

static IN_CALLER reel_status make_in_one(created **out,
                                         reel_allocator background,
                                         size_t capacity,
                                         const reel_rewindable_config *config,
                                         part *chunk)
{
    const size_t size = own_size(capacity, REEL_FREES_NEVER, chunk->align);
    if (chunk->size > SIZE_MAX - size) {
        return REEL_NO_MEMORY;
    }
    created *const made =
        reel_allocate(background, size + chunk->size,
                      max_of(chunk->align, REEL_ALIGNOF(created)));
    if (made == NULL) {
        return REEL_NO_MEMORY;
    }
    chunk->memory = (void *)((uintptr_t)made + size);
    // It cannot fail: measure() passed the same checks, and the part is there.
    (void)init_on(made, capacity, config, chunk);
    // Init has seen the note as its backing. Growth must ask the true one.
    made->rewindable.backing.ops = background.ops;
    made->rewindable.backing.self = background.self;
    report_anew(&made->rewindable, 1);
    *out = made;
    return REEL_OK;
}

// ---- making one ------------------------------------------------------------------

static reel_status make(created **out, reel_allocator background,
                        size_t capacity, const reel_rewindable_config *config,
                        size_t size, size_t align)
{
    created *const made =
        reel_allocate(background, size, max_of(align, REEL_ALIGNOF(created)));
    if (made == NULL) {
        return REEL_NO_MEMORY;
    }
    const reel_status status = reel_rewindable_init(
        &made->rewindable, background, made->table, capacity, config);
    if (status != REEL_OK) {
        (void)reel_free(background, made, size);
    }
    *out = made;
    return status;
}

reel_status reel_rewindable_create(reel_rewindable **out,
                                   reel_allocator background, size_t capacity,
                                   const reel_rewindable_config *config,
                                   reel_registry *registry, reel_handle parent)
{
    created *made = NULL;
    part chunk;
    if (out == NULL || background.ops == NULL) {
        return REEL_INVALID;
    }
    const reel_frees frees = reel_allocator_frees(background);
    reel_status status = measure(capacity, config, &chunk);
    // Asked before the backing: what it keeps is lost if the registry refuses
    // later.
    if (status == REEL_OK && frees != REEL_FREES_AT_ONCE) {
        status = may_enter(registry, parent.index, parent.version);
    }
    if (status != REEL_OK) {
        return status;
    }
    const size_t size = own_size(capacity, frees, chunk.align);
    if (size < created_size(capacity)) {
        return REEL_NO_MEMORY; // it wrapped
    }
    status = frees == REEL_FREES_NEVER
                 ? make_in_one(&made, background, capacity, config, &chunk)
                 : make(&made, background, capacity, config, size,
                        frees == REEL_FREES_LAST ? chunk.align : 1);
    if (status != REEL_OK) {
        return status;
    }
    status = enter(&made->rewindable, registry, parent.index, parent.version);
    if (status != REEL_OK) {
        (void)reel_free(background, made, size);
        return status;
    }
    // Last: destroy frees only what was created.
    made->rewindable.is_created = true;
    *out = &made->rewindable;
    return REEL_OK;
}
ALSO_PLAIN(reel_rewindable_create);

reel_status reel_rewindable_destroy(reel_rewindable *rewindable)
{
    if (rewindable == NULL || !rewindable->is_created) {
        return REEL_INVALID;
    }
    if (rewindable_has_ended(rewindable)) {
        return REEL_STALE;
    }
    // Before the dispose: after it a stack may give another answer.
    const size_t size = own_size(rewindable->capacity,
                                 reel_allocator_frees(rewindable->backing),
                                 (size_t)1 << rewindable->shift);
    const reel_status status = reel_rewindable_dispose(rewindable);
    // The control block stays, if the dispose is refused: the caller may try
    // again.
    if (status != REEL_OK) {
        return status;
    }
    // Not reel_free(), whose argument some compilers copy with memcpy.
    return rewindable->backing.ops->free(rewindable->backing.self, rewindable,
                                         size);
}
