// SPDX-License-Identifier: MIT
/// What compilers spell differently, for the inline parts of the headers and for
/// static instances.

#ifndef REEL_DETAIL_COMPILER_H
#define REEL_DETAIL_COMPILER_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"

#ifdef __cplusplus
#define REEL_STATIC_ASSERT(fact, text) static_assert(fact, text)
#define REEL_ALIGNAS(bytes)            alignas(bytes)
#define REEL_ALIGNOF(type)             alignof(type)
#define REEL_ADDRESS(pointer)          reinterpret_cast<uintptr_t>(pointer)
#else
#define REEL_STATIC_ASSERT(fact, text) _Static_assert(fact, text)
#define REEL_ALIGNAS(bytes)            _Alignas(bytes)
#define REEL_ALIGNOF(type)             _Alignof(type)
#define REEL_ADDRESS(pointer)          ((uintptr_t)(pointer))
#endif

/// A header compiles the body of an inline function for inlining only. One file
/// of src/ emits the function for calls, by REEL_TO_EMIT ahead of its includes.
/// This does not depend on what `inline` means, which C99, -fgnu89-inline and
/// Linux define differently.
/// With REEL_CALLERS the body is always inlined: then the function of the library
/// that it calls returns to the caller. With events nothing is inline but in the
/// library.
#if (REEL_CALLERS || REEL_EVENTS) && defined(__GNUC__)
#define REEL_SEEN_THROUGH __attribute__((__always_inline__))
#else
#define REEL_SEEN_THROUGH
#endif
#if REEL_EVENTS && defined(__clang__)
#pragma clang diagnostic ignored "-Wstatic-in-inline" // it takes them for C99's
#endif
#if REEL_EVENTS && defined(__cplusplus)
#define REEL_HAS_INLINE   0
#define REEL_FOR_INLINING inline
#define REEL_TO_EMIT      inline __attribute__((__always_inline__, __used__))
#elif REEL_EVENTS && defined(__GNUC__)
#define REEL_HAS_INLINE   0
#define REEL_FOR_INLINING extern inline __attribute__((__gnu_inline__))
#define REEL_TO_EMIT      inline __attribute__((__gnu_inline__, __always_inline__))
#elif defined(__cplusplus)
#define REEL_HAS_INLINE   1
#define REEL_FOR_INLINING inline REEL_SEEN_THROUGH
#define REEL_TO_EMIT      inline __attribute__((__used__))
#elif defined(__GNUC__)
#define REEL_HAS_INLINE 1
#define REEL_FOR_INLINING \
    extern inline __attribute__((__gnu_inline__)) REEL_SEEN_THROUGH
#define REEL_TO_EMIT inline __attribute__((__gnu_inline__))
#else
#define REEL_HAS_INLINE 0
#define REEL_TO_EMIT
#endif

/// Inlining that -Os does not undo, and a hint that `fact` is seldom true.
#if defined(__GNUC__)
#define REEL_ALWAYS_INLINED __attribute__((__always_inline__))
#define REEL_UNLIKELY(fact) __builtin_expect((fact), 0)
#else
#define REEL_ALWAYS_INLINED
#define REEL_UNLIKELY(fact) (fact)
#endif

/// A short function of a header that reports events, which say where it was called.
#if REEL_EVENTS && defined(__GNUC__)
#define REEL_REPORTING static __attribute__((__noinline__, __unused__))
#else
#define REEL_REPORTING static inline REEL_SEEN_THROUGH
#endif

/// Does the compiler know the value after inlining? Some checks then fold. -Os
/// seldom inlines, so it does not ask.
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define REEL_IS_CONSTANT(value) __builtin_constant_p(value)
#else
#define REEL_IS_CONSTANT(value) false
#endif

/// Let the cache fetch memory that will be written soon.
#if defined(__GNUC__)
#define REEL_FETCH(address) __builtin_prefetch((const void *)(address), 1)
#else
#define REEL_FETCH(address) (void)(address)
#endif

/// Can an address of reel's plus `bytes` overflow? Not if they are known and few.
#define REEL_MAY_CARRY(bytes) \
    (!REEL_IS_CONSTANT(bytes) || (bytes) > REEL_TOP_BYTES / 2)

/// The section of a static instance's memory. linker/reel.ld collects it, and
/// startup code neither loads nor clears it. With clang and g++ the name begins with
/// .bss: they give sections of other names contents, g++ in inline functions. The line
/// is in the name, since a function and an inline function cannot share a section.
#if (defined(__clang__) || defined(__cplusplus)) && defined(__ELF__)
#define REEL_NOINIT(name) \
    __attribute__((       \
        __section__(".bss.noinit.reel." #name "." REEL_TEXT(__LINE__))))
#elif defined(__GNUC__) && defined(__ELF__)
#define REEL_NOINIT(name) __attribute__((__section__(".noinit.reel." #name)))
#else
#define REEL_NOINIT(name)
#endif

/// The macros REEL_<KIND>_DEFINE_AT(linkage, section, align, name, …) define an
/// instance for several files, or with memory in a section of your own. Its control
/// block lies in .data.
///
///   linkage  `static` or REEL_EXTERNAL; other files then declare
///            `extern reel_arena name;`
///   section  a string. The linker script of the application places it, (NOLOAD);
///            reel.ld does not. A name in ".noinit" or ".bss" takes no flash
///   align    of its memory, in bytes
#define REEL_EXTERNAL
#define REEL_IN_SECTION(section) __attribute__((__section__(section)))

/// The value of a word that other contexts may write: one access, never torn.
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE
#define REEL_WORD_VALUE(word) __atomic_load_n(&(word).value, __ATOMIC_RELAXED)
#define REEL_WORD_SET(word, to) \
    __atomic_store_n(&(word).value, (to), __ATOMIC_RELAXED)
#else
#define REEL_WORD_VALUE(word) (*(const volatile uintptr_t *)&(word).value)
#define REEL_WORD_SET(word, to) \
    (void)(*(volatile uintptr_t *)&(word).value = (to))
#endif

#endif
