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

// Armv8-M has another MPU behind the same addresses, and nothing tells which at
// run time: each port refuses to work when compiled for the other.
#define MPU_IS_V8 (__ARM_ARCH >= 8)

// Selecting a region and writing it must not be torn apart: an interrupt of an
// RTOS may select another in between. Whatever mask reel itself was built with,
// this one must hold off all that can switch threads, so it is PRIMASK.
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

// Switch a region off. RASR and RLAR are one address and both mean "off" at 0.
static inline void disable_region(uint32_t region)
{
    const uint32_t saved = mask_interrupts();
    MPU_RNR = region;
    MPU_RASR = 0;
    restore_interrupts(saved);
}

// Whole pages, at the frontier, and within the range? `offset` is where the bytes
// begin, from the start of the range.
static inline bool may_commit(const reel_pages *pages, size_t frontier,
                              size_t range, size_t offset, size_t size)
{
    return size != 0 && (size & (pages->page_size - 1)) == 0
           && offset == frontier && size <= range - frontier;
}

static inline bool may_decommit(const reel_pages *pages, size_t frontier,
                                size_t offset, size_t size)
{
    return size != 0 && (size & (pages->page_size - 1)) == 0 && size <= frontier
           && offset == frontier - size;
}

#endif
