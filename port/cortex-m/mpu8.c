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
static void set_region(uint32_t region, uintptr_t base, uint32_t limit)
{
    const uint32_t saved = mask_interrupts();
    MPU_RNR = region;
    MPU_RBAR = base | RBAR_XN;
    MPU_RLAR = limit;
    restore_interrupts(saved);
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

static bool commit(void *context, void *addr, size_t size)
{
    reel_mpu8 *const mpu = context;
    if (!may_commit(&mpu->pages, mpu->frontier, mpu->size,
                    (uintptr_t)addr - mpu->base, size)) {
        return false;
    }
    move_frontier(mpu, mpu->frontier + size);
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    reel_mpu8 *const mpu = context;
    if (may_decommit(&mpu->pages, mpu->frontier, (uintptr_t)addr - mpu->base,
                     size)) {
        move_frontier(mpu, mpu->frontier - size);
    }
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
    mpu->design = design;
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

reel_status reel_mpu8_init(reel_mpu8 *mpu, reel_mpu8_design design, void *space,
                           size_t size, size_t page_size, unsigned region,
                           unsigned attribute)
{
    const unsigned count = reel_mpu_regions();
    if (count == 0 || !MPU_IS_V8) {
        return REEL_UNSUPPORTED;
    }
    if (mpu == NULL || attribute > MAX_ATTRIBUTE
        || (design != REEL_MPU8_OVERLAP && design != REEL_MPU8_WINDOW)) {
        return REEL_INVALID;
    }
    const unsigned regions = design == REEL_MPU8_OVERLAP ? 2 : 1;
    if (count < regions || region > count - regions) {
        return REEL_UNSUPPORTED;
    }
    if (!is_coverable((uintptr_t)space, size, page_size)) {
        return REEL_INVALID;
    }
    fill_in(mpu, design, (uintptr_t)space, size, page_size);
    mpu->region = (uint8_t)region;
    mpu->attribute = (uint8_t)attribute;
    close_all(mpu, regions);
    return REEL_OK;
}
