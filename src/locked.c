// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_LOCK
#include "reel/locked.h"

#include "bits.h"
#include "gate.h"

static bool has_ended(const reel_lock *lock)
{
    return lock->backing.ops == NULL;
}

// For a call that returns a pointer.
static bool enter(reel_lock *lock WITH_CALLER)
{
    // A call after the end breaks the contract, so it panics. A handler, which
    // the gate refuses, does not.
    if (has_ended(lock)) {
        (void)HOLDS(false, REEL_STALE, KIND, lock, caller);
        return false;
    }
    return reel_gate_enter(&lock->gate PASS_CALLER);
}

static void *allocate(void *self, size_t size, size_t align)
{
    reel_lock *const lock = self;
    if (!enter(lock PASS_HERE)) {
        return NULL;
    }
    void *const block = reel_allocate(lock->backing, size, align);
    gate_leave(&lock->gate);
    return block;
}

// In a handler, where the backing is not asked.
static bool may_stay(const void *block, size_t old_size, size_t new_size,
                     size_t align WITH_CALLER)
{
    // The interface promises that such a block stays, also where the lock
    // cannot ask.
    return block != NULL
           && HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, NULL,
                    caller)
           && at_least_1(new_size) <= at_least_1(old_size)
           && ((uintptr_t)block & mask_of(align)) == 0;
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    reel_lock *const lock = self;
    if (!enter(lock PASS_HERE)) {
        return !has_ended(lock)
                       && may_stay(block, old_size, new_size, align PASS_HERE)
                   ? block
                   : NULL;
    }
    void *const changed =
        reel_reallocate(lock->backing, block, old_size, new_size, align);
    gate_leave(&lock->gate);
    return changed;
}

static reel_status give_back(void *self, void *block, size_t size)
{
    reel_lock *const lock = self;
    if (has_ended(lock)) {
        return REEL_STALE;
    }
    if (!reel_gate_enter(&lock->gate PASS_HERE)) {
        return REEL_BUSY;
    }
    const reel_status status = reel_free(lock->backing, block, size);
    gate_leave(&lock->gate);
    return status;
}

static reel_frees frees(const void *self)
{
    // The lock is not const. The question changes nothing but its gate.
    reel_lock *const lock = (reel_lock *)(uintptr_t)self;
    // The lowest answer if it cannot ask: a caller that trusts a better one
    // loses memory.
    if (has_ended(lock) || !reel_gate_enter(&lock->gate PASS_HERE)) {
        return REEL_FREES_NEVER;
    }
    const reel_frees worth = reel_allocator_frees(lock->backing);
    gate_leave(&lock->gate);
    return worth;
}

static bool reclaim(void *self, void *block, size_t size)
{
    reel_lock *const lock = self;
    if (has_ended(lock) || !reel_gate_enter(&lock->gate PASS_HERE)) {
        return false;
    }
    const bool is_done = reel_reclaim(lock->backing, block, size);
    gate_leave(&lock->gate);
    return is_done;
}

static void end(void *self)
{
    reel_lock *const lock = self;
    nobody_is_inside(&lock->gate);
    // From now on each call is refused, and the backing may go.
    lock->backing.ops = NULL;
}

reel_allocator reel_locked(reel_lock *lock, reel_allocator backing)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
        .frees = frees,
        .end = end,
        .reclaim = reclaim,
    };
    const reel_allocator allocator = { &ops, lock };
    lock->backing.ops = backing.ops;
    lock->backing.self = backing.self;
    // The gate comes last: a thread that enters sees the backing.
    store_release(&lock->gate, GATE_OPEN);
    return allocator;
}
