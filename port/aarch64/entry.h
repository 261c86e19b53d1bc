// SPDX-License-Identifier: MIT
// Entries of AArch64's tables, stage 1 at EL1, 4 KiB granule, and how cores
// learn of a change: private to mmu.c.

#ifndef REEL_PORT_AARCH64_ENTRY_H
#define REEL_PORT_AARCH64_ENTRY_H

#include "reel/base.h"

#define ENTRY_VALID UINT64_C(1)
#define ENTRY_TABLE (ENTRY_VALID | UINT64_C(1) << 1)
// Attribute 1 of MAIR_EL1, inner shareable, accessed, read and write at EL1
// alone; not executable.
#define ENTRY_PAGE                                                        \
    (ENTRY_VALID | UINT64_C(1) << 1 | UINT64_C(1) << 2 | UINT64_C(3) << 8 \
     | UINT64_C(1) << 10 | UINT64_C(3) << 53)
#define ENTRY_ADDRESS UINT64_C(0x0000FFFFFFFFF000)
#define SCTLR_M       1u
#define TCR_SIZE      0x3Fu
#define TCR_T1SZ      16u // shift
#define TCR_TG0       (UINT64_C(3) << 14)
#define TCR_TG1       (UINT64_C(3) << 30)
#define TCR_TG1_4K    (UINT64_C(2) << 30)
#define MOST_SINGLY   ((size_t)64 * 4096) // bytes; more is forgotten at once

static inline uint64_t entry_of_table(uint64_t physical)
{
    return physical | ENTRY_TABLE;
}

static inline uint64_t entry_of_page(uint64_t physical)
{
    return physical | ENTRY_PAGE;
}

static inline uint64_t entry_address(uint64_t entry)
{
    return entry & ENTRY_ADDRESS;
}

// It leads nowhere any more, and still says where it led.
static inline uint64_t entry_hidden(uint64_t entry)
{
    return entry & ~ENTRY_VALID;
}

// What the entry leads to was written before, for every core's table walk.
static inline void entry_write(uint64_t *entry, uint64_t value)
{
    __asm__ volatile("dmb ishst" ::: "memory");
    __atomic_store_n(entry, value, __ATOMIC_RELAXED);
}

// TTBR0 and TTBR1 have a half each.
static inline unsigned half_bits(unsigned translated)
{
    return translated;
}

static inline bool is_translated(uintptr_t base, unsigned bits)
{
    uint64_t control, tcr;
    __asm__ volatile("mrs %0, sctlr_el1" : "=r"(control));
    __asm__ volatile("mrs %0, tcr_el1" : "=r"(tcr));
    if ((control & SCTLR_M) == 0) {
        return false;
    }
    return base >> 63 == 0
               ? (tcr & TCR_SIZE) == 64 - bits && (tcr & TCR_TG0) == 0
               : (tcr >> TCR_T1SZ & TCR_SIZE) == 64 - bits
                     && (tcr & TCR_TG1) == TCR_TG1_4K;
}

// No core remembers that there was nothing: the entries need only be seen.
static inline void translation_appeared(uintptr_t start, size_t size,
                                        void (*forget)(uintptr_t, size_t))
{
    (void)start, (void)size, (void)forget;
    __asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

// TLBI …IS reaches all cores, and DSB waits until they are done. VAE1IS
// includes the tables on the way.
static inline void translation_vanished(uintptr_t start, size_t size,
                                        void (*forget)(uintptr_t, size_t))
{
    (void)forget;
    __asm__ volatile("dsb ishst" ::: "memory");
    if (size > MOST_SINGLY) {
        __asm__ volatile("tlbi vmalle1is" ::: "memory");
    } else {
        for (size_t at = 0; at < size; at += 4096) {
            const uint64_t page = (start + at) >> 12 & UINT64_C(0xFFFFFFFFFFF);
            __asm__ volatile("tlbi vaae1is, %0" ::"r"(page) : "memory");
        }
    }
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

#endif
