// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_REGISTRY
#include "reel/registry.h"

#include "atomic.h"
#include "gate.h"

STATIC_CHECK(sizeof(reel_registry_entry) == 8 * sizeof(uintptr_t));

// ---- from handles to entries -------------------------------------------------

// Any context may be here. The watermark rises after an unused entry has its
// version, so each entry below it has one.
ALWAYS_INLINE reel_registry_entry *find(const reel_registry *registry,
                                        reel_handle handle)
{
    // Free entries have version 0, which no handle may match. Each load
    // acquires what was written before its store: the entry, and the allocator.
    if (handle.version == 0
        || handle.index >= load_acquire(&registry->watermark)) {
        return NULL;
    }
    reel_registry_entry *const entry = &registry->entries[handle.index];
    return load_acquire(&entry->version) == handle.version ? entry : NULL;
}

const reel_allocator *reel_registry_get(const reel_registry *registry,
                                        reel_handle handle)
{
    const reel_registry_entry *const entry = find(registry, handle);
    return entry != NULL ? &entry->allocator : NULL;
}

reel_ref reel_ref_make(reel_handle handle, void *object)
{
    reel_ref ref;
    ref.handle.index = handle.index;
    ref.handle.version = handle.version;
    ref.object = object;
    return ref;
}

void *reel_ref_get(const reel_registry *registry, reel_ref ref)
{
    return find(registry, ref.handle) != NULL ? ref.object : NULL;
}

// ---- set-up ------------------------------------------------------------------

reel_status reel_registry_init(reel_registry *registry,
                               reel_registry_entry *entries, size_t capacity)
{
    if (registry == NULL || entries == NULL || capacity == 0
        || capacity > (UINTPTR_MAX - (uintptr_t)entries) / sizeof *entries) {
        return REEL_INVALID;
    }
    registry->entries = entries;
    registry->capacity = capacity;
    registry->used = 0;
    registry->failures = 0;
    // By a pointer: a program that binds nothing links nothing of a registry.
    registry->tell = reel_registry_tell;
    store_relaxed(&registry->gate, GATE_OPEN);
    store_relaxed(&registry->free, REEL_NO_INDEX);
    // No entry is written: those above the watermark are never read.
    store_relaxed(&registry->watermark, 0);
    store_relaxed(&registry->peak, 0);
    return REEL_OK;
}
ALSO_PLAIN(reel_registry_init);

// ---- one entry ---------------------------------------------------------------

// The version before the first one of each entry. Registries that live at once
// have different addresses, and an odd factor keeps them different. So a handle
// of one seldom fits another (Knuth's multiplicative hash).
static uintptr_t first_version(const reel_registry *registry)
{
    return (uintptr_t)registry * (uintptr_t)0x9E3779B97F4A7C15u;
}

// Give the entry its next version, after all other writes to it. From then on
// its old handle is stale.
static uintptr_t renew(reel_registry_entry *entry, uintptr_t last)
{
    const uintptr_t next = last + 1;
    const uintptr_t version = next == 0 ? 1 : next;
    store_release(&entry->version, version);
    return version;
}

// The version is written last: a context that sees it sees the allocator, too.
static uintptr_t publish(reel_registry_entry *entry, reel_allocator allocator,
                         uintptr_t last)
{
    entry->allocator.ops = allocator.ops;
    entry->allocator.self = allocator.self;
    return renew(entry, last);
}

// The entry counts at once. An unused one stays above the watermark for now.
// `last` is the newest version that it had.
static size_t take_entry(reel_registry *registry, uintptr_t *last)
{
    const size_t free = load_relaxed(&registry->free);
    if (free == REEL_NO_INDEX) {
        *last = first_version(registry);
        registry->entries[registry->used].registry = registry;
        return registry->used++;
    }
    *last = registry->entries[free].previous;
    store_relaxed(&registry->free, registry->entries[free].next);
    registry->used++;
    return free;
}

// After the version of the entry: see find(). An unused entry is taken only if no entry
// is free, so what is in use never exceeds the watermark.
static void raise_watermark(reel_registry *registry)
{
    if (registry->used > load_relaxed(&registry->watermark)) {
        store_release(&registry->watermark, registry->used);
    }
    if (registry->used > load_relaxed(&registry->peak)) {
        store_relaxed(&registry->peak, registry->used);
    }
}

// An entry goes on the list after its version is 0, and comes off it before it
// gets its next allocator: the gate is left and entered in between, which orders the
// two. So no handle leads to half an allocator.
static void give_entry(reel_registry *registry, size_t index)
{
    reel_registry_entry *const entry = &registry->entries[index];
    entry->previous = load_relaxed(&entry->version);
    store_release(&entry->version, 0);
    entry->next = load_relaxed(&registry->free);
    store_relaxed(&registry->free, index);
    registry->used--;
}

// ---- the tree ----------------------------------------------------------------

