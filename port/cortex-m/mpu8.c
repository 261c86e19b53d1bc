// SPDX-License-Identifier: MIT
// The frontier is one edge of a region whose other edge stays, so it moves by one
// store, and what stays committed is never in the way:
//
//     overlap     committed       |  region n      |
//                                 |  region n + 1  |
//                                 ^ base moves     ^ limit stays
//
//     window     |  region n      |  nothing
//                ^ base stays     ^ limit moves

#include "mpu8.h"

#include "fault.h"
#include "mpu.h"

#define GRANULE 32u

#define RBAR_XN       UINT32_C(1) // and bits 2:1 are 0: privileged read and write
#define RLAR_ENABLE   UINT32_C(1)
#define RLAR_ATTR     1u // shift
#define MAX_ATTRIBUTE 7u

// Base first: of a region that is on, only one of the two changes, and a region
// that is off goes on with the limit.
static inline REEL_ALWAYS_INLINED void
set_region(uint32_t region, uintptr_t base, uint32_t limit)
{
    write_region(region, base | RBAR_XN, limit);
}

// RLAR for a region whose last byte is just below `end`. The address after the
// last one of all is 0, and wraps here as it should.
static uint32_t limit_below(const reel_mpu8 *mpu, uintptr_t end)
{
    return (uint32_t)(end - GRANULE) | (uint32_t)mpu->attribute << RLAR_ATTR
           | RLAR_ENABLE;
}

// While only one of the two has been written, what lies between the old and the
// new frontier is in one region and accessible: it is either not promised yet
// or not needed any more.
static void move_tail(const reel_mpu8 *mpu, size_t to)
{
    const uint32_t region = mpu->region;
    if (to == mpu->size) {
        disable_region(region);
        disable_region(region + 1);
        return;
    }
    const uintptr_t base = mpu->base + to;
    const uint32_t limit = limit_below(mpu, mpu->base + mpu->size);
    set_region(region, base, limit);
    set_region(region + 1, base, limit);
}

static void move_window(const reel_mpu8 *mpu, size_t to)
{
    if (to == 0) {
        disable_region(mpu->region);
    } else {
        set_region(mpu->region, mpu->base, limit_below(mpu, mpu->base + to));
    }
}

static void move_frontier(reel_mpu8 *mpu, size_t to)
{
    if (mpu->design == REEL_MPU8_OVERLAP) {
        move_tail(mpu, to);
    } else {
        move_window(mpu, to);
    }
    synchronise();
    mpu->frontier = to;
}

static void decommit(void *context, void *addr, size_t size)
{
    reel_mpu8 *const mpu = context;
    if (may_decommit(&mpu->pages, mpu->frontier, (uintptr_t)addr - mpu->base,
                     size)) {
        move_frontier(mpu, mpu->frontier - size);
    }
}

static bool commit(void *context, void *addr, size_t size)
{
    reel_mpu8 *const mpu = context;
    const size_t offset = (uintptr_t)addr - mpu->base;
    if (!may_commit(&mpu->pages, mpu->frontier, mpu->size, offset, size)) {
        return false;
    }
    move_frontier(mpu, offset + size);
    return true;
}

static bool is_coverable(uintptr_t base, size_t size, size_t page_size)
{
    return page_size >= GRANULE && (page_size & (page_size - 1)) == 0
           && base != 0 && size != 0 && ((base | size) & (page_size - 1)) == 0
           && size - 1 <= UINTPTR_MAX - base;
}

static void fill_in(reel_mpu8 *mpu, reel_mpu8_design design, uintptr_t base,
                    size_t size, size_t page_size)
{
    mpu->design = (uint8_t)design;
    mpu->base = base;
    mpu->size = size;
    mpu->frontier = 0;
    mpu->pages.page_size = page_size;
    mpu->pages.context = mpu;
    mpu->pages.commit = commit;
    mpu->pages.decommit = decommit;
}

// Whatever the regions were before, they are off before they are moved.
static void close_all(reel_mpu8 *mpu, unsigned regions)
{
    for (unsigned i = 0; i < regions; i++) {
        disable_region(mpu->region + i);
    }
    move_frontier(mpu, 0);
}

