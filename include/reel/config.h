// SPDX-License-Identifier: MIT
/// Compile-time options.
///
/// Set them with -D, or in a file that -DREEL_CONFIG_FILE='"…"' names. Each
/// option has a value. No option changes the layout of a struct or the set of
/// declarations. Build a program and its library with the same options. A static
/// instance (REEL_ARENA_DEFINE) has those of the file that defines it.

#ifndef REEL_CONFIG_H
#define REEL_CONFIG_H

#ifdef REEL_CONFIG_FILE
#include REEL_CONFIG_FILE
#endif

/// 0: no contract checks   1: O(1) contract checks   2: also full invariants
/// after each step, and a log of dropped marks in RAM (reel/arena.h). A function
/// with a status reports its failures at each level.
#ifndef REEL_CHECKS
#define REEL_CHECKS 1
#endif

/// 0: reel does not write to blocks   1: it fills new blocks with 0xA5 and freed
/// ones with 0xDD. Freeing then costs O(bytes).
#ifndef REEL_POISON
#define REEL_POISON 0
#endif

/// The alignment of a request for alignment 0: bytes, a power of two.
#ifdef REEL_ALIGN_DEFAULT
#define REEL_ALIGN_DEFAULT_IS_CHOSEN 1
#else
#define REEL_ALIGN_DEFAULT_IS_CHOSEN 0
#ifdef __cplusplus
#define REEL_ALIGN_DEFAULT alignof(max_align_t)
#else
#define REEL_ALIGN_DEFAULT _Alignof(max_align_t)
#endif
#endif

/// Cores that may call reel on the same object at the same time.
#ifndef REEL_CORES
#define REEL_CORES 1
#endif

/// How a shared word is exchanged. REEL_ATOMICS_HEADER is described in reel/port.h.
#define REEL_ATOMICS_NATIVE 1 // the compiler's __atomic builtins
#define REEL_ATOMICS_MASKED 2 // one core: mask interrupts for the exchange
#define REEL_ATOMICS_LLSC   3 // one core, Armv7-M, Armv8-M mainline: LDREX, STREX
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

/// 0: on one core a link has 16 bits, so a block pool has at most 32,766 blocks
/// 1: a link is a word.
#ifndef REEL_WIDE_LINKS
#define REEL_WIDE_LINKS 0
#endif

/// 0: on bare metal an image with static instances links only with
/// linker/reel.ld   1: the linker script places *(.noinit.reel*) and
/// *(.bss.noinit.reel*) in RAM itself, NOLOAD, and nothing else lies there.
#ifndef REEL_NO_LINKER_SCRIPT
#define REEL_NO_LINKER_SCRIPT 0
#endif

/// 1: the library has weak defaults of reel_panic, reel_port_in_interrupt,
/// reel_port_yield and reel_port_thread. The linker does not search archives for
/// these hooks   0: it has none. The linker searches archives, and reports a hook
/// that is missing.
#ifndef REEL_WEAK_HOOKS
#define REEL_WEAK_HOOKS 1
#endif

/// Derived: what prevents ABA in lists, and how wide their links are.
#define REEL_LISTS_ARE_VERSIONED \
    (REEL_ATOMICS == REEL_ATOMICS_NATIVE || REEL_ATOMICS == REEL_ATOMICS_CUSTOM)
#define REEL_LINKS_ARE_WORDS (REEL_WIDE_LINKS || REEL_LISTS_ARE_VERSIONED)

/// Four more options name a header:
///
///   REEL_PORT_MASK_HEADER   a port's inline interrupt mask: see reel/port.h
///   REEL_PORT_WATCH_HEADER  a port's calls of a memory checker: see reel/port.h
///   REEL_PORT_EVENTS_HEADER where events are reported: see reel/events.h
///   REEL_TYPES_HEADER       for builds without <stdbool.h>, <stddef.h> and
///                           <stdint.h>, as kernels are. It defines bool, true,
///                           false, NULL, size_t, ptrdiff_t, intptr_t and
///                           uintptr_t, the types int8_t to int64_t and uint8_t
///                           to uint64_t, and as preprocessor numbers SIZE_MAX,
///                           INTPTR_MAX, UINTPTR_MAX and UINT8_MAX to
///                           UINT64_MAX; and max_align_t, if REEL_ALIGN_DEFAULT
///                           is not set. It may define any macro, as Linux
///                           defines inline and current.
#ifdef REEL_PORT_WATCH_HEADER
#define REEL_WATCH 1
#else
#define REEL_WATCH 0
#endif

