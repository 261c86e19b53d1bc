// SPDX-License-Identifier: MIT
// What init and the hooks must refuse, and what they write to which registers.

#include "checks.h"
#include "probe.h"
#include "snapshot.h"
#include "tap.h"

static void commit_refuses(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    const size_t page = range.pages->page_size;
    EXPECT(design_commit(&range, 0, 2 * page));
    snapshot before;
    take(&before);
    EXPECT(!design_commit(&range, 2 * page, 2 * page));
    EXPECT(!design_commit(&range, 2 * page, 2 * page + 1));
    EXPECT(!design_commit(&range, 2 * page, 3 * page - 1));
    EXPECT(!design_commit(&range, 2 * page, 3 * page + page / 2));
    EXPECT(!design_commit(&range, 2 * page, range.size + page));
    EXPECT(!design_commit(&range, 2 * page, page));
    EXPECT(!design_commit(&range, 2 * page, 2 * page + SIZE_MAX - page + 1));
    EXPECT(!design_commit(&range, page, 2 * page));
    EXPECT(!design_commit(&range, 3 * page, 4 * page));
    EXPECT(!design_commit(&range, 0, page + WORD));
    EXPECT(!design_commit(&range, 0, range.size + page));
    EXPECT(!design_commit(&range, 2 * page + WORD, 3 * page + WORD));
    EXPECT(!design_commit(&range, range.size, range.size + page));
    EXPECT(is_unchanged(&before));
    EXPECT(design_commit(&range, 2 * page, range.size));
    take(&before);
    EXPECT(!design_commit(&range, range.size, range.size + page));
    EXPECT(is_unchanged(&before));
}

static void decommit_ignores(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    const size_t page = range.pages->page_size;
    EXPECT(design_commit(&range, 0, 3 * page));
    snapshot before;
    take(&before);
    design_decommit(&range, 3 * page, 3 * page);
    design_decommit(&range, 3 * page, 3 * page - 1);
    design_decommit(&range, 3 * page, 2 * page + WORD);
    design_decommit(&range, 2 * page, page);
    design_decommit(&range, 4 * page, 3 * page);
    design_decommit(&range, 4 * page, 2 * page);
    design_decommit(&range, 3 * page, 0u - page);
    EXPECT(is_unchanged(&before));
    EXPECT(is_right_at_edges(&range, 3 * page));
    design_decommit(&range, 3 * page, 0);
    EXPECT(is_right_at_edges(&range, 0));
}

static void init_refuses_7(const mpu_design *design)
{
    const unsigned count = reel_mpu_regions(), regions = design->kind;
    const size_t size = design->size;
    unsigned char *const good = (unsigned char *)design_memory();
    reel_mpu7 mpu;
    mpu.base = CANARY;
    EXPECT(reel_mpu7_init(NULL, good, size, 0, regions) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, NULL, size, 0, regions) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good + 32, size, 0, regions) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good + size / 2, size, 0, regions)
           == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, 0, 0, regions) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, size - 1, 0, regions) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, size + 32, 0, regions) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, 128, 0, 2) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, 1, 0, 2) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, 1024, 0, 3) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, SIZE_MAX, 0, 2) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, 32768, 0, 1) == REEL_INVALID);
    EXPECT(reel_mpu7_init(&mpu, good, 32768, 0, 4) == REEL_INVALID);
    const unsigned past[] = {
        count - regions + 1, count, count + 1, 255, 256, 0u - 1, 0u - regions
    };
    for (size_t i = 0; i < sizeof past / sizeof past[0]; i++) {
        EXPECT(reel_mpu7_init(&mpu, good, size, past[i], regions)
               == REEL_UNSUPPORTED);
    }
    EXPECT(mpu.base == CANARY);
}

static reel_status try_8(reel_mpu8 *mpu, const mpu_design *design, void *space,
                         size_t size, size_t page_size)
{
    return reel_mpu8_init(mpu, (reel_mpu8_design)design->kind, space, size,
                          page_size, 0, 0);
}

static void init_refuses_ranges_8(const mpu_design *design)
{
    const size_t size = design->size, page = design->page_size;
    unsigned char *const good = (unsigned char *)design_memory();
    unsigned char *const top = (unsigned char *)(0u - page);
    reel_mpu8 mpu;
    mpu.base = CANARY;
    EXPECT(try_8(NULL, design, good, size, page) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, NULL, size, page) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good + page / 2, size, page) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good, 0, page) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good, page - 1, page) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good, size + page / 2, page) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good, size, 0) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good, size, 16) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good, 128, 96) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, top, 2 * page, page) == REEL_INVALID);
    EXPECT(try_8(&mpu, design, good, 0u - page, page) == REEL_INVALID);
    EXPECT(mpu.base == CANARY);
}

