// SPDX-License-Identifier: MIT
// Registers of the MPU and of its faults, and how its regions are written:
// private to fault.c, mpu7.c and mpu8.c.

#ifndef REEL_PORT_MPU_H
#define REEL_PORT_MPU_H

#include "reel/pages.h"

#define MPU_TYPE (*(volatile uint32_t *)0xE000ED90)
#define MPU_CTRL (*(volatile uint32_t *)0xE000ED94)
#define MPU_RNR  (*(volatile uint32_t *)0xE000ED98) // selects the region
#define MPU_RBAR (*(volatile uint32_t *)0xE000ED9C) // its base
#define MPU_RASR (*(volatile uint32_t *)0xE000EDA0) // Armv7-M: all else
#define MPU_RLAR (*(volatile uint32_t *)0xE000EDA0) // Armv8-M: its limit
#define SHCSR    (*(volatile uint32_t *)0xE000ED24)
#define CFSR     (*(volatile uint32_t *)0xE000ED28)
#define MMFAR    (*(volatile uint32_t *)0xE000ED34)

#define MPU_CTRL_ENABLE     UINT32_C(1)
#define MPU_CTRL_PRIVDEFENA UINT32_C(4)

// No interrupt may come between selecting a region and writing it: an RTOS may
// select another region there. So this masks all that can switch threads, by
// PRIMASK, for each choice of REEL_ATOMICS.
static inline uint32_t mask_interrupts(void)
{
    uint32_t saved;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(saved)::"memory");
    return saved;
}

static inline void restore_interrupts(uint32_t saved)
{
    __asm__ volatile("msr primask, %0" ::"r"(saved) : "memory");
}

// From here on every access and every fetch finds the MPU as it was written.
static inline void synchronise(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

// The three below leave MPU_RNR as they find it: the application may be just between
// selecting a region and writing it.
//
// Switch a region off. RASR and RLAR are one address and both mean "off" at 0.
static inline void disable_region(uint32_t region)
{
    const uint32_t saved = mask_interrupts();
    const uint32_t selected = MPU_RNR;
    MPU_RNR = region;
    MPU_RASR = 0;
    MPU_RNR = selected;
    restore_interrupts(saved);
}

// Write one that is off.
static inline REEL_ALWAYS_INLINED void
write_region(uint32_t region, uint32_t base, uint32_t rest)
{
    const uint32_t saved = mask_interrupts();
    const uint32_t selected = MPU_RNR;
    MPU_RNR = region;
    MPU_RBAR = base;
    MPU_RASR = rest;
    MPU_RNR = selected;
    restore_interrupts(saved);
}

typedef struct mpu_region {
    uint32_t base, rest; // RBAR; RASR or RLAR
} mpu_region;

static inline void read_region(uint32_t region, mpu_region *read)
{
    const uint32_t saved = mask_interrupts();
    const uint32_t selected = MPU_RNR;
    MPU_RNR = region;
    read->base = MPU_RBAR;
    read->rest = MPU_RASR;
    MPU_RNR = selected;
    restore_interrupts(saved);
}

// Which MPU is behind these registers? Armv8-M has another one at the same
// addresses, and code for Armv6-M and Armv7-M runs there, too. Bit 4 of RBAR
// shows which: the older MPUs read it as 0, the newer one keeps it. A register that
// keeps nothing is locked, or belongs to another world.
typedef enum mpu_kind { MPU_IS_LOCKED, MPU_IS_V7, MPU_IS_V8 } mpu_kind;

#define RBAR_BIT_4 (UINT32_C(1) << 4)
#define RBAR_HIGH  UINT32_C(0xF0000000)

// The region is off meanwhile, and comes back as it was.
static inline mpu_kind mpu_kind_of(uint32_t region)
{
    const uint32_t saved = mask_interrupts();
    const uint32_t selected = MPU_RNR;
    MPU_RNR = region;
    const uint32_t base = MPU_RBAR, rest = MPU_RASR;
    const uint32_t written = (~base & RBAR_HIGH) | RBAR_BIT_4 | (region & 0xFu);
    MPU_RASR = 0;
    MPU_RBAR = written;
    const uint32_t kept = MPU_RBAR;
    MPU_RBAR = base;
    MPU_RASR = rest;
    MPU_RNR = selected;
    restore_interrupts(saved);
    if (((kept ^ written) & RBAR_HIGH) != 0) {
        return MPU_IS_LOCKED;
    }
    return (kept & RBAR_BIT_4) != 0 ? MPU_IS_V8 : MPU_IS_V7;
}

// What init says of a part on which the port can do nothing.
static inline reel_status check_part(mpu_kind wanted, uint32_t region)
{
    const mpu_kind found = mpu_kind_of(region);
    if (found == MPU_IS_LOCKED) {
        return REEL_PORT_FAILED;
    }
    return found == wanted ? REEL_OK : REEL_UNSUPPORTED;
}

// Do [a, a_last] and [b, b_last] have an address in common?
static inline bool meet(uintptr_t a, uintptr_t a_last, uintptr_t b,
                        uintptr_t b_last)
{
    return a <= b_last && b <= a_last;
}

// Whole pages, at the frontier, and within the range? Or at the start of it: then its
// temp was initialised anew and knows of no frontier. `offset` is where the bytes begin.
static inline bool may_commit(const reel_pages *pages, size_t frontier,
                              size_t range, size_t offset, size_t size)
{
    return (offset == frontier || offset == 0)
           && size - 1 < range - offset // 0 wraps
           && (size & (pages->page_size - 1)) == 0;
}

static inline bool may_decommit(const reel_pages *pages, size_t frontier,
                                size_t offset, size_t size)
{
    return size != 0 && (size & (pages->page_size - 1)) == 0 && size <= frontier
           && offset == frontier - size;
}

#endif
