// SPDX-License-Identifier: MIT
/// Temp: an arena over reserved address space. Memory is committed when it is
/// needed.
///
///     base       next           committed                     end
///      |  blocks  |    ready     |   reserved, not accessible  |
///      +----------+--------------+-----------------------------+
///
/// Hooks of the platform (reel/pages.h) commit whole memory pages. A reset
/// decommits what recent use does not need. One frontier moves up and down. On a
/// part with an MPU, an access to memory that is not committed traps.
///
/// Marks are checked, and blocks are pinned, as in reel/arena.h.
///
/// A reset estimates how much memory to keep committed, and decommits the rest.
/// There are two estimates (reel/detail/temp.h has the formulas):
///
///   rates    the default. The estimate follows the most bytes in use before each
///            reset: it rises fast and falls slowly. Most memory of a spike is
///            decommitted at once.
///   window   The estimate is the most that the last `window` to twice as many
///            frames used. A frame ends with a reset. If the policy is not
///            strict, it also ends with a rewind that leaves nothing in use. If
///            the maxima of frames differ by less than a quarter, no hook is called
///            once enough is committed.

#ifndef REEL_TEMP_H
#define REEL_TEMP_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/arena.h"
#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How a temp commits and decommits. Start from REEL_TEMP_POLICY.
typedef struct reel_temp_policy {
    // Bytes of a commit, a multiple of the memory page. 0: 16 pages, if they are 4
    // KiB or larger, else one. If the hook refuses a step, it is asked for the pages
    // that the request needs.
    size_t step;
    // The most bytes that one reset decommits, up to a memory page more. 0: no limit.
    size_t decommit_limit;
    uint16_t contraction; // rates in 1/1024, at most 1024; the estimate moves
    uint16_t expansion;   // by 1 byte or more, also with a rate of 0
    uint16_t fast_expansion;
    // true: freed memory traps. Each commit takes as few pages as it can, and each
    // rewind, reset, free and resize trims. Step and limit do not count. Three things
    // do not trap: the blind spot of reel_temp_trim(), memory that a handler freed,
    // and reserved memory.
    bool strict;
    uint16_t window; // frames; 0: the estimate by rates
} reel_temp_policy;

/// The defaults, for an initialiser.
#define REEL_TEMP_POLICY            \
    {                               \
        0, 0, 1, 64, 1024, false, 0 \
    }

/// Owned by the caller, who only reads it.
typedef struct reel_temp {
    reel_arena stack;        // over the whole range; its limit is `committed`
    reel_word committed;     // address after the last committed byte
    reel_word gate;          // one thread at a time calls the hooks
    const reel_pages *pages; // the caller's, for as long as the temp
    size_t peak;             // bytes: peak of all frames before
    size_t last_high;        // bytes: peak of the last frame, or of this window
    size_t estimate; // bytes: by the rates, or peak of the window before
    size_t step;     // from here on the policy
    size_t decommit_limit;
    uint16_t contraction;
    uint16_t expansion;
    uint16_t fast_expansion;
    uint16_t window;
    uint16_t frame; // of this window, counted from 0
    bool strict;
} reel_temp;

/// Start an empty temp over [space, space + size). None of it is committed.
///
///   space    aligned to the memory page, not NULL; the caller's
///   size     bytes, one or more whole memory pages; the space ends at least
///            REEL_TOP_BYTES before the end of the address space
///   pages    hooks for exactly this range
///   policy   copied; NULL means REEL_TEMP_POLICY
///
/// Returns  REEL_OK; REEL_INVALID, and then `temp` is unchanged. No hook is
///          called.
reel_status reel_temp_init(reel_temp *temp, void *space, size_t size,
                           const reel_pages *pages,
                           const reel_temp_policy *policy)
    REEL_OF_THESE_OPTIONS(reel_temp_init);

/// Define a static temp. It needs no init, and is usable before main if its
/// port is. Its memory lies in section .noinit.reel.
///
///   bytes    whole memory pages
///   align    of the memory: the memory page; an Armv7-M MPU needs `bytes`
///   port     name of an object with a member `pages`, for example one of
///            REEL_ALWAYS_DEFINE. For a port of your own with the name `mine`,
///            define its memory page: enum { mine_page_size = 1024 };
///   step     bytes, a multiple of the memory page, not 0
///
///   REEL_ALWAYS_DEFINE(plain, 256, SIZE_MAX);
///   REEL_TEMP_DEFINE(scratch, 8192, 256, plain, 256);
#define REEL_TEMP_DEFINE(name, bytes, align, port, step)                    \
    REEL_TEMP_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, name, \
                      bytes, align, port, step)

/// Define a temp for several files, or in a section of your own: see
/// reel/detail/compiler.h.
#define REEL_TEMP_DEFINE_AT(linkage, section, name, bytes, align, port, step) \
    REEL_TEMP_DEFINE_(linkage, REEL_IN_SECTION(section), 0, name, bytes,      \
                      align, port, step)

