// SPDX-License-Identifier: MIT
/// The link fails if library and program differ in an option that both must share. It
/// also fails if the linker script has no place for static instances. These checks
/// take no byte.

#ifndef REEL_DETAIL_OPTIONS_H
#define REEL_DETAIL_OPTIONS_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"

// The options as a part of names. REEL_CHECKS is none of them: library and program
// may differ in it.
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE
#define REEL_NAME_ATOMICS atomics_native
#elif REEL_ATOMICS == REEL_ATOMICS_MASKED
#define REEL_NAME_ATOMICS atomics_masked
#elif REEL_ATOMICS == REEL_ATOMICS_LLSC
#define REEL_NAME_ATOMICS atomics_llsc
#elif REEL_ATOMICS == REEL_ATOMICS_NONE
#define REEL_NAME_ATOMICS atomics_none
#else
#define REEL_NAME_ATOMICS atomics_custom
#endif
#if REEL_CORES > 1
#define REEL_NAME_CORES cores_2
#else
#define REEL_NAME_CORES cores_1
#endif
#if REEL_LINKS_ARE_WORDS
#define REEL_NAME_LINKS links_word
#else
#define REEL_NAME_LINKS links_16
#endif
#if !REEL_ALIGN_DEFAULT_IS_CHOSEN
#define REEL_NAME_ALIGN align_default
#elif REEL_ALIGN_DEFAULT == 1
#define REEL_NAME_ALIGN align_1
#elif REEL_ALIGN_DEFAULT == 2
#define REEL_NAME_ALIGN align_2
#elif REEL_ALIGN_DEFAULT == 4
#define REEL_NAME_ALIGN align_4
#elif REEL_ALIGN_DEFAULT == 8
#define REEL_NAME_ALIGN align_8
#elif REEL_ALIGN_DEFAULT == 16
#define REEL_NAME_ALIGN align_16
#elif REEL_ALIGN_DEFAULT == 32
#define REEL_NAME_ALIGN align_32
#elif REEL_ALIGN_DEFAULT == 64
#define REEL_NAME_ALIGN align_64
#else
#define REEL_NAME_ALIGN align_more
#endif
#if REEL_POISON
#define REEL_NAME_POISON poison_1
#else
#define REEL_NAME_POISON poison_0
#endif
#if REEL_RED_ZONES == 8
#define REEL_NAME_WATCH watch_zones_8
#elif REEL_RED_ZONES == 16
#define REEL_NAME_WATCH watch_zones_16
#elif REEL_RED_ZONES == 32
#define REEL_NAME_WATCH watch_zones_32
#elif REEL_RED_ZONES
#define REEL_NAME_WATCH watch_zones_other
#elif REEL_WATCH
#define REEL_NAME_WATCH watch_1
#else
#define REEL_NAME_WATCH watch_0
#endif

#if REEL_EVENTS
#define REEL_NAME_EVENTS events_1
#else
#define REEL_NAME_EVENTS events_0
#endif

#define REEL_NAMED_(a, b, c, d, e, f, g, h) \
    a##_built_with_##b##_##c##_##d##_##e##_##f##_##g##_##h
#define REEL_NAMED(a, b, c, d, e, f, g, h) REEL_NAMED_(a, b, c, d, e, f, g, h)
#define REEL_BUILT_WITH(name)                                             \
    REEL_NAMED(name, REEL_NAME_ATOMICS, REEL_NAME_CORES, REEL_NAME_LINKS, \
               REEL_NAME_ALIGN, REEL_NAME_POISON, REEL_NAME_WATCH,        \
               REEL_NAME_EVENTS)
#define REEL_TEXT_(name) #name
#define REEL_TEXT(name)  REEL_TEXT_(name)

/// Of a function that starts an object: its name for the linker has the options in
/// it. For other languages the library has it under its plain name, too.
#if defined(__GNUC__)
#define REEL_OF_THESE_OPTIONS(function) \
    __asm__(REEL_TEXT(REEL_BUILT_WITH(function)))
#else
#define REEL_OF_THESE_OPTIONS(function)
#endif

/// On bare metal a linker script decides where things lie.
#if defined(__GNUC__) && defined(__ELF__) && !defined(__unix__) \
    && !defined(__linux__)
#define REEL_ON_BARE_METAL 1
#else
#define REEL_ON_BARE_METAL 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) && defined(__ELF__)
/// A symbol of the library's, whose value is 0. A static instance names it.
extern const char REEL_BUILT_WITH(reel_library)[];
#endif

#if REEL_ON_BARE_METAL && !REEL_NO_LINKER_SCRIPT
/// A symbol of linker/reel.ld, whose value is 0. A static instance names it. If it
/// is undefined, INCLUDE reel.ld in SECTIONS of the linker script. Or let the script
/// place *(.noinit.reel*) and *(.bss.noinit.reel*), and set REEL_NO_LINKER_SCRIPT=1.
extern const char reel_ld_is_not_included_in_the_linker_script[];
#define REEL_ZERO_BY_SCRIPT \
    ((uintptr_t)reel_ld_is_not_included_in_the_linker_script)
#else
#define REEL_ZERO_BY_SCRIPT 0
#endif

/// A 0 in a static instance, by which the instance names the options. On a host a
/// pointer beside the instance names them: there the loader may move the program, and
/// the symbol is not 0.
#if REEL_ON_BARE_METAL
#define REEL_ZERO_BY_OPTIONS ((uintptr_t)REEL_BUILT_WITH(reel_library))
#define REEL_NAME_OPTIONS(name)
#elif defined(__GNUC__) && defined(__ELF__)
#define REEL_ZERO_BY_OPTIONS 0
#define REEL_NAME_OPTIONS(name)                                         \
    static const char *const name##_options __attribute__((__used__)) = \
        REEL_BUILT_WITH(reel_library);
#else
#define REEL_ZERO_BY_OPTIONS 0
#define REEL_NAME_OPTIONS(name)
#endif

/// An entry of the list of static instances, for port/list/list.h. The linker makes
/// one table of all entries. The alignment keeps it without gaps.
#if REEL_LIST
typedef enum reel_listed_kind {
    REEL_LISTED_ARENA,
    REEL_LISTED_TEMP,
    REEL_LISTED_BLOCKS,
    REEL_LISTED_HEAP,
    REEL_LISTED_POOL,
    REEL_LISTED_REWINDABLE,
    REEL_LISTED_REGISTRY
} reel_listed_kind;

typedef struct reel_listed {
    const char *name;
    const void *object;
    int kind; // a reel_listed_kind
} reel_listed;

#define REEL_ON_LIST(name, kind)                                       \
    ;                                                                  \
    static const reel_listed name##_listed                             \
        __attribute__((__section__("reel_list"), __used__,             \
                       __aligned__(sizeof(void *)))) = { #name, &name, \
                                                         REEL_LISTED_##kind }
#else
#define REEL_ON_LIST(name, kind)
#endif

#ifdef __cplusplus
}
#endif

#endif