static void init_refuses_regions_8(const mpu_design *design)
{
    const reel_mpu8_design kind = (reel_mpu8_design)design->kind;
    const unsigned count = reel_mpu_regions();
    const unsigned regions = kind == REEL_MPU8_OVERLAP ? 2 : 1;
    const unsigned past[] = {
        count - regions + 1, count, count + 1, 255, 256, 0u - 1, 0u - regions
    };
    const size_t size = design->size, page = design->page_size;
    unsigned char *const good = (unsigned char *)design_memory();
    reel_mpu8 mpu;
    mpu.base = CANARY;
    for (size_t i = 0; i < sizeof past / sizeof past[0]; i++) {
        EXPECT(reel_mpu8_init(&mpu, kind, good, size, page, past[i], 0)
               == REEL_UNSUPPORTED);
    }
    EXPECT(reel_mpu8_init(&mpu, kind, good, size, page, 0, 8) == REEL_INVALID);
    EXPECT(reel_mpu8_init(&mpu, (reel_mpu8_design)2, good, size, page, 0, 0)
           == REEL_INVALID);
    EXPECT(mpu.base == CANARY);
}

static void init_refuses(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    snapshot before;
    take(&before);
    if (design->is_v8) {
        init_refuses_ranges_8(design);
        init_refuses_regions_8(design);
    } else {
        init_refuses_7(design);
    }
    EXPECT(is_unchanged(&before));
}

// The last regions that exist will do, and no other region is written.
static void only_its_own_regions(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    snapshot before, after;
    take(&before);
    const unsigned first = reel_mpu_regions() - range.regions;
    EXPECT(design_init(design, &range, range.start, first) == REEL_OK);
    EXPECT(design_commit(&range, 0, range.size));
    design_decommit(&range, range.size, range.pages->page_size);
    take(&after);
    for (unsigned i = 0; i < first; i++) {
        EXPECT(after.base[i] == before.base[i]);
        EXPECT(after.rest[i] == before.rest[i]);
    }
    EXPECT(after.ctrl == before.ctrl);
}

// The emulator ignores most of these fields, so they are read back.
static void fields_are_right_7(void)
{
    reel_mpu7 mpu;
    unsigned char *const space = (unsigned char *)design_memory();
    EXPECT(reel_mpu7_init(&mpu, space, 4096, 3, 2) == REEL_OK);
    EXPECT(mpu.pages.commit(&mpu, space, 512));
    MPU_RNR = 4; // XN, privileged read and write, TEX 1, C, B; 4096 bytes, on
    EXPECT(MPU_RASR == (0x110B0000u | 0xFEu << 8 | 11u << 1 | 1u));
    EXPECT((MPU_RBAR & ~0x1Fu) == (uintptr_t)space);
    MPU_RNR = 3; // XN, no access
    EXPECT(MPU_RASR == (0x100B0000u | 11u << 1 | 1u));
    mpu.pages.decommit(&mpu, space, 512);
    MPU_RNR = 4; // off, rather than on without a sub-region
    EXPECT(MPU_RASR == 0);
}

// A region that has nothing to cover is off, not on with its ends crossed.
static void empty_is_off_8(const mpu_design *design, const mpu_range *range)
{
    const bool is_overlap = design->kind == REEL_MPU8_OVERLAP;
    EXPECT(design_commit(range, 0, range->size));
    if (!is_overlap) {
        design_decommit(range, range->size, 0);
    }
    for (unsigned i = 0; i < range->regions; i++) {
        MPU_RNR = range->region + i;
        EXPECT(MPU_RLAR == 0);
    }
}

static void fields_are_right_8(const mpu_design *design, const mpu_range *range)
{
    reel_mpu8 mpu;
    void *const space = (void *)range->start;
    const size_t page = design->page_size;
    EXPECT(reel_mpu8_init(&mpu, REEL_MPU8_WINDOW, space, design->size, page,
                          range->region, 5)
           == REEL_OK);
    EXPECT(mpu.pages.commit(&mpu, space, 2 * page));
    MPU_RNR = range->region; // not shareable, privileged read and write, XN
    EXPECT(MPU_RBAR == ((uintptr_t)space | 1u));
    EXPECT(MPU_RLAR == (((uintptr_t)space + 2 * page - 32) | 5u << 1 | 1u));
    EXPECT(reel_mpu8_init(&mpu, REEL_MPU8_WINDOW, space, design->size, page,
                          range->region, 7) // the highest
           == REEL_OK);
}

static void fields_are_right(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    if (design->is_v8) {
        empty_is_off_8(design, &range);
        if (design_is_window(design)) {
            fields_are_right_8(design, &range);
        }
    } else {
        fields_are_right_7();
    }
}

const check refusal_checks[] = {
    CHECK(commit_refuses),       CHECK(decommit_ignores), CHECK(init_refuses),
    CHECK(only_its_own_regions), CHECK(fields_are_right), END_OF_CHECKS,
};