/// Allocate a block at the free end. Commit memory if needed.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, valid until it is freed, rewound or
///          reset; NULL if it does not fit, the commit hook fails, or a handler
///          needs memory that is not committed.
/// Cost     O(1), at most two calls of the commit hook, the second if it fails
/// Waits    for the commit hook; a handler never waits
void *reel_temp_alloc(reel_temp *temp, size_t size, size_t align);

/// Allocate a block and clear it.
///
/// Returns  as reel_temp_alloc(), all bytes 0.
/// Cost     O(size), and as reel_temp_alloc()
/// Waits    as reel_temp_alloc()
void *reel_temp_alloc_zeroed(reel_temp *temp, size_t size, size_t align);

/// Allocate a block while other contexts do the same. In committed memory this
/// takes one compare-and-swap. One thread at a time commits, and other threads
/// that need memory wait. During such calls the owner may also take marks and
/// read statistics. Any other call needs the temp to itself. An MPU serves one
/// core, so only handlers of that core may share a temp behind it.
///
/// Returns  as reel_temp_alloc(). Between threads, NULL is never spurious.
/// Cost     O(1), one retry for each context that allocates in between, and the
///          commit hook
/// Callers  any context
/// Waits    a thread waits for the commit hook, also of another thread; a
///          handler never waits
void *reel_temp_alloc_shared(reel_temp *temp, size_t size, size_t align);

/// Commit memory now, so that the next allocations of `size` bytes together need
/// no commit. Padding counts, and so do allocations of other contexts, which may
/// be in reel_temp_alloc_shared(). A rewind, reset or trim may decommit it again.
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_NO_MEMORY if the range has less
///          room; REEL_PORT_FAILED if the commit hook fails; REEL_STALE if the
///          temp has ended.
/// Cost     O(1), at most two calls of the commit hook, the second if it fails
/// Callers  threads only
/// Waits    for the commit hook, also of another thread
reel_status reel_temp_reserve(reel_temp *temp, size_t size);

/// Change the size of a block in place, as reel_arena_resize(). Commit memory
/// if needed.
///
/// Returns  true if the block has the new size; false if nothing changed, not
///          even the count of failures.
/// Panics   the block is not within the used part (REEL_FOREIGN).
/// Cost     as reel_temp_alloc()
/// Waits    as reel_temp_alloc()
bool reel_temp_resize(reel_temp *temp, void *block, size_t old_size,
                      size_t new_size);

/// Change the size of a block, in place or by a copy, as reel_arena_realloc().
///
/// Returns  the block, with the old contents up to the smaller size; NULL if it
///          does not fit. Then the old block is unchanged.
/// Panics   the block is not within the used part (REEL_FOREIGN).
/// Cost     O(1) in place; O(smaller size) if the block moves; and as
///          reel_temp_alloc()
/// Waits    as reel_temp_alloc()
void *reel_temp_realloc(reel_temp *temp, void *block, size_t old_size,
                        size_t new_size, size_t align);

/// Free the last block, as reel_arena_free(). The memory stays committed until
/// the next trim, unless the policy is strict.
///
/// Returns  as reel_arena_free().
/// Cost     O(1); with a strict policy at most one call of the decommit hook
/// Waits    with a strict policy for the decommit hook; a handler never waits
reel_status reel_temp_free(reel_temp *temp, void *block, size_t size);

/// Take a mark at the position of the next block. Other contexts may be in
/// reel_temp_alloc_shared().
///
/// Returns  as reel_arena_mark().
REEL_REPORTING reel_mark reel_temp_mark(reel_temp *temp);

/// Free every block that was allocated after `mark` was taken. This decommits
/// memory only if the policy is strict, or at the end of a frame of a window.
///
/// Returns  REEL_OK; REEL_FOREIGN or REEL_STALE, as in reel/arena.h; REEL_BUSY
///          in a handler.
/// Cost     O(1); if it decommits, one call of the hook
/// Callers  threads only
/// Waits    for the decommit hook
reel_status reel_temp_rewind(reel_temp *temp, reel_mark mark);

/// Free every block, drop every mark, update the estimate, and decommit what
/// lies above it. No hook that can fail is called.
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_STALE if the temp has ended.
/// Cost     O(1), at most one call of the decommit hook
/// Callers  threads only
/// Waits    for the decommit hook
reel_status reel_temp_reset(reel_temp *temp);

/// Decommit all unused memory now. Behind an MPU, an access to freed memory then
/// traps, from the memory page above the last live byte on. Below that page no
/// access can trap: this is the blind spot.
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_STALE if the temp has ended.
/// Cost     O(1), at most one call of the decommit hook
/// Callers  threads only
/// Waits    for the decommit hook
reel_status reel_temp_trim(reel_temp *temp);

