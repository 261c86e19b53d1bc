// SPDX-License-Identifier: MIT
/// Registry: a table of allocators. Each has a handle, which becomes stale when
/// the allocator is rewound or ends. Child allocators end with their parent.
///
///     handle { 1, 3 }                entries            a tree, by indices
///          |                 0 | version 7 | … |          0
///          +---------------> 1 | version 3 | … |         / \.
///                            2 | version 1 | … |        1   2
///                            3 | free      | … |
///
/// A handle is the index of an entry and a version. It is valid while the entry
/// has that version. A rewind gives the entry another version, and so does the
/// next allocator that is registered in the entry. A reel_ref is a pointer to
/// an object and the handle of its allocator. So a stale object is detected
/// before it is accessed.
///
/// Index and version are one machine word each. The versions of an entry count
/// up, skip 0, and start again after the highest. So a version recurs after
/// 2^width - 1 rewinds and registrations of its entry. With 32 bits that is 2
/// years of 60 rewinds a second. A handle of exactly that age is not detected as
/// stale.
///
/// The first version is a hash of the registry's address. So a handle of another
/// registry is refused, unless the two hashes differ by less than the number of
/// rewinds. Not detected: a handle from before a new init of the registry, or of
/// an earlier registry at the same address.
///
/// A registered allocator may name its parent, which its memory comes from. The
/// blocks of the parent end when it is rewound, reset, closed, disposed of or
/// unregistered. Before that its descendants end, the deepest first, and are
/// unregistered. An allocator that has ended hands out nothing. A call that
/// allocates returns NULL and panics (REEL_STALE), and a call with a status
/// returns REEL_STALE. It gives nothing back to any allocator. It may be
/// initialised again. An allocator of another library needs `end` for this. Without
/// it, it is only unregistered. An allocator that is not registered does not
/// end: the caller must not use it after its memory is gone.
///
/// Control block, entry and registry outlive the parent, since the end writes to
/// them. An allocator must leave the registry before its control block is gone or
/// is initialised again. It leaves by a dispose, by a close, or by
/// reel_registry_unregister().
///
/// During the end, handlers on the same core may use the allocator. To them it is
/// as before, or has ended. No other thread or core may be inside a call on it.
/// With REEL_CHECKS 2, a thread inside its growth path is a panic (REEL_BUSY).
///
/// A freed entry is the next to be used. Unused entries are used in the order
/// 0, 1, 2, …. A watermark separates used from unused entries, so no call loops
/// over the table.
///
/// Threads register, rewind and unregister, also through a bound allocator. They
/// take turns through a gate, so the owner of an allocator need not own the
/// registry. In a handler these calls return REEL_BUSY. Meanwhile any context
/// may call reel_registry_get() and reel_ref_get(). Their answer was true at one
/// moment, either before the change or after it. In a handler on the same core it
/// stays true until the handler returns. Another thread or core must not use the
/// answer while the allocator ends. The application ensures that, as for any
/// rewind.

#ifndef REEL_REGISTRY_H
#define REEL_REGISTRY_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A value of two words; copy it freely.
typedef struct reel_handle {
    size_t index;
    uintptr_t version; // 0: of no allocator
} reel_handle;

/// The handle of no allocator, {0, 0}. A zeroed handle equals it. Use it in
/// expressions and initialisers. (In those of static objects gcc -Wpedantic
/// wants a constant, clang a literal.)
#if defined(__cplusplus)
#define REEL_NO_HANDLE (reel_handle{ 0, 0 })
#elif defined(__GNUC__) && !defined(__clang__)
static const reel_handle REEL_NO_HANDLE __attribute__((__unused__)) = { 0, 0 };
#else
#define REEL_NO_HANDLE ((reel_handle){ 0, 0 })
#endif

/// A pointer to an object that may become stale: three words.
typedef struct reel_ref {
    reel_handle handle; // of the allocator
    void *object;
} reel_ref;

/// No entry.
#define REEL_NO_INDEX SIZE_MAX

/// An entry of the table, for one allocator: eight words. The caller provides
/// the table. Only reel accesses it.
typedef struct reel_registry_entry {
    reel_allocator allocator;       // 2 words
    reel_word version;              // of valid handles; 0: the entry is free
    struct reel_registry *registry; // that the entry is of
    size_t parent;                  // indices, or REEL_NO_INDEX
    size_t first_child;             // the newest one
    size_t next;                    // sibling, or free entry
    size_t previous; // sibling; of a free entry its newest version
} reel_registry_entry;

/// Nine words. Owned by the caller, who only reads it.
typedef struct reel_registry {
    reel_registry_entry *entries;
    size_t capacity;     // entries
    size_t used;         // entries in use
    size_t failures;     // refused registrations; saturates
    reel_word peak;      // most entries in use, in this phase
    reel_word watermark; // entries below it were used
    reel_word free;      // the first free entry, or REEL_NO_INDEX
    reel_word gate;      // one thread at a time changes the table
    // reel_registry_tell(). Bound allocators call it through this pointer, so an
    // image without a registry does not link one.
    reel_status (*tell)(reel_registry_entry **place, const void *self,
                        bool goes_on);
} reel_registry;

