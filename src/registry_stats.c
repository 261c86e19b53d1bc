// SPDX-License-Identifier: MIT
#include "atomic.h"
#include "reel/registry.h"

size_t reel_registry_count(const reel_registry *registry)
{
    return registry->used;
}

size_t reel_registry_peak(const reel_registry *registry)
{
    return load_relaxed(&registry->peak);
}

reel_stats reel_registry_stats(const reel_registry *registry)
{
    const size_t entry_size = sizeof *registry->entries;
    reel_stats stats;
    stats.size = registry->capacity * entry_size;
    stats.used = registry->used * entry_size;
    stats.peak = reel_registry_peak(registry) * entry_size;
    stats.failures = registry->failures;
    stats.largest_refused = registry->failures > 0 ? entry_size : 0;
    return stats;
}

// ---- validation --------------------------------------------------------------

// The entry in use that an index must lead to; NULL if it does not.
static const reel_registry_entry *in_use(const reel_registry *registry,
                                         size_t index)
{
    return index < load_relaxed(&registry->watermark)
                   && load_relaxed(&registry->entries[index].version) != 0
               ? &registry->entries[index]
               : NULL;
}

static bool has_good_child(const reel_registry *registry, size_t index)
{
    const size_t first = registry->entries[index].first_child;
    const reel_registry_entry *const child = in_use(registry, first);
    return first == REEL_NO_INDEX
           || (child != NULL && child->parent == index
               && child->previous == REEL_NO_INDEX);
}

static bool has_good_sibling(const reel_registry *registry, size_t index)
{
    const reel_registry_entry *const entry = &registry->entries[index];
    const reel_registry_entry *const next = in_use(registry, entry->next);
    // Roots are no siblings: the walk from one root would else reach another.
    if (entry->parent == REEL_NO_INDEX) {
        return entry->next == REEL_NO_INDEX && entry->previous == REEL_NO_INDEX;
    }
    return entry->next == REEL_NO_INDEX
           || (next != NULL && next->previous == index
               && next->parent == entry->parent);
}

static bool is_consistent(const reel_registry *registry, size_t index)
{
    const reel_registry_entry *const entry = &registry->entries[index];
    const uintptr_t version = load_relaxed(&entry->version);
    return version == 0
           || (entry->registry == registry && entry->allocator.ops != NULL
               && has_good_child(registry, index)
               && has_good_sibling(registry, index));
}

// The next entry, parents first; REEL_NO_INDEX after the last one of a root.
static size_t after(const reel_registry_entry *entries, size_t index)
{
    if (entries[index].first_child != REEL_NO_INDEX) {
        return entries[index].first_child;
    }
    while (index != REEL_NO_INDEX && entries[index].next == REEL_NO_INDEX) {
        index = entries[index].parent;
    }
    return index != REEL_NO_INDEX ? entries[index].next : REEL_NO_INDEX;
}

// If the links are consistent, each entry that a root leads to is reached once,
// and has a valid parent and previous sibling. Rings are consistent, too, but
// no root leads to them.
static size_t count_from_roots(const reel_registry *registry)
{
    const reel_registry_entry *const entries = registry->entries;
    const size_t watermark = load_relaxed(&registry->watermark);
    size_t count = 0;
    for (size_t root = 0; root < watermark; root++) {
        if (in_use(registry, root) == NULL
            || entries[root].parent != REEL_NO_INDEX) {
            continue;
        }
        for (size_t i = root; i != REEL_NO_INDEX; i = after(entries, i)) {
            count++;
        }
    }
    return count;
}

// SIZE_MAX if it is not a list of free entries.
static size_t count_free(const reel_registry *registry)
{
    const size_t watermark = load_relaxed(&registry->watermark);
    size_t count = 0;
    size_t index = load_relaxed(&registry->free);
    while (index != REEL_NO_INDEX) {
        // A list that is longer than the table is a ring.
        if (index >= watermark || in_use(registry, index) != NULL
            || count == watermark) {
            return SIZE_MAX;
        }
        index = registry->entries[index].next;
        count++;
    }
    return count;
}

bool reel_registry_is_valid(const reel_registry *registry)
{
    const size_t watermark = load_relaxed(&registry->watermark);
    const size_t peak = reel_registry_peak(registry);
    if (registry->entries == NULL || watermark > registry->capacity
        || peak > watermark || peak < registry->used) {
        return false;
    }
    // First: with wrong links the walk below might not end.
    for (size_t i = 0; i < watermark; i++) {
        if (!is_consistent(registry, i)) {
            return false;
        }
    }
    return count_from_roots(registry) == registry->used
           && count_free(registry) == watermark - registry->used;
}
