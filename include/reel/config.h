/// Compile-time options.
///
/// Set them with -D, or together in a file named by -DREEL_CONFIG_FILE='"…"'.
/// Every option has a value and is tested by value, never by being defined. No
/// option changes the layout of a struct or the set of declarations. Static
/// instances (REEL_ARENA_DEFINE) take the options of the file that defines them,
/// so build a program and its library with the same ones.

#ifndef REEL_CONFIG_H
#define REEL_CONFIG_H

#ifdef REEL_CONFIG_FILE
#include REEL_CONFIG_FILE
#endif

/// 0: no contract checks   1: O(1) contract checks   2: plus full invariants
/// after each step. What a function reports by its status is never removed.
#ifndef REEL_CHECKS
#define REEL_CHECKS 1
#endif

/// 0: reel never writes to memory it manages   1: it fills fresh blocks with
/// 0xA5 and dead ones with 0xDD, which makes freeing linear in bytes.
#ifndef REEL_POISON
#define REEL_POISON 0
#endif

/// Alignment, in bytes, that a request for alignment 0 gets: a power of two.
#ifndef REEL_ALIGN_DEFAULT
#ifdef __cplusplus
#define REEL_ALIGN_DEFAULT alignof(max_align_t)
#else
#define REEL_ALIGN_DEFAULT _Alignof(max_align_t)
#endif
#endif

/// Cores that may be inside reel on the same object at the same time.
#ifndef REEL_CORES
#define REEL_CORES 1
#endif

/// How a shared word is exchanged; see src/atomic.h.
#define REEL_ATOMICS_NATIVE 1 // the compiler's __atomic builtins
#define REEL_ATOMICS_MASKED 2 // one core: mask interrupts for the exchange
#define REEL_ATOMICS_LLSC   3 // one core, Armv7-M or Armv8-M mainline: exclusives
#define REEL_ATOMICS_NONE   4 // one context: no interrupt, no second thread
#define REEL_ATOMICS_CUSTOM 5 // the header named by REEL_ATOMICS_HEADER
#if !defined(REEL_ATOMICS) && REEL_CORES == 1 && defined(__ARM_ARCH_PROFILE)
#if __ARM_ARCH_PROFILE == 'M' && defined(__ARM_FEATURE_LDREX) \
    && __ARM_ARCH_ISA_THUMB >= 2
#define REEL_ATOMICS REEL_ATOMICS_LLSC
#endif
#endif
#ifndef REEL_ATOMICS
#if defined(__GCC_ATOMIC_POINTER_LOCK_FREE)
#if __GCC_ATOMIC_POINTER_LOCK_FREE == 2
#define REEL_ATOMICS REEL_ATOMICS_NATIVE
#endif
#endif
#endif
#ifndef REEL_ATOMICS
#define REEL_ATOMICS REEL_ATOMICS_MASKED
#endif

/// 0: where one core needs no more, links of block pools take 16 bits and serve
/// 32,766 blocks   1: they take a word.
#ifndef REEL_WIDE_LINKS
#define REEL_WIDE_LINKS 0
#endif

/// Derived: how lists are kept from ABA, and how wide their links are.
#define REEL_LISTS_ARE_VERSIONED \
    (REEL_ATOMICS == REEL_ATOMICS_NATIVE || REEL_ATOMICS == REEL_ATOMICS_CUSTOM)
#define REEL_LINKS_ARE_WORDS (REEL_WIDE_LINKS || REEL_LISTS_ARE_VERSIONED)

/// Two more options have no value but a header, each a port's:
/// REEL_PORT_MASK_HEADER  inline interrupt mask         (see reel/port.h)
/// REEL_PORT_WATCH_HEADER tells a memory checker what is alive (reel/port.h)
/// A build without the compiler's headers names one of its own that has what
/// <stdbool.h>, <stddef.h> and <stdint.h> have (max_align_t only if
/// REEL_ALIGN_DEFAULT is not set): REEL_TYPES_HEADER.
#ifdef REEL_PORT_WATCH_HEADER
#define REEL_WATCH 1
#else
#define REEL_WATCH 0
#endif

/// Derived: nothing must bypass the library, so inline paths stand aside.
#define REEL_OUT_OF_LINE (REEL_CHECKS >= 2 || REEL_POISON || REEL_WATCH)

#if REEL_CHECKS < 0 || REEL_CHECKS > 2
#error "REEL_CHECKS must be 0, 1 or 2"
#endif
#if REEL_POISON != 0 && REEL_POISON != 1
#error "REEL_POISON must be 0 or 1"
#endif
#if REEL_WIDE_LINKS != 0 && REEL_WIDE_LINKS != 1
#error "REEL_WIDE_LINKS must be 0 or 1"
#endif
#if REEL_CORES < 1
#error "REEL_CORES must be 1 or more"
#endif
#if REEL_ATOMICS == REEL_ATOMICS_CUSTOM
#ifndef REEL_ATOMICS_HEADER
#error "REEL_ATOMICS_CUSTOM needs REEL_ATOMICS_HEADER"
#endif
#elif REEL_ATOMICS != REEL_ATOMICS_NONE && REEL_ATOMICS != REEL_ATOMICS_NATIVE \
    && REEL_ATOMICS != REEL_ATOMICS_MASKED                                     \
    && REEL_ATOMICS != REEL_ATOMICS_LLSC
#error "REEL_ATOMICS must be one of the REEL_ATOMICS_… values above"
#endif
#if REEL_CORES > 1 && REEL_ATOMICS != REEL_ATOMICS_NATIVE \
    && REEL_ATOMICS != REEL_ATOMICS_CUSTOM
#error "REEL_CORES above 1 needs REEL_ATOMICS_NATIVE"
#endif

#endif
