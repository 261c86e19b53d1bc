/// Temp: an arena over reserved address space, committed page by page.
///
///     base       next           committed                     end
///      |  blocks  |    ready     |   reserved, not accessible  |
///      +----------+--------------+-----------------------------+
///
/// Memory is committed through hooks (reel/pages.h) when a block needs it, in
/// steps; reset gives back what recent use does not call for. One frontier moves
/// up and down. On a part with an MPU what is not committed traps when touched.
///
/// Marks are checked as in reel/arena.h. Blocks below the newest mark are pinned
/// as there.
///
/// How much a reset keeps is estimated from the high water between resets. With
/// h the high water since the last reset, p that of the reset before, e the
/// estimate and C = roundup(e + step, step):
///
///     e = 0                      e = h
///     h > e, h > C and p > C     e += s(max(h, p) - e, fast_expansion)
///     h > e otherwise            a = h/2 + p/2; if a > e, e += s(a - e, expansion)
///     h < e                      e -= s(e - h, contraction)
///
///     s(d, k) = max(1, d < 2^20 ? d * k / 1024 : d / 1024 * k)
///
/// Then all that is committed above K = roundup(e + step, step) is decommitted, at
/// most decommit_limit bytes of it. Integers only. (The tracking is that of the
/// temp allocator written for Zig by Ryan Liptak and others, with its rates
/// 0.001, 1/16 and 1 in parts of 1024.)
///
/// With policy.window = w the estimate is the most that recent frames used. A frame
/// ends with a reset and, unless the policy is strict, with a rewind that leaves
/// nothing in use, even if nothing was before. With h the high water of the frame, m
/// the highest of its window so far and p the highest of the window before:
///
///     m = max(m, h)
///     e = max(m, p)
///     after w frames      p = m, m = 0, and the next window begins
///
/// Then what is above K is decommitted as before, but only if that is more than a
/// quarter of what is committed. So a spike is remembered for w to 2w - 1 frames,
/// and then given back; by the rates most of it goes at once, and has to be
/// committed again for the next spike. A load whose maxima differ by less than a
/// quarter calls no hook once memory is committed for the highest. (A windowed
/// maximum like Kathleen Nichols's in Linux, lib/win_minmax.c, but in two blocks.)

#ifndef REEL_TEMP_H
#define REEL_TEMP_H

#include "reel/arena.h"
#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How a temp commits and gives back. Start from REEL_TEMP_POLICY.
typedef struct reel_temp_policy {
    size_t step;           // bytes committed at once, a multiple of the page;
                           // 0: 16 pages where pages are >= 4 KiB, else one
    size_t decommit_limit; // bytes that one reset may decommit, rounded up to
                           // a page; 0: all
    uint16_t contraction;  // rates in parts of 1024, at most 1024; the estimate
                           // moves by 1 at least, also with a rate of 0
    uint16_t expansion;    //
    uint16_t fast_expansion; //
    bool strict; // trim at every rewind and reset, whatever the limit, so that
                 // use of what they freed traps, but for the blind spot; see
                 // reel_temp_trim()
    uint16_t window; // frames; 0: the estimate goes by the rates
} reel_temp_policy;

/// The defaults, for an initialiser.
#define REEL_TEMP_POLICY            \
    {                               \
        0, 0, 1, 64, 1024, false, 0 \
    }

/// Owned by the caller; read-only to it.
typedef struct reel_temp {
    reel_arena stack;    // over the whole range; its limit is `committed`
    reel_word committed; // address after the last committed byte
    reel_word gate;      // one thread at a time calls the hooks
    const reel_pages
        *pages;       // the caller's, kept for as long as the temp is used
    size_t peak;      // bytes: high water of all frames before
    size_t last_high; // bytes: high water of the last frame, or of this window
    size_t estimate;  // bytes: by the rates, or high water of the window before
    size_t step;      // from here on the policy
    size_t decommit_limit;
    uint16_t contraction;
    uint16_t expansion;
    uint16_t fast_expansion;
    uint16_t window;
    uint16_t frame; // of this window, counted from 0
    bool strict;
} reel_temp;

/// Start an empty temp over [space, space + size), none of it committed.
///
///   space    aligned to the page, not NULL; the caller's
///   size     bytes, whole pages, one or more; the space ends REEL_TOP_BYTES or more
///            ahead of the last address
///   pages    hooks for exactly this range
///   policy   copied; NULL means REEL_TEMP_POLICY
///
/// Returns  REEL_OK; REEL_INVALID, and then `temp` is untouched.
/// Cost     O(1); no hook.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_temp_init(reel_temp *temp, void *space, size_t size,
                           const reel_pages *pages,
                           const reel_temp_policy *policy);

