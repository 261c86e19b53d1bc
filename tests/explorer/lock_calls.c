// SPDX-License-Identifier: MIT
#include "lock_calls.h"

#include "model_calls.h"
#include "reel/port.h"

// Interrupts come on the core of context 0, which masks them. Without any, each context
// is a core.
static inline uintptr_t reel_port_lock(void)
{
    uintptr_t *const lock = &explorer_memory[LOCK_AT];
    const bool masks = explorer_scene()->interrupts != 0;
    const uintptr_t saved = masks ? reel_port_mask() : 0;
    uintptr_t seen = 0;
    while (!model_swap_if(lock, &seen, 1, false, __ATOMIC_ACQUIRE,
                          __ATOMIC_RELAXED)) {
        reel_port_yield();
        seen = 0;
    }
    return saved;
}

static inline void reel_port_unlock(uintptr_t saved)
{
    model_store(&explorer_memory[LOCK_AT], 0, __ATOMIC_RELEASE);
    if (explorer_scene()->interrupts != 0) {
        reel_port_unmask(saved);
    }
}

// The barrier behind the lock makes each write under it a release, and the one behind a
// load makes that an acquire. The explorer knows no barriers, so the accesses say so.
#define REEL_PORT_LOCK_BARRIER()
#define REEL_PORT_LOCK_READ(word) model_load(&(word)->value, __ATOMIC_ACQUIRE)
#define REEL_PORT_LOCK_WRITE(word, to) \
    model_store(&(word)->value, (to), __ATOMIC_RELEASE)

#include "locked_atomics.h"

uintptr_t locked_load(const reel_word *word)
{
    return load_acquire(word);
}

void locked_store(reel_word *word, uintptr_t value)
{
    store_release(word, value);
}

bool locked_swap_if(reel_word *word, uintptr_t *seen, uintptr_t next)
{
    return swap_if_release(word, seen, next);
}
