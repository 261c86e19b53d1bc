// SPDX-License-Identifier: MIT
/// Lifetimes that clang checks at compile time. It reports a use after a rewind, an
/// allocation without a mark, and a path that does not rewind.
///
///     REEL_LIFETIME(frame);                    // at file level
///     static int *squares REEL_LIVES_IN(frame);
///
///     const reel_mark mark = REEL_MARK_IN(frame, &scratch);
///     squares = REEL_NEW_IN(frame, REEL_NEW_ARRAY(&scratch, int, 10));
///     squares[0] = 1;                          // right
///     REEL_REWIND_OF(frame, &scratch, mark);
///     squares[0] = 2;                          // clang: frame is not held
///
/// Compile with -Wthread-safety -Werror=thread-safety, by clang 18 or later. The macros
/// add no code and no data. To other compilers, and without the warning, they are the
/// plain calls.
///
/// A lifetime is a name: of the frames of a program, its requests or its modes. A
/// function that uses what lives in one has REEL_NEEDS behind its parameters. Clang
/// checks each function alone, by the declarations of the others.
///
/// Clang checks pointers that are global, static or members of structs. It does not
/// check local variables, nor copies of a pointer. Nor does it know which arena a
/// lifetime is of, so give each arena lifetimes of its own.

#ifndef REEL_PORT_LIFETIMES_H
#define REEL_PORT_LIFETIMES_H

#include "reel/reel.h"

#if defined(__clang__)
#define REEL_OF_LIFETIME_(attribute) __attribute__((attribute))
#else
#define REEL_OF_LIFETIME_(attribute)
#endif

#if defined(__GNUC__)
#define REEL_MAY_BE_UNUSED_ __attribute__((__unused__))
#else
#define REEL_MAY_BE_UNUSED_
#endif

typedef struct REEL_OF_LIFETIME_(capability("lifetime")) reel_lifetime {
    char never_defined;
} reel_lifetime;

/// Declare a lifetime. It is a name only: no object is behind it.
#define REEL_LIFETIME(name)                                                 \
    extern reel_lifetime name;                                              \
    REEL_LIFETIME_STEP_(name##_begins, acquire_capability(name))            \
    REEL_LIFETIME_STEP_(name##_ends, release_capability(name))              \
    REEL_LIFETIME_STEP_(name##_is_needed, requires_capability(name))        \
    REEL_MAY_BE_UNUSED_ static inline bool name##_begins_if(bool fact)      \
        REEL_OF_LIFETIME_(try_acquire_capability(true, name))               \
            REEL_OF_LIFETIME_(no_thread_safety_analysis);                   \
    static inline bool name##_begins_if(bool fact)                          \
    {                                                                       \
        return fact;                                                        \
    }                                                                       \
    REEL_MAY_BE_UNUSED_ static inline void name##_leaves(const char *guard) \
        REEL_OF_LIFETIME_(release_capability(name))                         \
            REEL_OF_LIFETIME_(no_thread_safety_analysis);                   \
    static inline void name##_leaves(const char *guard)                     \
    {                                                                       \
        (void)guard;                                                        \
    }                                                                       \
    extern reel_lifetime name

#define REEL_LIFETIME_STEP_(step, attribute)              \
    REEL_MAY_BE_UNUSED_ static inline void step(void)     \
        REEL_OF_LIFETIME_(attribute)                      \
            REEL_OF_LIFETIME_(no_thread_safety_analysis); \
    static inline void step(void)                         \
    {                                                     \
    }

// ---- what the program declares -----------------------------------------------

/// Behind the name of a pointer: what it points to lives in `name`.
#define REEL_LIVES_IN(name) REEL_OF_LIFETIME_(pt_guarded_by(name))

/// Behind the parameters of a function: it is called within `name`, not within it,
/// begins it, or ends it.
#define REEL_NEEDS(name)      REEL_OF_LIFETIME_(requires_capability(name))
#define REEL_NOT_WITHIN(name) REEL_OF_LIFETIME_(locks_excluded(name))
#define REEL_BEGINS(name)     REEL_OF_LIFETIME_(acquire_capability(name))
#define REEL_ENDS(name)       REEL_OF_LIFETIME_(release_capability(name))

// ---- calls -------------------------------------------------------------------

/// Any allocation, for what lives in `name`.
#define REEL_NEW_IN(name, allocation) (name##_is_needed(), (allocation))

/// Arenas: a mark begins the lifetime, a rewind to it ends it.
#define REEL_MARK_IN(name, arena) (name##_begins(), reel_arena_mark(arena))
#define REEL_REWIND_OF(name, arena, mark) \
    (name##_ends(), reel_arena_rewind((arena), (mark)))

/// Any call that begins or ends it: REEL_END_BY(frame, reel_temp_reset(&temp)).
#define REEL_BEGIN_BY(name, call) (name##_begins(), (call))
#define REEL_END_BY(name, call)   (name##_ends(), (call))

/// Regions: a bool that must be asked, since a region may not open.
///
///     if (REEL_OPEN_IN(request, &region, &pool)) { … }
#define REEL_OPEN_IN(name, region, pool) \
    name##_begins_if(reel_region_open((region), (pool)) == REEL_OK)
#define REEL_CLOSE_OF(name, region) (name##_ends(), reel_region_close(region))

/// REEL_SCOPE, in which the lifetime is. It ends on each path that leaves the scope.
#if defined(__GNUC__)
#define REEL_SCOPE_IN(name, arena)                                             \
    for (char name##_guard __attribute__((__cleanup__(name##_leaves),          \
                                          __unused__)) = (name##_begins(), 1); \
         name##_guard != 0; name##_guard = 0)                                  \
        REEL_SCOPE (arena)
#endif

#endif