static void link_to_parent(reel_registry_entry *entries, size_t index,
                           size_t parent)
{
    reel_registry_entry *const entry = &entries[index];
    entry->parent = parent;
    entry->first_child = REEL_NO_INDEX;
    entry->previous = REEL_NO_INDEX;
    entry->next = REEL_NO_INDEX;
    if (parent == REEL_NO_INDEX) {
        return;
    }
    // The newest child comes first, so it also ends first: it may use the older
    // ones.
    entry->next = entries[parent].first_child;
    entries[parent].first_child = index;
    if (entry->next != REEL_NO_INDEX) {
        entries[entry->next].previous = index;
    }
}

static void unlink_from_parent(reel_registry_entry *entries, size_t index)
{
    const reel_registry_entry *const entry = &entries[index];
    if (entry->previous != REEL_NO_INDEX) {
        entries[entry->previous].next = entry->next;
    } else if (entry->parent != REEL_NO_INDEX) {
        entries[entry->parent].first_child = entry->next;
    }
    if (entry->next != REEL_NO_INDEX) {
        entries[entry->next].previous = entry->previous;
    }
}

static void drop(reel_registry *registry, size_t index)
{
    unlink_from_parent(registry->entries, index);
    give_entry(registry, index);
}

// The allocator's memory is still unchanged. Allocators of other libraries may
// have no `end`.
static void end_allocator(const reel_registry_entry *entry)
{
    if (entry->allocator.ops->end != NULL) {
        entry->allocator.ops->end(entry->allocator.self);
    }
}

// Go down to a leaf, end it, and go on from its parent. Each descendant is
// visited and ended once, before its parent.
static void end_descendants(reel_registry *registry, size_t top)
{
    const reel_registry_entry *const entries = registry->entries;
    size_t index = top;
    while (index != top || entries[top].first_child != REEL_NO_INDEX) {
        if (entries[index].first_child != REEL_NO_INDEX) {
            index = entries[index].first_child;
        } else {
            const size_t parent = entries[index].parent;
            end_allocator(&entries[index]);
            drop(registry, index);
            index = parent;
        }
    }
}

// ---- what threads do, one at a time ------------------------------------------

static reel_status count_refusal(reel_registry *registry)
{
    if (registry->failures < SIZE_MAX) {
        registry->failures++;
    }
    return REEL_FULL;
}

static bool is_stale(const reel_registry *registry, reel_handle handle)
{
    return reel_registry_get(registry, handle) == NULL;
}

static bool is_no_handle(reel_handle handle)
{
    return handle.index == 0 && handle.version == 0;
}

// What can refuse comes first. The entry is in the tree before it is published,
// so a handler that gets its handle finds it complete.
static reel_status enter(reel_registry *registry, reel_allocator allocator,
                         reel_handle parent, reel_handle *out)
{
    uintptr_t last;
    const bool is_child = !is_no_handle(parent);
    if (is_child && is_stale(registry, parent)) {
        return REEL_STALE;
    }
    if (registry->used == registry->capacity) {
        return count_refusal(registry);
    }
    // From here on nothing fails.
    const size_t index = take_entry(registry, &last);
    link_to_parent(registry->entries, index,
                   is_child ? parent.index : REEL_NO_INDEX);
    out->index = index;
    out->version = publish(&registry->entries[index], allocator, last);
    raise_watermark(registry);
    INVARIANT(reel_registry_is_valid(registry));
    return REEL_OK;
}

reel_status reel_registry_register(reel_registry *registry,
                                   reel_allocator allocator, reel_handle parent,
                                   reel_handle *out)
{
    if (registry == NULL || allocator.ops == NULL || out == NULL) {
        return REEL_INVALID;
    }
    if (!reel_gate_enter(&registry->gate PASS_HERE)) {
        return REEL_BUSY;
    }
    const reel_status status = enter(registry, allocator, parent, out);
    gate_leave(&registry->gate);
    return status;
}

// End the descendants. Then renew the version, or take the entry out.
static reel_status change(reel_registry *registry, reel_handle *handle,
                          bool goes_on)
{
    if (is_stale(registry, *handle)) {
        return REEL_STALE;
    }
    // They end while their memory is unchanged: the caller reuses it only after this.
    const size_t index = handle->index;
    end_descendants(registry, index);
    if (goes_on) {
        handle->version = renew(&registry->entries[index], handle->version);
    } else {
        drop(registry, index);
    }
    INVARIANT(reel_registry_is_valid(registry));
    return REEL_OK;
}

static reel_status change_in_turn(reel_registry *registry, reel_handle *handle,
                                  bool goes_on)
{
    if (!reel_gate_enter(&registry->gate PASS_HERE)) {
        return REEL_BUSY;
    }
    const reel_status status = change(registry, handle, goes_on);
    gate_leave(&registry->gate);
    return status;
}

reel_status reel_registry_unregister(reel_registry *registry,
                                     reel_handle handle)
{
    return registry == NULL ? REEL_INVALID
                            : change_in_turn(registry, &handle, false);
}

reel_status reel_registry_rewound(reel_registry *registry, reel_handle handle,
                                  reel_handle *out)
{
    if (registry == NULL || out == NULL) {
        return REEL_INVALID;
    }
    const reel_status status = change_in_turn(registry, &handle, true);
    if (status == REEL_OK) {
        out->index = handle.index;
        out->version = handle.version;
    }
    return status;
}
