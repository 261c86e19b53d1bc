// SPDX-License-Identifier: MIT
// The atomics of REEL_ATOMICS_CUSTOM over a lock, for cores that share no
// compare-and-swap. A header of the platform defines two functions and includes this:
//
//   static inline uintptr_t reel_port_lock(void);
//       Mask every interrupt that may call reel, on this core, then take the lock
//       that all cores share. Acquire: what the last holder wrote is seen. Returns
//       what unlock needs.
//   static inline void reel_port_unlock(uintptr_t saved);
//       Release the lock, after everything written before, then unmask.
//
//   REEL_PORT_LOCK_BARRIER()
//       Accesses after it are after those before it.
//
//   REEL_PORT_LOCK_READ(word), REEL_PORT_LOCK_WRITE(word, to)
//       One access each. Define both only where volatile is not enough.
//
// An exchange reads and writes under the lock. So does a store: without the lock it
// could fall between the two, and be lost. A load takes no lock and never waits: a
// word is read whole. Where it is not, define REEL_PORT_LOCK_LOADS as 1.
//
// The lock is held for at most 8 instructions with gcc at -Os and -O2, in which the
// other cores spin. Nothing under it calls, loops or accesses anything but the word.

#ifndef REEL_PORT_LOCKED_ATOMICS_H
#define REEL_PORT_LOCKED_ATOMICS_H

#include "reel/base.h"

#ifndef REEL_PORT_LOCK_LOADS
#define REEL_PORT_LOCK_LOADS 0
#endif

#ifndef REEL_PORT_LOCK_READ
#define REEL_PORT_LOCK_READ(word) (*(const volatile uintptr_t *)&(word)->value)
#define REEL_PORT_LOCK_WRITE(word, to) \
    (*(volatile uintptr_t *)&(word)->value = (to))
#endif

static inline uintptr_t load_relaxed(const reel_word *word)
{
    const uintptr_t saved = REEL_PORT_LOCK_LOADS ? reel_port_lock() : 0;
    const uintptr_t value = REEL_PORT_LOCK_READ(word);
    if (REEL_PORT_LOCK_LOADS) {
        reel_port_unlock(saved);
    }
    return value;
}

static inline uintptr_t load_acquire(const reel_word *word)
{
    const uintptr_t value = load_relaxed(word);
    REEL_PORT_LOCK_BARRIER();
    return value;
}

static inline void store_release(reel_word *word, uintptr_t value)
{
    const uintptr_t saved = reel_port_lock();
    REEL_PORT_LOCK_WRITE(word, value);
    reel_port_unlock(saved);
}

static inline void store_relaxed(reel_word *word, uintptr_t value)
{
    store_release(word, value);
}

static inline bool swap_if_acquire(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    const uintptr_t expected = *seen;
    const uintptr_t saved = reel_port_lock();
    const uintptr_t found = REEL_PORT_LOCK_READ(word);
    if (found == expected) {
        REEL_PORT_LOCK_WRITE(word, next);
    }
    reel_port_unlock(saved);
    *seen = found;
    return found == expected;
}

static inline bool swap_if_release(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return swap_if_acquire(word, seen, next);
}

static inline bool swap_if_relaxed(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return swap_if_acquire(word, seen, next);
}

#endif
