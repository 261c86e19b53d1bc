/// Registry: a table of allocators, each with handles that go stale when it is
/// rewound or goes away, and with child allocators that go with it.
///
///     handle { 1, 3 }                entries            a tree, by indices
///          |                 0 | version 7 | … |          0
///          +---------------> 1 | version 3 | … |         / \.
///                            2 | version 1 | … |        1   2
///                            3 | free      | … |
///
/// A handle is the index of an entry and the version that the entry then had. It
/// is good while the entry still has it: rewinding gives the entry another one,
/// and so does whoever gets the entry next. A reel_ref is a pointer to an object
/// together with the handle of the allocator that it came from, so it is known
/// whether the object is still there before it is touched.
///
/// Index and version are a machine word each. An entry counts its versions up from
/// 1 and after the highest goes on with 1; 0 is no version. So a version recurs
/// after 2^width - 1 rewinds and registrations of that entry, and not before: with
/// 32 bits, after 2 years of 60 rewinds a second. Who kept a handle for exactly so
/// long is not told that it is stale.
///
/// A registered allocator may name a parent, which is what its memory comes from.
/// What ends the parent's blocks, a rewind or its own unregistering, unregisters
/// its children and all their descendants; a descendant is never good for longer
/// than an ancestor.
///
/// Entries are reused, the one given up last first; fresh ones come in order 0, 1,
/// 2, …, and a watermark says where they begin, so nothing loops over the table.
///
/// One owner registers, rewinds and unregisters. Meanwhile any context may call
/// reel_registry_get() and reel_ref_get(). They look at the version once: what
/// they say was true at that moment, of the table before the owner's change or
/// after it. In an interrupt of the owner's core it stays true until the interrupt
/// returns. Another thread or core must not go on to use what it got while the
/// owner ends it: to keep those two apart is the application's part, as it is with
/// any rewind.

#ifndef REEL_REGISTRY_H
#define REEL_REGISTRY_H

#include "reel/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A value of two words: copy it freely.
typedef struct reel_handle {
    size_t index;
    uintptr_t version; // 0: of nothing
} reel_handle;

/// The handle of nothing, {0, 0}: a zeroed one is it. For expressions and for all
/// initialisers. (In those of static objects gcc pedantically wants a constant,
/// clang a literal.)
#if defined(__cplusplus)
#define REEL_NO_HANDLE (reel_handle{ 0, 0 })
#elif defined(__GNUC__) && !defined(__clang__)
static const reel_handle REEL_NO_HANDLE = { 0, 0 };
#else
#define REEL_NO_HANDLE ((reel_handle){ 0, 0 })
#endif

/// A pointer that knows whether its object is still there: three words.
typedef struct reel_ref {
    reel_handle handle; // of the allocator
    void *object;
} reel_ref;

/// No entry, where an index is expected.
#define REEL_NO_INDEX SIZE_MAX

/// What the table has of one allocator: eight words. The caller provides it; only
/// reel touches it.
typedef struct reel_registry_entry {
    reel_allocator allocator; // 2 words
    reel_word version;        // what a handle must have; 0: the entry is free
    uintptr_t last_version;   // the newest that the entry had
    size_t parent;            // indices, or REEL_NO_INDEX
    size_t first_child;       // the newest one
    size_t next;              // sibling; or in the list of free entries
    size_t previous;          // sibling: unregistering need not search
} reel_registry_entry;

/// Six words. Owned by the caller; read-only to it.
typedef struct reel_registry {
    reel_registry_entry *entries;
    size_t capacity; // entries
    size_t used;     // of them
    size_t failures; // refused registrations; saturates
    reel_word peak;  // entries below it have been used
    reel_word free;  // the first of those that are free; or REEL_NO_INDEX
} reel_registry;

/// The place of an allocator in a registry, kept by the allocator itself: what
/// rewindable and region have. Only reel touches it.
typedef struct reel_binding {
    reel_registry *registry; // NULL: not bound to one
    reel_handle handle;
} reel_binding;

/// Start an empty registry. Handles from before are not recognised as such, and
/// may be taken for new ones.
///
///   entries  the caller's, for as long as the registry; contents do not matter
///   capacity 1 or more; the most allocators at once
///
/// Returns  REEL_OK; REEL_INVALID for NULL, no entries, or more than memory has,
///          and then nothing has changed.
/// Cost     O(1), however many entries; they are not touched.
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: never.
reel_status reel_registry_init(reel_registry *registry,
                               reel_registry_entry *entries, size_t capacity);

