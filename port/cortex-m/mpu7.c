// SPDX-License-Identifier: MIT
// The three regions with the frontier in the fourth eighth, two pages into it:
//
//     eighth    0     1     2     3     4     5     6     7
//            +-----+-----+-----+-----+-----+-----+-----+-----+
//     n      |            no access, over the whole range    |
//     n + 1  | r w   r w   r w |  -     -     -     -     -  |
//     n + 2                    |rw------|
//            +-----+-----+-----+-----+-----+-----+-----+-----+
//                                ^ frontier
//
// A dash is a disabled sub-region: it matches nothing, so region n decides.

#include "mpu7.h"

#include "fault.h"
#include "mpu.h"

#define PARTS      8u // sub-regions of a region
#define PARTS_LOG2 3u

#define SMALLEST_LOG2 8u // below it a region has no sub-regions

#define RBAR_VALID  (UINT32_C(1) << 4) // bits 3:0 select the region
#define RASR_ENABLE UINT32_C(1)
#define RASR_SIZE   1u // shift; the field is log2 of the size, less 1
#define RASR_SRD    8u // shift; a 1 disables a sub-region
#define RASR_AP_RW  (UINT32_C(1) << 24) // by privileged code; 0: no access
#define RASR_XN     (UINT32_C(1) << 28)

// Normal memory, write-back; with write allocation where the MPU can say so.
#if defined(__ARM_ARCH_6M__)
#define RASR_NORMAL (UINT32_C(0x03) << 16)
#else
#define RASR_NORMAL (UINT32_C(0x0B) << 16)
#endif

#define RASR_MEMORY (RASR_XN | RASR_NORMAL | RASR_ENABLE)

// With VALID the base also selects the region, in one store. A region that is on
// must be at this base already.
static inline REEL_ALWAYS_INLINED void
set_region(uint32_t region, uintptr_t base, uint32_t attributes)
{
    const uint32_t saved = mask_interrupts();
    const uint32_t selected = MPU_RNR;
    MPU_RBAR = base | RBAR_VALID | region;
    MPU_RASR = attributes;
    MPU_RNR = selected;
    restore_interrupts(saved);
}

// Make the first `parts` eighths of [base, base + 2^size_log2) accessible, and
// no more of it, by one store to a region that is there already or off.
static inline REEL_ALWAYS_INLINED void
open_parts(uint32_t region, uintptr_t base, unsigned size_log2, uint32_t parts)
{
    const uint32_t disabled = 0xFFu << parts & 0xFFu;
    const uint32_t attributes = RASR_MEMORY | RASR_AP_RW
                                | (size_log2 - 1u) << RASR_SIZE
                                | disabled << RASR_SRD;
    set_region(region, base, parts == 0 ? 0 : attributes);
}

// All eighths below the one that has the frontier in it.
static void open_eighths(const reel_mpu7 *mpu, size_t frontier)
{
    open_parts(mpu->region + 1u, mpu->base, mpu->size_log2,
               frontier >> (mpu->size_log2 - PARTS_LOG2));
}

// The pages of that eighth which are below the frontier.
static void open_boundary(const reel_mpu7 *mpu, size_t frontier)
{
    const unsigned eighth_log2 = mpu->size_log2 - PARTS_LOG2;
    const uint32_t pages = frontier >> (eighth_log2 - PARTS_LOG2) & (PARTS - 1);
    const size_t eighth = frontier >> eighth_log2 << eighth_log2;
    open_parts(mpu->region + 2u, mpu->base + eighth, eighth_log2, pages);
}

// Region n + 2 moves to another eighth, switched off on the way.
static void move_boundary(const reel_mpu7 *mpu, size_t frontier)
{
    disable_region(mpu->region + 2u);
    open_boundary(mpu, frontier);
}

// What stays committed is open in one of the regions at each step: upwards all
// of the old boundary eighth is opened before region n + 2 leaves it, downwards
// region n + 2 is in place before the eighth under it is closed.
static void open_three(const reel_mpu7 *mpu, size_t from, size_t to)
{
    const unsigned eighth_log2 = mpu->size_log2 - PARTS_LOG2;
    if (from >> eighth_log2 == to >> eighth_log2) {
        open_boundary(mpu, to);
    } else if (to > from) {
        open_eighths(mpu, to);
        move_boundary(mpu, to);
    } else {
        move_boundary(mpu, to);
        open_eighths(mpu, to);
    }
}

static void move_frontier(reel_mpu7 *mpu, size_t to)
{
    if (mpu->regions == 2) {
        open_eighths(mpu, to);
    } else {
        open_three(mpu, mpu->frontier, to);
    }
    synchronise();
    mpu->frontier = to;
}