/// Free every block, decommit all memory, and forget the estimate. Then the temp
/// is as after reel_temp_init(), but with its statistics. A second call does no
/// harm.
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_STALE if the temp has ended.
/// Cost     O(1), at most one call of the decommit hook
/// Callers  threads only
/// Waits    for the decommit hook
reel_status reel_temp_dispose(reel_temp *temp);

/// Get the bytes in use, padding included. For this call and those below, other
/// contexts may be in reel_temp_alloc_shared().
///
/// Returns  0 up to the size of the range.
static inline size_t reel_temp_used(const reel_temp *temp);

/// Get the committed bytes.
///
/// Returns  reel_temp_used() up to the size of the range; whole memory pages.
size_t reel_temp_committed(const reel_temp *temp);

/// Get the free bytes of the range, committed or not.
///
/// Returns  0 up to the size of the range.
static inline size_t reel_temp_available(const reel_temp *temp);

/// Get the free bytes that need no commit. A handler can allocate these.
///
/// Returns  0 up to reel_temp_committed().
size_t reel_temp_committed_available(const reel_temp *temp);

/// Get the most bytes that were in use at one time.
///
/// Returns  reel_temp_used() up to the size of the range.
size_t reel_temp_peak(const reel_temp *temp);

/// Get all statistics.
///
/// Returns  the statistics, as reel_arena_stats(). A failed commit counts as a
///          failure.
reel_stats reel_temp_stats(const reel_temp *temp);

/// Begin a phase of the statistics, as reel_arena_begin_phase(). For the policy a
/// frame begins, too. What the old frame used does not count in later resets, and
/// reel_temp_locate() says of it REEL_TEMP_UNUSED.
///
/// Returns  nothing.
static inline void reel_temp_begin_phase(reel_temp *temp)
{
    reel_arena_begin_phase(&temp->stack);
    temp->peak = 0;
}

/// Tell whether [block, block + size) lies within the used part.
///
/// Returns  true if all of it does.
static inline bool reel_temp_owns(const reel_temp *temp, const void *block,
                                  size_t size);

/// What an address is to a temp.
typedef enum reel_temp_state {
    REEL_TEMP_ELSEWHERE, // not in the temp
    REEL_TEMP_LIVE,      // in the used part: committed, in a block or padding
    REEL_TEMP_FREED,     // was used in this phase, and freed since
    REEL_TEMP_UNUSED,    // not used in this phase
    REEL_TEMP_BEYOND,    // less than a memory page beyond the end: an overrun
} reel_temp_state;

/// Tell what an address is to the temp, for fault handlers. A handler may call
/// this inside any other call of its core. No other core may be inside a rewind,
/// reset, trim or dispose of the temp.
///
///   offset   set to the distance from the start of the range, except for
///            ELSEWHERE; may be NULL
///
/// Returns  the state.
/// Callers  any context
reel_temp_state reel_temp_locate(const reel_temp *temp, const void *address,
                                 size_t *offset);

/// Get the name of a state, for a message.
///
/// Returns  "freed" and the like; never NULL.
/// Callers  any context
const char *reel_temp_state_name(reel_temp_state state);

/// Tell whether an address lies in committed memory. Then this temp did not cause
/// a fault there.
///
/// Returns  true if it does.
/// Callers  any context
bool reel_temp_is_committed(const reel_temp *temp, const void *address);

/// Check the bookkeeping of the temp. No other context may be inside a call.
///
/// Returns  true if it is consistent; false before init.
bool reel_temp_is_valid(const reel_temp *temp);

/// Register the temp, as reel_arena_bind(). A dispose ends its descendants, too.
/// At its end no hook is called: committed memory stays committed, other memory
/// stays inaccessible. The caller restores the port before the memory is used
/// again.
///
///   parent   as for reel_registry_register(): where the space comes from
///
/// Returns  as reel_arena_bind().
/// Callers  threads only
reel_status reel_temp_bind(reel_temp *temp, reel_registry *registry,
                           reel_handle parent);

/// Get the handle for refs to the present blocks.
///
/// Returns  the handle, valid until the next rewind, reset or dispose;
///          REEL_NO_HANDLE if the temp is not bound.
/// Callers  any context
reel_handle reel_temp_handle(const reel_temp *temp);

/// Offer the temp as an allocator, as reel_arena_allocator().
///
/// Returns  the allocator, valid as long as the temp.
reel_allocator reel_temp_allocator(reel_temp *temp);

#if defined(__GNUC__)

/// Run the block that follows, then rewind the temp to where it was: see REEL_SCOPE.
/// Not for handlers, which may not rewind a temp. (REEL_SCOPE(&temp.stack) is wrong: the
/// policy would not see it.)
///
///   REEL_TEMP_SCOPE(&frame) {
///       char *line = REEL_NEW_ARRAY(&frame, char, 80);
///       …
///   }
#define REEL_TEMP_SCOPE(temp) \
    REEL_TEMP_SCOPE_(temp, REEL_JOIN(reel_scope_, __COUNTER__))

#endif

#ifdef __cplusplus
}
#endif

#include "reel/detail/temp.h"

#endif
