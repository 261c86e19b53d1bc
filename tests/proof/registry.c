// SPDX-License-Identifier: MIT
// src/registry*.c: handles, versions and the list of free entries.

#include "proof.h"

void reel_panic(reel_status why, const char *file, int line);

#include "where/reel_registry_init"
#include "where/reel_registry_register"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

#define ANY_REGISTRY(registry)                                               \
    reel_registry registry;                                                  \
    registry.entries = (void *)any_word();                                   \
    registry.capacity = any_word(), registry.used = any_word();              \
    registry.failures = any_word(), registry.gate.value = any_word();        \
    registry.free.value = any_word(), registry.watermark.value = any_word(); \
    registry.peak.value = any_word()

// What init and each call keep. Free entries are below the watermark, and if none is free
// all below it are in use.
static bool is_sound(const reel_registry *registry)
{
    const uintptr_t entries = (uintptr_t)registry->entries;
    const size_t watermark = registry->watermark.value;
    const size_t peak = registry->peak.value;
    const size_t free = registry->free.value;
    return entries % sizeof(uintptr_t) == 0 && entries > 0
           && registry->capacity
                  <= (TOP_OF_INPUTS - entries) / sizeof(reel_registry_entry)
           && entries <= TOP_OF_INPUTS && registry->capacity > 0
           && watermark <= registry->capacity && registry->used <= peak
           && peak <= watermark
           && (free == REEL_NO_INDEX
                   ? registry->used == watermark
                   : free < watermark && registry->used < watermark);
}

PROOF(init_succeeds_if_and_only_if_the_entries_lie_below_the_end, 0)
{
    const uintptr_t entries = any_word();
    const size_t capacity = any_word();
    ANY_REGISTRY(registry);
    const reel_status status =
        reel_registry_init(&registry, (void *)entries, capacity);
    const size_t most = (UINTPTR_MAX - entries) / sizeof(reel_registry_entry);
    ASSERT((status == REEL_OK)
           == (entries != 0 && capacity > 0 && capacity <= most));
    ASSERT(status != REEL_OK
           || entries + capacity * sizeof(reel_registry_entry) >= entries);
    ASSERT(status != REEL_OK
           || (registry.used == 0 && registry.free.value == REEL_NO_INDEX
               && registry.watermark.value == 0 && registry.peak.value == 0));
    COVER(status == REEL_OK);
    COVER(status != REEL_OK && entries != 0 && capacity != 0);
    OBSERVE(status);
}

// Never 0, which is no version. It comes back after all others.
PROOF(each_version_is_new, 0)
{
    const uintptr_t last = any_word();
    const uintptr_t other = any_word();
    reel_registry_entry entry, another;
    entry.version.value = any_word(), another.version.value = any_word();
    ASSUME(other != last);
    const uintptr_t version = renew(&entry, last);
    const uintptr_t next = renew(&another, other);
    ASSERT(version != 0 && version != last);
    ASSERT(entry.version.value == version);
    ASSERT(version != next || last == 0 || other == 0);
    COVER(version < last);
    OBSERVE(version);
}

PROOF(a_handle_is_good_if_and_only_if_its_entry_has_its_version, 0)
{
    reel_handle handle;
    handle.index = any_word(), handle.version = any_word();
    ANY_REGISTRY(registry);
    ASSUME(is_sound(&registry));
    const bool is_below = handle.index < registry.watermark.value;
    const reel_registry_entry *const entry =
        &registry.entries[is_below ? handle.index : 0];
    const bool is_good = handle.version != 0 && is_below
                         && entry->version.value == handle.version;
    ASSERT(reel_registry_get(&registry, handle)
           == (is_good ? &entry->allocator : NULL));
    COVER(is_good && handle.index > 0);
    COVER(!is_good && is_below);
}

// An entry that was never used comes after all others, and one that was freed goes on
// with its versions.
PROOF(an_entry_is_taken_if_and_only_if_one_is_left, 0)
{
    ANY_REGISTRY(registry);
    reel_allocator allocator;
    allocator.ops = (void *)any_word(), allocator.self = (void *)any_word();
    const reel_handle none = { 0, 0 };
    reel_handle out;
    out.index = 0, out.version = 0;
    ASSUME(is_sound(&registry));
    const size_t free = registry.free.value, used = registry.used;
    const size_t watermark = registry.watermark.value;
    const size_t peak = registry.peak.value, failures = registry.failures;
    const bool is_new = free == REEL_NO_INDEX;
    const size_t next = is_new ? 0 : registry.entries[free].next;
    const uintptr_t last = is_new ? 0 : registry.entries[free].previous;
    const reel_status status = enter(&registry, allocator, none, &out);
    const bool is_done = status == REEL_OK;
    ASSERT(is_done == (used < registry.capacity));
    ASSERT(is_done || status == REEL_FULL);
    ASSERT(!is_done || out.index == (is_new ? used : free));
    ASSERT(!is_done || out.index < registry.capacity);
    ASSERT(registry.used == (is_done ? used + 1 : used));
    ASSERT(registry.free.value == (is_done && !is_new ? next : free));
    ASSERT(
        registry.watermark.value
        == (is_done && is_new && used + 1 > watermark ? used + 1 : watermark));
    ASSERT(registry.peak.value
           == (is_done && used + 1 > peak ? used + 1 : peak));
    ASSERT(!is_done || out.version != 0);
    ASSERT(!is_done || is_new || out.version == last + 1
           || (last == UINTPTR_MAX && out.version == 1));
    ASSERT(is_done || registry.failures == failures + (failures < SIZE_MAX));
    COVER(is_done && is_new);
    COVER(is_done && !is_new);
    COVER(!is_done);
}

// One that is given back: no handle of it is good any more, and its version is kept.
PROOF(an_entry_that_is_given_back_has_no_version, 0)
{
    const size_t index = any_word();
    const uintptr_t version = any_word();
    ANY_REGISTRY(registry);
    ASSUME(is_sound(&registry) && index < registry.watermark.value);
    ASSUME(registry.used > 0);
    const size_t used = registry.used, free = registry.free.value;
    const uintptr_t was = registry.entries[index].version.value;
    give_entry(&registry, index);
    const reel_handle handle = { index, version };
    ASSERT(reel_registry_get(&registry, handle) == NULL);
    ASSERT(registry.entries[index].previous == was);
    ASSERT(registry.entries[index].next == free);
    ASSERT(registry.free.value == index && registry.used == used - 1);
    ASSERT(is_sound(&registry));
    COVER(version == was && version != 0);
}