// ---- would it trap? --------------------------------------------------------

// TT r0, r0: the part's own answer, for this code's privilege and world. Spelled as
// numbers, since a build for an older architecture may run here, too.
#define TT_READABLE (UINT32_C(1) << 18)

static bool is_readable(uintptr_t address)
{
    register uintptr_t r0 __asm__("r0") = address;
    __asm__ volatile(".short 0xe840, 0xf000" : "+r"(r0)::"memory");
    return (r0 & TT_READABLE) != 0;
}

static bool is_on(const mpu_region *region)
{
    return (region->rest & RLAR_ENABLE) != 0;
}

// Is there another region over the range? Under a window it would leave open what
// is not committed, and close what is. A range is of whole granules, so it is no
// matter what the registers say in the bits below one.
static bool is_shared(uintptr_t base, size_t size, unsigned own)
{
    for (unsigned i = 0; i < reel_mpu_regions(); i++) {
        mpu_region other;
        read_region(i, &other);
        if (i != own && is_on(&other)
            && meet(other.base, other.rest, base, base + size - 1)) {
            return true;
        }
    }
    return false;
}

// As far as the registers tell before any is written.
static bool may_trap(reel_mpu8_design design, uintptr_t base, size_t size,
                     unsigned region)
{
    if ((MPU_CTRL & MPU_CTRL_ENABLE) == 0) {
        return false;
    }
    return design == REEL_MPU8_OVERLAP
           || ((MPU_CTRL & MPU_CTRL_PRIVDEFENA) == 0
               && !is_shared(base, size, region));
}

static bool is_closed(const reel_mpu8 *mpu)
{
    return !is_readable(mpu->base) && !is_readable(mpu->base + mpu->size - 1);
}

// Close the range; if the part would not trap there, put the regions back.
static reel_status take_range(reel_mpu8 *mpu, unsigned regions)
{
    mpu_region were[2];
    for (unsigned i = 0; i < regions; i++) {
        read_region(mpu->region + i, &were[i]);
    }
    close_all(mpu, regions);
    if (is_closed(mpu)) {
        return REEL_OK;
    }
    for (unsigned i = 0; i < regions; i++) {
        disable_region(mpu->region + i);
        write_region(mpu->region + i, were[i].base, were[i].rest);
    }
    synchronise();
    return REEL_PORT_FAILED;
}

static bool are_valid(reel_mpu8_design design, void *space, size_t size,
                      size_t page_size, unsigned attribute)
{
    return attribute <= MAX_ATTRIBUTE
           && (design == REEL_MPU8_OVERLAP || design == REEL_MPU8_WINDOW)
           && is_coverable((uintptr_t)space, size, page_size);
}

reel_status reel_mpu8_init(reel_mpu8 *mpu, reel_mpu8_design design, void *space,
                           size_t size, size_t page_size, unsigned region,
                           unsigned attribute)
{
    const uintptr_t base = (uintptr_t)space;
    const unsigned count = reel_mpu_regions();
    const unsigned regions = design == REEL_MPU8_OVERLAP ? 2 : 1;
    if (count < regions) {
        return REEL_UNSUPPORTED;
    }
    if (mpu == NULL || !are_valid(design, space, size, page_size, attribute)) {
        return REEL_INVALID;
    }
    if (region > count - regions) {
        return REEL_UNSUPPORTED;
    }
    const reel_status part = check_part(MPU_IS_V8, region);
    if (part != REEL_OK) {
        return part;
    }
    if (!may_trap(design, base, size, region)) {
        return REEL_PORT_FAILED;
    }
    reel_mpu8 tried;
    fill_in(&tried, design, base, size, page_size);
    tried.region = (uint8_t)region;
    tried.attribute = (uint8_t)attribute;
    const reel_status taken = take_range(&tried, regions);
    if (taken == REEL_OK) {
        fill_in(mpu, design, base, size, page_size);
        mpu->region = (uint8_t)region;
        mpu->attribute = (uint8_t)attribute;
    }
    return taken;
}