/// Define a static temp, usable before main and without init as far as its port
/// is. Its memory lies in section .noinit.reel.
///
///   bytes    whole pages
///   align    of the memory: the page, or more if the port wants it (an Armv7-M
///            MPU wants `bytes`)
///   hooks    address of a reel_pages
///   step     bytes, a multiple of the page, not 0
///
///   REEL_ALWAYS_DEFINE(plain, 256, SIZE_MAX);
///   REEL_TEMP_DEFINE(scratch, 8192, 256, &plain.pages, 256);
#define REEL_TEMP_DEFINE(name, bytes, align, hooks, step)                      \
    REEL_STATIC_ASSERT((step) > 0 && (bytes) % (align) == 0,                   \
                       "a step of 0, or no whole pages");                      \
    REEL_MEMORY_DEFINE(name##_memory, bytes, align);                           \
    static reel_temp name = {                                                  \
        REEL_ARENA_INITIAL((uintptr_t)name##_memory, (uintptr_t)name##_memory, \
                           (uintptr_t)name##_memory + (bytes)),                \
        { (uintptr_t)name##_memory },                                          \
        { 0 },                                                                 \
        hooks,                                                                 \
        0,                                                                     \
        0,                                                                     \
        0,                                                                     \
        step,                                                                  \
        0,                                                                     \
        1,                                                                     \
        64,                                                                    \
        1024,                                                                  \
        0,                                                                     \
        0,                                                                     \
        false,                                                                 \
    }

/// Cut a block off the free end, committing memory if need be.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, valid until it is freed, rewound or
///          reset; NULL if it does not fit, the commit hook refuses, or memory
///          would have to be committed in an interrupt: nothing has changed.
/// Panics   `align` is not a power of two (REEL_INVALID).
/// Cost     O(1), and at most one call of the commit hook.
/// Context  one owner. ISR: no. SMP: no. Blocks: in the hook; where it is not inline
///          it masks interrupts as reel_temp_alloc_shared() does.
void *reel_temp_alloc(reel_temp *temp, size_t size, size_t align);

/// Cut a block off and clear it.
///
/// Returns  as reel_temp_alloc(), all bytes 0.
/// Panics   as reel_temp_alloc().
/// Cost     O(size), and at most one call of the commit hook.
/// Context  as reel_temp_alloc().
void *reel_temp_alloc_zeroed(reel_temp *temp, size_t size, size_t align);

/// Cut a block off while others do the same. Within committed memory this is
/// one compare-and-swap. To commit, a thread goes through a gate: others that
/// need memory committed yield until it is done, and an interrupt gets NULL.
/// While calls may be under way the owner may also take marks and ask questions;
/// anything else needs the temp to itself. A temp behind an MPU is shared with
/// interrupts of that core only.
///
/// Returns  as reel_temp_alloc(). Between threads NULL is never spurious.
/// Panics   as reel_temp_alloc().
/// Cost     O(1) alone; a retry for each other context that gets in between;
///          the commit hook.
/// Context  any number. ISR: yes. SMP: yes. Blocks: a thread in the hook or for
///          another thread's; an interrupt never. Where there is no
///          compare-and-swap it masks interrupts for 5 instructions at a time, if
///          the mask is inline; the hook is not masked.
void *reel_temp_alloc_shared(reel_temp *temp, size_t size, size_t align);

/// Change a block's size where it stands, as reel_arena_resize(); memory is
/// committed if need be.
///
/// Returns  true, and the block has the new size; false, and nothing changed, not
///          even the count of failures.
/// Panics   the block is not within the used part (REEL_FOREIGN).
/// Cost     O(1), and at most one call of the commit hook.
/// Context  as reel_temp_alloc().
bool reel_temp_resize(reel_temp *temp, void *block, size_t old_size,
                      size_t new_size);

/// Change a block's size, in place or by a copy, as reel_arena_realloc().
///
/// Returns  the block with the old contents up to the smaller size; NULL if it
///          does not fit, and then the old block is as it was.
/// Panics   `align` is not a power of two (REEL_INVALID); the block is not
///          within the used part (REEL_FOREIGN).
/// Cost     O(1) in place; O(smaller size) if it moves; at most two calls of the
///          commit hook, the second if it refused the first.
/// Context  as reel_temp_alloc().
void *reel_temp_realloc(reel_temp *temp, void *block, size_t old_size,
                        size_t new_size, size_t align);

/// Give back the last block; for any other, and a pinned one, do nothing. The
/// memory stays committed until the next trim, also under a strict policy.
///
/// Returns  as reel_arena_free().
/// Cost     O(1).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
static inline reel_status reel_temp_free(reel_temp *temp, void *block,
                                         size_t size)
{
    return reel_arena_free(&temp->stack, block, size);
}

/// Take a mark at the current position: Zig's snapshot, but checked.
///
/// Returns  as reel_arena_mark().
/// Cost     O(1).
/// Context  one owner, while others may be in reel_temp_alloc_shared().
///          ISR: no. SMP: no. Blocks: never.
static inline reel_mark reel_temp_mark(reel_temp *temp)
{
    return reel_arena_mark(&temp->stack);
}

/// Free every block made since `mark` was taken; memory stays committed, unless
/// the policy is strict, or has a window and nothing is left in use: that ends a
/// frame.
///
/// Returns  REEL_OK; REEL_FOREIGN or REEL_STALE as in reel/arena.h, REEL_BUSY in
///          an interrupt: nothing has changed.
/// Cost     O(1); strict or with a window: and at most one call of the decommit
///          hook.
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: in the hook.
reel_status reel_temp_rewind(reel_temp *temp, reel_mark mark);

/// Free every block, drop every mark, renew the estimate, and give back what is
/// committed beyond it. This never calls a hook that can fail.
///
/// Returns  REEL_OK; REEL_BUSY in an interrupt, and nothing has changed.
/// Cost     O(1), and at most one call of the decommit hook.
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: in the hook.
reel_status reel_temp_reset(reel_temp *temp);

/// Decommit all that is unused, now. Behind an MPU a use of freed memory then
/// traps on the real part, from the page above the last live byte on. Below it
/// nothing can trap: that is the blind spot.
///
/// Returns  REEL_OK; REEL_BUSY in an interrupt, and nothing has changed.
/// Cost     O(1), and at most one call of the decommit hook.
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: in the hook.
reel_status reel_temp_trim(reel_temp *temp);

/// Free every block, decommit everything, forget the estimate. The temp is then
/// as after reel_temp_init(), its statistics kept. Twice is harmless.
///
/// Returns  REEL_OK; REEL_BUSY in an interrupt, and nothing has changed.
/// Cost     O(1), and at most one call of the decommit hook.
/// Context  one owner, a thread. ISR: no. SMP: no. Blocks: in the hook.
reel_status reel_temp_dispose(reel_temp *temp);

/// Tell how many bytes are in use, padding included.
///
/// Returns  0 up to the range's size.
/// Cost     O(1).
/// Context  as reel_temp_mark().
static inline size_t reel_temp_used(const reel_temp *temp)
{
    return reel_arena_used(&temp->stack);
}

/// Tell how many bytes are committed.
///
/// Returns  reel_temp_used() up to the range's size; whole pages.
/// Cost     O(1).
/// Context  as reel_temp_mark().
size_t reel_temp_committed(const reel_temp *temp);

/// Tell how many bytes of the range are free, committed or not.
///
/// Returns  0 up to the range's size.
/// Cost     O(1).
/// Context  as reel_temp_mark().
static inline size_t reel_temp_available(const reel_temp *temp)
{
    return reel_arena_available(&temp->stack);
}

/// Tell how many bytes can be had without a commit: what an interrupt can get.
///
/// Returns  0 up to reel_temp_committed().
/// Cost     O(1).
/// Context  as reel_temp_mark().
size_t reel_temp_committed_available(const reel_temp *temp);

/// Tell the most bytes that were ever in use.
///
/// Returns  reel_temp_used() up to the range's size.
/// Cost     O(1).
/// Context  as reel_temp_mark().
size_t reel_temp_peak(const reel_temp *temp);

/// Read all counts at once.
///
/// Returns  the statistics, as reel_arena_stats(); refused commits count too.
/// Cost     O(1).
/// Context  as reel_temp_mark().
reel_stats reel_temp_stats(const reel_temp *temp);

/// Tell whether [block, block + size) lies within the used part.
///
/// Returns  true if all of it does.
/// Cost     O(1).
/// Context  as reel_temp_mark().
static inline bool reel_temp_owns(const reel_temp *temp, const void *block,
                                  size_t size)
{
    return reel_arena_owns(&temp->stack, block, size);
}

/// What an address is to a temp.
typedef enum reel_temp_state {
    REEL_TEMP_ELSEWHERE, // not the temp's
    REEL_TEMP_LIVE,      // in the used part: committed, in a block or padding
    REEL_TEMP_FREED,     // was used once, freed since
    REEL_TEMP_UNUSED,    // never used
    REEL_TEMP_BEYOND,    // less than a page beyond the end: an overrun
} reel_temp_state;

/// Say what an address is, for a fault handler (reel/pages.h ports trap on all
/// that is not committed).
///
///   offset   set to the distance from the range's start, except for ELSEWHERE;
///            may be NULL
///
/// Returns  the state. It changes nothing and needs no consistent temp: a handler
///          may ask while any other call is interrupted.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
reel_temp_state reel_temp_locate(const reel_temp *temp, const void *address,
                                 size_t *offset);

/// Name a state, for a handler's message.
///
/// Returns  "freed" and the like; never NULL.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
const char *reel_temp_state_name(reel_temp_state state);

/// Tell whether an address is in committed memory: a fault there has another cause
/// than this temp.
///
/// Returns  true if it is.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
bool reel_temp_is_committed(const reel_temp *temp, const void *address);

/// Check the temp's own bookkeeping.
///
/// Returns  true while all of it makes sense; false before init.
/// Cost     O(1).
/// Context  one owner, nobody else inside a call. ISR: no. SMP: no.
bool reel_temp_is_valid(const reel_temp *temp);

/// Offer the temp as a backing allocator. Freeing any but the last block is a
/// no-op that returns REEL_OK.
///
/// Returns  a value that is good for as long as the temp is.
/// Cost     O(1).
/// Context  the functions behind it: one owner. ISR: no. SMP: no.
reel_allocator reel_temp_allocator(reel_temp *temp);

#ifdef __cplusplus
}
#endif

#include "reel/detail/temp.h"

#endif