#ifdef REEL_PORT_EVENTS_HEADER
#define REEL_EVENTS 1
#else
#define REEL_EVENTS 0
#endif

/// 0: no zones   a multiple of 16 up to 4096: bytes of a zone behind each block, for
/// builds with a memory checker. The checker then also detects an overrun into the
/// next live block.
///
/// A request for n bytes takes n + REEL_RED_ZONES. Used, peak, available and the
/// least buffer count both. Sizes that a caller passes or gets are those of blocks.
/// A reserve counts the zone of one block. A block that fits a page of a region only
/// without its zone is a large object.
/// In a block pool a block takes REEL_BLOCKS_STRIDE bytes, and in a pool a page
/// takes twice its size. Their statistics are without zones, and their static
/// instances and REEL_BLOCKS_SIZE grow. Other static instances hold less.
#ifndef REEL_RED_ZONES
#define REEL_RED_ZONES 0
#endif

/// 1: a refusal and a broken contract say where the call came from
/// (reel/report.h). Code grows, data does not   0: they do not.
#ifndef REEL_CALLERS
#define REEL_CALLERS (REEL_CHECKS >= 2 || REEL_WATCH)
#endif

/// Derived: inline halves are not taken, so the library sees every call.
#define REEL_OUT_OF_LINE                                           \
    (REEL_CHECKS >= 2 || REEL_POISON || REEL_WATCH || REEL_CALLERS \
     || REEL_EVENTS)

/// 1: static instances are on a list that reel_report() prints
/// (port/list/list.h). An entry takes three words and a name   0: they are not.
#ifndef REEL_LIST
#define REEL_LIST 0
#endif

#if REEL_LIST != 0 && REEL_LIST != 1
#error "REEL_LIST must be 0 or 1"
#endif
#if REEL_CHECKS < 0 || REEL_CHECKS > 2
#error "REEL_CHECKS must be 0, 1 or 2"
#endif
#if REEL_POISON != 0 && REEL_POISON != 1
#error "REEL_POISON must be 0 or 1"
#endif
#if REEL_RED_ZONES < 0 || REEL_RED_ZONES > 4096 || REEL_RED_ZONES % 16 != 0
#error "REEL_RED_ZONES must be 0, or a multiple of 16 up to 4096"
#endif
#if REEL_RED_ZONES != 0 && !REEL_WATCH
#error "REEL_RED_ZONES needs a memory checker: define REEL_PORT_WATCH_HEADER"
#endif
#if REEL_CALLERS != 0 && REEL_CALLERS != 1
#error "REEL_CALLERS must be 0 or 1"
#endif
#if REEL_WIDE_LINKS != 0 && REEL_WIDE_LINKS != 1
#error "REEL_WIDE_LINKS must be 0 or 1"
#endif
#if REEL_NO_LINKER_SCRIPT != 0 && REEL_NO_LINKER_SCRIPT != 1
#error "REEL_NO_LINKER_SCRIPT must be 0 or 1"
#endif
#if REEL_WEAK_HOOKS != 0 && REEL_WEAK_HOOKS != 1
#error "REEL_WEAK_HOOKS must be 0 or 1"
#endif
#if REEL_CORES < 1
#error "REEL_CORES must be 1 or more"
#endif
#if REEL_ATOMICS == REEL_ATOMICS_CUSTOM
#ifndef REEL_ATOMICS_HEADER
#error "REEL_ATOMICS_CUSTOM needs a header: define REEL_ATOMICS_HEADER"
#endif
#elif REEL_ATOMICS != REEL_ATOMICS_NONE && REEL_ATOMICS != REEL_ATOMICS_NATIVE \
    && REEL_ATOMICS != REEL_ATOMICS_MASKED                                     \
    && REEL_ATOMICS != REEL_ATOMICS_LLSC
#error "REEL_ATOMICS is unknown: take one of the REEL_ATOMICS_… values above"
#endif
#if defined(__GCC_ATOMIC_POINTER_LOCK_FREE)
#if REEL_CORES > 1 && REEL_ATOMICS != REEL_ATOMICS_CUSTOM \
    && __GCC_ATOMIC_POINTER_LOCK_FREE != 2
#error \
    "two cores without compare-and-swap need a lock: see port/rp2040/atomics.h"
#endif
#endif
#if REEL_CORES > 1 && REEL_ATOMICS != REEL_ATOMICS_NATIVE \
    && REEL_ATOMICS != REEL_ATOMICS_CUSTOM
#error \
    "REEL_CORES above 1 needs REEL_ATOMICS_NATIVE, or REEL_ATOMICS_CUSTOM with a lock"
#endif

#endif
