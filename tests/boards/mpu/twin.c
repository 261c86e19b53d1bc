// SPDX-License-Identifier: MIT
#include "twin.h"

#include "cortex-m/mpu.h"

static const mpu_range *broken;

static void close_first(void)
{
    const bool is_v8 = design_machine_is_v8();
    for (unsigned i = 0; i < broken->regions; i++) {
        const uint32_t region = broken->region + i;
        if (!is_v8 && i > 0) {
            disable_region(region); // what was opened over region n
        } else if (is_v8 && broken->regions == 1) {
            disable_region(region); // the window
        } else if (is_v8) {
            MPU_RNR = region;
            MPU_RBAR = broken->start; // the tail, over all of the range
        }
    }
    synchronise();
}

static bool twin_commit(void *context, void *addr, size_t size)
{
    close_first();
    return broken->pages->commit(context, addr, size);
}

static void twin_decommit(void *context, void *addr, size_t size)
{
    close_first();
    broken->pages->decommit(context, addr, size);
}

const reel_pages *twin_of(const mpu_range *range)
{
    static reel_pages twin;
    broken = range;
    twin.page_size = range->pages->page_size;
    twin.context = range->pages->context;
    twin.commit = twin_commit;
    twin.decommit = twin_decommit;
    return &twin;
}