/// Define a static registry, usable before main and without init. Its table lies
/// in section .noinit.reel; its control block costs its own size of flash.
///
///   REEL_REGISTRY_DEFINE(allocators, 16);
#define REEL_REGISTRY_DEFINE(name, count)               \
    REEL_STATIC_ASSERT((count) > 0, "1 entry or more"); \
    REEL_NOINIT(name##_entries)                         \
    static reel_registry_entry name##_entries[count];   \
    static reel_registry name = REEL_REGISTRY_INITIAL_(name##_entries, count)

#define REEL_REGISTRY_INITIAL_(entries, count)              \
    {                                                       \
        (entries), (count), 0, 0, { 0 }, { REEL_NO_INDEX }, \
    }

/// Enter an allocator.
///
///   allocator  any; the value is copied into the table
///   parent     a registered allocator, which takes this one along when it is
///              rewound or unregistered; REEL_NO_HANDLE: none
///   out        where the handle goes; good until the allocator is rewound or
///              unregistered
///
/// Returns  REEL_OK; REEL_INVALID for NULL or an allocator without ops;
///          REEL_STALE if `parent` is a handle that is not good; REEL_FULL, which
///          counts as a failure. Else nothing has changed.
/// Cost     O(1).
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: never.
reel_status reel_registry_register(reel_registry *registry,
                                   reel_allocator allocator, reel_handle parent,
                                   reel_handle *out);

/// Take an allocator out, its descendants first: all their handles and refs are
/// stale. The allocators themselves are not called.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_STALE if the handle is not good.
///          Then nothing has changed.
/// Cost     O(1) without children; linear in its descendants, each of which is
///          visited once, in no extra memory.
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: never.
reel_status reel_registry_unregister(reel_registry *registry,
                                     reel_handle handle);

/// Note that an allocator was rewound, or is about to be: its descendants are
/// unregistered, then its own handle and refs are stale. It keeps its entry and
/// its parent.
///
///   out      where the new handle goes
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_STALE if the handle is not good.
///          Then nothing has changed.
/// Cost     as reel_registry_unregister().
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: never.
reel_status reel_registry_rewound(reel_registry *registry, reel_handle handle,
                                  reel_handle *out);

/// Look an allocator up.
///
/// Returns  the copy in the table, good until the allocator is unregistered; NULL
///          if the handle is stale, or is none of this registry's.
/// Cost     O(1).
/// Context  any number, also while the owner changes the table. ISR: yes. SMP:
///          with REEL_ATOMICS_NATIVE. Blocks: never.
const reel_allocator *reel_registry_get(const reel_registry *registry,
                                        reel_handle handle);

/// Count the allocators that are registered.
///
/// Returns  0 to the number of entries.
/// Cost     O(1).
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: never.
size_t reel_registry_count(const reel_registry *registry);

/// Tell the most allocators that were ever registered at once.
///
/// Returns  0 to the number of entries.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_registry_peak(const reel_registry *registry);

/// Read all counts at once, in bytes of the table.
///
/// Returns  the statistics; failures are registrations refused by a full table.
/// Cost     O(1).
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: never.
reel_stats reel_registry_stats(const reel_registry *registry);

/// Check the registry's own bookkeeping: that each entry below the watermark is on
/// the free list, or in the tree and linked both ways.
///
/// Returns  true while all of it makes sense.
/// Cost     linear in reel_registry_peak().
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: never.
bool reel_registry_is_valid(const reel_registry *registry);

/// Tie an object to the allocator that it came from.
///
///   handle   of the allocator, as it was when the object was allocated
///   object   any pointer
///
/// Returns  the ref, a value; its object is NULL to reel_ref_get() as soon as the
///          handle is stale.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
reel_ref reel_ref_make(reel_handle handle, void *object);

/// Get at an object.
///
/// Returns  the pointer, good until its allocator is rewound or unregistered; NULL
///          if that has happened since the ref's handle was had.
/// Cost     O(1).
/// Context  any number, also while the owner changes the table. ISR: yes. SMP:
///          with REEL_ATOMICS_NATIVE. Blocks: never.
void *reel_ref_get(const reel_registry *registry, reel_ref ref);

#ifdef __cplusplus
}
#endif

#endif
