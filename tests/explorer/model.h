// An atomics backend for the explorer: each operation on a shared word is a
// function call, at which any other context may be let run first, and which
// remembers every store, since under weak memory a load may miss the latest.

#ifndef REEL_EXPLORER_MODEL_H
#define REEL_EXPLORER_MODEL_H

typedef enum model_order {
    MODEL_RELAXED,
    MODEL_ACQUIRE,
    MODEL_RELEASE,
} model_order;

uintptr_t model_load(const reel_word *word, model_order order);
void model_store(reel_word *word, uintptr_t value, model_order order);
bool model_swap_if(reel_word *word, uintptr_t *seen, uintptr_t next,
                   model_order order);

ALWAYS_INLINE uintptr_t load_relaxed(const reel_word *word)
{
    return model_load(word, MODEL_RELAXED);
}

ALWAYS_INLINE uintptr_t load_acquire(const reel_word *word)
{
    return model_load(word, MODEL_ACQUIRE);
}

ALWAYS_INLINE void store_relaxed(reel_word *word, uintptr_t value)
{
    model_store(word, value, MODEL_RELAXED);
}

ALWAYS_INLINE void store_release(reel_word *word, uintptr_t value)
{
    model_store(word, value, MODEL_RELEASE);
}

ALWAYS_INLINE bool swap_if_relaxed(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return model_swap_if(word, seen, next, MODEL_RELAXED);
}

ALWAYS_INLINE bool swap_if_acquire(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return model_swap_if(word, seen, next, MODEL_ACQUIRE);
}

ALWAYS_INLINE bool swap_if_release(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return model_swap_if(word, seen, next, MODEL_RELEASE);
}

#endif