static void decommit(void *context, void *addr, size_t size)
{
    reel_mpu7 *const mpu = context;
    if (may_decommit(&mpu->pages, mpu->frontier, (uintptr_t)addr - mpu->base,
                     size)) {
        move_frontier(mpu, mpu->frontier - size);
    }
}

static bool commit(void *context, void *addr, size_t size)
{
    reel_mpu7 *const mpu = context;
    const size_t offset = (uintptr_t)addr - mpu->base;
    if (!may_commit(&mpu->pages, mpu->frontier, mpu->size, offset, size)) {
        return false;
    }
    move_frontier(mpu, offset + size);
    return true;
}

// Returns 0 if the MPU has no region of this size at this place.
static unsigned region_log2(const void *space, size_t size, unsigned smallest)
{
    const uintptr_t base = (uintptr_t)space;
    if (base == 0 || (size & (size - 1)) != 0 || (base & (size - 1)) != 0) {
        return 0;
    }
    unsigned log2 = smallest;
    while (size >> log2 > 1) {
        log2++;
    }
    return size >> log2 == 1 ? log2 : 0;
}

static void fill_in(reel_mpu7 *mpu, uintptr_t base, unsigned size_log2,
                    unsigned region, unsigned regions)
{
    const unsigned steps_log2 = PARTS_LOG2 * (regions - 1);
    mpu->base = base;
    mpu->size = (size_t)1 << size_log2;
    mpu->frontier = 0;
    mpu->region = (uint8_t)region;
    mpu->regions = (uint8_t)regions;
    mpu->size_log2 = (uint8_t)size_log2;
    mpu->pages.page_size = mpu->size >> steps_log2;
    mpu->pages.context = mpu;
    mpu->pages.commit = commit;
    mpu->pages.decommit = decommit;
}

// From the highest region down, so that none is moved while it is on.
static void close_all(const reel_mpu7 *mpu)
{
    for (unsigned i = mpu->regions; i-- > 0;) {
        disable_region(mpu->region + i);
    }
    set_region(mpu->region, mpu->base,
               RASR_MEMORY | (uint32_t)(mpu->size_log2 - 1u) << RASR_SIZE);
    synchronise();
}

// Does a region let accesses to the range through? One that is on decides for its
// sub-regions that are not disabled.
static bool opens(const mpu_region *region, uintptr_t first, uintptr_t last)
{
    if ((region->rest & RASR_ENABLE) == 0) {
        return false;
    }
    const unsigned part_log2 =
        (region->rest >> RASR_SIZE & 0x1Fu) + 1u - PARTS_LOG2;
    const uintptr_t base = region->base >> part_log2 >> PARTS_LOG2 << PARTS_LOG2
                                                                   << part_log2;
    for (unsigned part = 0; part < PARTS; part++) {
        const uintptr_t start = base + ((uintptr_t)part << part_log2);
        if ((region->rest >> (RASR_SRD + part) & 1u) == 0
            && meet(start, start + ((uintptr_t)1 << part_log2) - 1, first,
                    last)) {
            return true;
        }
    }
    return false;
}

// The highest region that matches decides: is one above ours over the range?
static bool is_overruled(uintptr_t base, size_t size, unsigned region)
{
    for (; region < reel_mpu_regions(); region++) {
        mpu_region other;
        read_region(region, &other);
        if (opens(&other, base, base + size - 1)) {
            return true;
        }
    }
    return false;
}

reel_status reel_mpu7_init(reel_mpu7 *mpu, void *space, size_t size,
                           unsigned region, unsigned regions)
{
    const unsigned count = reel_mpu_regions();
    if (count == 0) {
        return REEL_UNSUPPORTED;
    }
    if (mpu == NULL || regions < 2 || regions > 3) {
        return REEL_INVALID;
    }
    if (count < regions || region > count - regions) {
        return REEL_UNSUPPORTED;
    }
    const unsigned smallest = SMALLEST_LOG2 + PARTS_LOG2 * (regions - 2);
    const unsigned size_log2 = region_log2(space, size, smallest);
    if (size_log2 == 0) {
        return REEL_INVALID;
    }
    const reel_status part = check_part(MPU_IS_V7, region);
    if (part != REEL_OK) {
        return part;
    }
    if ((MPU_CTRL & MPU_CTRL_ENABLE) == 0
        || is_overruled((uintptr_t)space, size, region + regions)) {
        return REEL_PORT_FAILED;
    }
    fill_in(mpu, (uintptr_t)space, size_log2, region, regions);
    close_all(mpu);
    return REEL_OK;
}
