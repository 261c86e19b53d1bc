// SPDX-License-Identifier: MIT
#include "design.h"

#include "cortex-m/fault.h"
#include "cortex-m/mpu.h"
#include "tap.h"

#define ID_MMFR0     (*(volatile uint32_t *)0xE000ED50)
#define MAIR0        (*(volatile uint32_t *)0xE000EDC0)
#define NORMAL       0xFFu // write-back, allocating
#define FIRST_REGION 1u
#define BELOW_REGION 8u // the application's map around a window
#define ABOVE_REGION 9u
#define LAST_GRANULE UINT32_C(0xFFFFFFE0)

#define V7(size, regions)                                                  \
    {                                                                      \
        "Armv7-M with " #regions " regions over " #size, false, (regions), \
            (size), (regions) == 2 ? (size) / 8 : (size) / 64              \
    }
#define V8(name, design, size, page)                                          \
    {                                                                         \
        "Armv8-M with " name " over " #size " in " #page "s", true, (design), \
            (size), (page)                                                    \
    }

const mpu_design designs[] = {
    V7(256, 2),
    V7(2048, 2),
    V7(32768, 2),
    V7(2048, 3),
    V7(32768, 3),
    V8("overlap", REEL_MPU8_OVERLAP, 2048, 32),
    V8("overlap", REEL_MPU8_OVERLAP, 8448, 256),
    V8("window", REEL_MPU8_WINDOW, 2048, 32),
    V8("window", REEL_MPU8_WINDOW, 8448, 256),
    { NULL, false, 0, 0, 0 },
};

uintptr_t design_memory(void)
{
    static _Alignas(LARGEST) unsigned char memory[4 * LARGEST];
    return (uintptr_t)memory + LARGEST;
}

// The part's, whatever architecture this was built for.
bool design_machine_is_v8(void)
{
    return (ID_MMFR0 >> 4 & 0xFu) == 4;
}

bool design_applies(const mpu_design *design)
{
    return reel_mpu_regions() > 0 && design->is_v8 == design_machine_is_v8();
}

bool design_is_window(const mpu_design *design)
{
    return design->is_v8 && design->kind == REEL_MPU8_WINDOW;
}

// All that a window's application maps: everything but [start, end).
static void map_around(uintptr_t start, uintptr_t end)
{
    MAIR0 = NORMAL;
    MPU_RNR = BELOW_REGION;
    MPU_RBAR = 0;
    MPU_RLAR = (start - 1) & LAST_GRANULE;
    MPU_RLAR |= MPU_CTRL_ENABLE;
    MPU_RNR = ABOVE_REGION;
    MPU_RBAR = end;
    MPU_RLAR = LAST_GRANULE | MPU_CTRL_ENABLE;
    MPU_CTRL = MPU_CTRL_ENABLE;
    synchronise();
}

reel_status design_init(const mpu_design *design, mpu_range *range,
                        uintptr_t start, unsigned region)
{
    range->start = start;
    range->size = design->size;
    range->region = region;
    if (design->is_v8) {
        range->pages = &range->port.mpu8.pages;
        range->regions = design_is_window(design) ? 1 : 2;
        return reel_mpu8_init(&range->port.mpu8, (reel_mpu8_design)design->kind,
                              (void *)start, design->size, design->page_size,
                              region, 0);
    }
    range->pages = &range->port.mpu7.pages;
    range->regions = design->kind;
    return reel_mpu7_init(&range->port.mpu7, (void *)start, design->size,
                          region, design->kind);
}

void design_start(const mpu_design *design, mpu_range *first, mpu_range *second)
{
    const uintptr_t start = design_memory();
    const uintptr_t end = start + design->size;
    MPU_CTRL = MPU_CTRL_PRIVDEFENA;
    for (unsigned region = 0; region < reel_mpu_regions(); region++) {
        disable_region(region);
    }
    if (design_is_window(design)) {
        map_around(start, end + (second != NULL ? design->size : 0));
    }
    EXPECT(reel_mpu_enable() == REEL_OK);
    EXPECT(design_init(design, first, start, FIRST_REGION) == REEL_OK);
    if (second != NULL) {
        EXPECT(design_init(design, second, end, FIRST_REGION + first->regions)
               == REEL_OK);
    }
}

bool design_commit(const mpu_range *range, size_t from, size_t to)
{
    return range->pages->commit(range->pages->context,
                                (void *)(range->start + from), to - from);
}

void design_decommit(const mpu_range *range, size_t from, size_t to)
{
    range->pages->decommit(range->pages->context, (void *)(range->start + to),
                           from - to);
}
