// SPDX-License-Identifier: MIT
// Entries of Sv39 and Sv48, and how harts learn of a change: private to mmu.c.

#ifndef REEL_PORT_RISCV_ENTRY_H
#define REEL_PORT_RISCV_ENTRY_H

#include "reel/base.h"

#define ENTRY_VALID UINT64_C(1)
// Read, write, accessed, dirty; not executable, and U-mode has no access.
#define ENTRY_PAGE                                                        \
    (ENTRY_VALID | UINT64_C(1) << 1 | UINT64_C(1) << 2 | UINT64_C(1) << 6 \
     | UINT64_C(1) << 7)
#define ENTRY_SHIFT 10u                     // of the page number
#define ENTRY_PAGES UINT64_C(0xFFFFFFFFFFF) // 44 bits of it
#define SATP_MODE   60u
#define SATP_SV39   8u
#define SV39_BITS   39u
#define SV_STEP     9u
#define MOST_SINGLY ((size_t)64 * 4096) // bytes; more is forgotten at once

static inline uint64_t entry_of_table(uint64_t physical)
{
    return physical >> 12 << ENTRY_SHIFT | ENTRY_VALID;
}

static inline uint64_t entry_of_page(uint64_t physical)
{
    return physical >> 12 << ENTRY_SHIFT | ENTRY_PAGE;
}

static inline uint64_t entry_address(uint64_t entry)
{
    return (entry >> ENTRY_SHIFT & ENTRY_PAGES) << 12;
}

// It leads nowhere any more, and still says where it led.
static inline uint64_t entry_hidden(uint64_t entry)
{
    return entry & ~ENTRY_VALID;
}

// What the entry leads to was written before, for every hart's table walk.
static inline void entry_write(uint64_t *entry, uint64_t value)
{
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

// An address is the sign extension of what is translated.
static inline unsigned half_bits(unsigned translated)
{
    return translated - 1;
}

static inline bool is_translated(uintptr_t base, unsigned bits)
{
    uintptr_t satp;
    (void)base;
    __asm__ volatile("csrr %0, satp" : "=r"(satp));
    return satp >> SATP_MODE == SATP_SV39 + (bits - SV39_BITS) / SV_STEP;
}

static inline void forget_here(uintptr_t start, size_t size)
{
    if (size > MOST_SINGLY) {
        __asm__ volatile("sfence.vma" ::: "memory");
        return;
    }
    for (size_t at = 0; at < size; at += 4096) {
        __asm__ volatile("sfence.vma %0" ::"r"(start + at) : "memory");
    }
}

// A hart may remember that there was nothing.
static inline void translation_appeared(uintptr_t start, size_t size,
                                        void (*forget)(uintptr_t, size_t))
{
    forget_here(start, size);
    if (forget != NULL) {
        forget(start, size);
    }
}

// A fence for one address says nothing of the tables on the way to it.
static inline void translation_vanished(uintptr_t start, size_t size,
                                        void (*forget)(uintptr_t, size_t))
{
    __asm__ volatile("sfence.vma" ::: "memory");
    if (forget != NULL) {
        forget(start, size);
    }
}

#endif