/// Start an empty registry. Handles from before are not detected: they may
/// equal new ones.
///
///   entries   the caller's table, for as long as the registry; any contents
///   capacity  entries, 1 or more
///
/// Returns  REEL_OK; REEL_INVALID for NULL, no entries, or more than memory can
///          hold.
/// Callers  threads only
reel_status reel_registry_init(reel_registry *registry,
                               reel_registry_entry *entries, size_t capacity)
    REEL_OF_THESE_OPTIONS(reel_registry_init);

/// Define a static registry. It needs no init, and is usable before main. Its
/// table lies in section .noinit.reel. Its control block also takes flash.
///
///   REEL_REGISTRY_DEFINE(allocators, 16);
#define REEL_REGISTRY_DEFINE(name, count)                                 \
    REEL_REGISTRY_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, \
                          name, count)

/// Define a registry for several files, or with its table in a section of your own:
/// see reel/detail/compiler.h.
#define REEL_REGISTRY_DEFINE_AT(linkage, section, name, count) \
    REEL_REGISTRY_DEFINE_(linkage, REEL_IN_SECTION(section), 0, name, count)

/// Register an allocator.
///
///   allocator  of an application or a library; copied into the table. To
///              register one of reel, bind it instead, as by reel_arena_bind().
///              Then it records its own rewinds.
///   parent     a registered allocator: before its blocks end, this one ends.
///              REEL_NO_HANDLE: none
///   out        gets the handle, valid until the allocator is rewound or
///              unregistered
///
/// Returns  REEL_OK; REEL_INVALID for NULL or an allocator without ops;
///          REEL_STALE if `parent` is not valid; REEL_FULL, which counts as a
///          failure; REEL_BUSY in a handler.
/// Callers  threads only
/// Waits    while another thread changes the registry
reel_status reel_registry_register(reel_registry *registry,
                                   reel_allocator allocator, reel_handle parent,
                                   reel_handle *out);

/// Unregister an allocator. Its descendants end first. All their handles and
/// refs, and its own, become stale. The allocator itself does not end.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_STALE if the handle is not
///          valid; REEL_BUSY in a handler.
/// Cost     O(descendants), without recursion and without extra memory
/// Callers  threads only
/// Waits    while another thread changes the registry
reel_status reel_registry_unregister(reel_registry *registry,
                                     reel_handle handle);

/// Record a rewind of an allocator, before it happens. Its descendants end. Its
/// own handle and refs become stale. It keeps its entry and its parent.
///
///   out      gets the new handle
///
/// Returns  as reel_registry_unregister().
/// Cost     O(descendants)
/// Callers  threads only
/// Waits    while another thread changes the registry
reel_status reel_registry_rewound(reel_registry *registry, reel_handle handle,
                                  reel_handle *out);

/// Get an allocator by its handle.
///
/// Returns  the copy in the table, valid until the allocator is unregistered;
///          NULL if the handle is stale, or of another registry (as far as the
///          top of this file says).
/// Callers  any context
const reel_allocator *reel_registry_get(const reel_registry *registry,
                                        reel_handle handle);

/// Count the registered allocators.
///
/// Returns  0 to capacity.
/// Callers  threads only
size_t reel_registry_count(const reel_registry *registry);

/// Get the most allocators that were registered at one time, in this phase.
///
/// Returns  0 to capacity.
/// Callers  any context
size_t reel_registry_peak(const reel_registry *registry);

/// Get all statistics, in bytes of the table.
///
/// Returns  the statistics. A failure is a registration that a full table
///          refused.
/// Callers  threads only
reel_stats reel_registry_stats(const reel_registry *registry);

/// Begin a phase of the statistics. The peak becomes the number of entries in use, and
/// the failures become 0. No other thread changes the registry meanwhile.
///
/// Returns  nothing.
/// Callers  threads only
static inline void reel_registry_begin_phase(reel_registry *registry)
{
    REEL_WORD_SET(registry->peak, registry->used);
    registry->failures = 0;
}

/// Check the bookkeeping of the registry. Each entry that was ever used is on the
/// free list, or in the tree and linked both ways.
///
/// Returns  true if it is consistent.
/// Cost     O(entries that were ever used)
/// Callers  threads only
bool reel_registry_is_valid(const reel_registry *registry);

/// Make a ref to an object.
///
///   handle   of its allocator, as it was when the object was allocated
///   object   any pointer
///
/// Returns  the ref.
/// Callers  any context
reel_ref reel_ref_make(reel_handle handle, void *object);

/// Get the object of a ref.
///
/// Returns  the pointer, valid until the allocator is rewound or unregistered;
///          NULL if that happened after the ref's handle was taken.
/// Callers  any context
void *reel_ref_get(const reel_registry *registry, reel_ref ref);

#ifdef __cplusplus
}
#endif

#include "reel/detail/registry.h"

#endif
