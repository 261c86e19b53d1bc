/// Words shared by every module: types, status codes, statistics, panic.
///
/// The comment above each public function uses fixed words:
///
///   Returns  the result and how long it lives; the failure, and that it
///            changed nothing.
///   Panics   contract facts that are checked (REEL_CHECKS >= 1). If the
///            application's reel_panic() returns, the call fails as said.
///   Cost     O(…), loops, hooks.
///   Context  "one owner": the caller serialises calls on one object; the
///            owner may be an interrupt handler. "any number": calls on one
///            object may overlap. ISR: may it interrupt any other call of this
///            kind on the same object? SMP: may it run on two cores at once?
///            Blocks: whether it waits or masks interrupts.
///
/// Sizes are bytes. A request for 0 bytes is a request for 1. An alignment is
/// a power of two, or 0 for REEL_ALIGN_DEFAULT; the address is what is aligned.

#ifndef REEL_BASE_H
#define REEL_BASE_H

#include "reel/config.h"

#ifdef REEL_TYPES_HEADER
#include REEL_TYPES_HEADER
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Result of a set-up or lifetime call. The numbers are those of the usual
/// errno values, negated.
typedef enum reel_status {
    REEL_OK = 0,
    REEL_PORT_FAILED = -5,   // a port hook refused                  EIO
    REEL_CLOSED = -9,        // the object is closed                 EBADF
    REEL_NO_MEMORY = -12,    // the backing memory is exhausted      ENOMEM
    REEL_FOREIGN = -14,      // the pointer or mark is not of here   EFAULT
    REEL_BUSY = -16,         // not now: in an interrupt, or in use  EBUSY
    REEL_INVALID = -22,      // an argument the contract forbids     EINVAL
    REEL_FULL = -28,         // the caller's table is full           ENOSPC
    REEL_UNSUPPORTED = -95,  // this machine or object cannot        EOPNOTSUPP
    REEL_DOUBLE_FREE = -114, // the block is free already            EALREADY
    REEL_STALE = -116,       // the mark or handle was dropped       ESTALE
} reel_status;

/// Name a status, for logs.
///
/// Returns  its constant's name ("REEL_STALE"), or "unknown"; never NULL.
/// Cost     O(1) in memory; one switch.
/// Context  any number of owners. ISR: yes. SMP: yes. Blocks: never.
const char *reel_status_name(reel_status status);

/// What every module keeps count of, read by reel_<module>_stats().
typedef struct reel_stats {
    size_t used;            // bytes in use, padding included
    size_t peak;            // most bytes ever in use
    size_t failures;        // requests refused for want of room; saturates
    size_t largest_refused; // bytes asked for by the largest of them
} reel_stats;

/// A machine word shared between contexts; only reel touches `value`.
typedef struct reel_word {
    uintptr_t value;
} reel_word;

/// The value, whole, of a word that others may be writing: for inline parts.
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE
#define REEL_WORD_VALUE(word) __atomic_load_n(&(word).value, __ATOMIC_RELAXED)
#else
#define REEL_WORD_VALUE(word) (*(const volatile uintptr_t *)&(word).value)
#endif

/// Report a broken contract. The application's: log, then halt or reset. The
/// weak default traps. If it returns, the call that broke the contract fails
/// and its object is unchanged.
///
/// Returns  to the call that then fails, or not at all.
/// Cost     the application's.
/// Context  that of the call that broke its contract, an interrupt included.
void reel_panic(reel_status why, const char *file, int line);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
#define REEL_STATIC_ASSERT(fact, text) static_assert(fact, text)
#define REEL_ALIGNAS(bytes)            alignas(bytes)
#define REEL_ALIGNOF(type)             alignof(type)
#else
#define REEL_STATIC_ASSERT(fact, text) _Static_assert(fact, text)
#define REEL_ALIGNAS(bytes)            _Alignas(bytes)
#define REEL_ALIGNOF(type)             _Alignof(type)
#endif

/// A hint that `fact` is seldom true, and inlining that -Os does not undo.
#if defined(__GNUC__)
#define REEL_INLINE         inline __attribute__((always_inline))
#define REEL_UNLIKELY(fact) __builtin_expect((fact), 0)
#else
#define REEL_INLINE         inline
#define REEL_UNLIKELY(fact) (fact)
#endif

/// Does the compiler know the value, where this is inlined? For a shortcut that a
/// known value makes shorter still. -Os, which seldom inlines, need not ask.
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
#define REEL_IS_CONSTANT(value) __builtin_constant_p(value)
#else
#define REEL_IS_CONSTANT(value) false
#endif

/// Have the cache fetch what will be written soon. Any address will do.
#if defined(__GNUC__)
#define REEL_FETCH(address) __builtin_prefetch((const void *)(address), 1)
#else
#define REEL_FETCH(address) (void)(address)
#endif

/// Bytes at the end of the address space that no memory of reel's reaches into. So
/// an address in it plus a few sizes has no carry if they are known and small.
#define REEL_TOP_BYTES 4096u
#define REEL_MAY_CARRY(bytes) \
    (!REEL_IS_CONSTANT(bytes) || (bytes) > REEL_TOP_BYTES / 2)

/// Where a static instance keeps its memory: a section of its own, which
/// linker/reel.ld gathers and startup code neither loads nor clears. clang gives
/// an unknown section contents, so it gets a name that it knows to have none.
#if defined(__clang__) && defined(__ELF__)
#define REEL_NOINIT(name) __attribute__((section(".bss.noinit.reel." #name)))
#elif defined(__GNUC__) && defined(__ELF__)
#define REEL_NOINIT(name) __attribute__((section(".noinit.reel." #name)))
#else
#define REEL_NOINIT(name)
#endif

#endif
