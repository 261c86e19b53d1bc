// SPDX-License-Identifier: MIT
// port/cortex-m/mpu8.c: the registers of an Armv8-M MPU, for each byte of the range.

#include "proof.h"

// What a region's registers have: those of the first and of the second.
static uint32_t first_base, first_limit, second_base, second_limit;
static uint32_t first_region;

void cut_write_region(uint32_t region, uint32_t base, uint32_t rest)
{
    if (region == first_region) {
        first_base = base, first_limit = rest;
    } else {
        second_base = base, second_limit = rest;
    }
}

void cut_disable_region(uint32_t region)
{
    if (region == first_region) {
        first_limit = 0;
    } else {
        second_limit = 0;
    }
}

void cut_synchronise(void)
{
}

#include "where/move_window"

// As the architecture says: the last 5 bits of a base are 0, and those of a limit 1.
static bool covers(uint32_t base, uint32_t limit, uintptr_t address)
{
    return (limit & 1) != 0 && address >= (base & ~UINT32_C(31))
           && address <= (limit | UINT32_C(31));
}

// Where two regions overlap every access traps. Under a window one that no region covers.
static bool is_open(const reel_mpu8 *mpu, uintptr_t address)
{
    const bool is_first = covers(first_base, first_limit, address);
    const bool is_second = covers(second_base, second_limit, address);
    return mpu->design == REEL_MPU8_OVERLAP ? !(is_first && is_second)
                                            : is_first;
}

#define ANY_MPU(mpu)                                                           \
    reel_mpu8 mpu;                                                             \
    mpu.pages.page_size = any_word();                                          \
    mpu.base = any_word(), mpu.size = any_word();                              \
    mpu.frontier = any_word(), mpu.region = any_word() & 0x7F;                 \
    mpu.attribute = any_word() & MAX_ATTRIBUTE;                                \
    mpu.design = (any_word() & 1) != 0 ? REEL_MPU8_OVERLAP : REEL_MPU8_WINDOW; \
    first_region = mpu.region;                                                 \
    first_base = any_word(), second_base = any_word();                         \
    first_limit = any_word(), second_limit = any_word();

static bool is_sound(const reel_mpu8 *mpu)
{
    return is_coverable(mpu->base, mpu->size, mpu->pages.page_size)
           && mpu->frontier <= mpu->size
           && (mpu->frontier & (mpu->pages.page_size - 1)) == 0;
}

PROOF(a_byte_is_open_if_and_only_if_it_is_below_the_frontier, 0)
{
    const uintptr_t address = any_word();
    const size_t to = any_word();
    ANY_MPU(mpu);
    ASSUME(is_sound(&mpu));
    ASSUME(to <= mpu.size && (to & (mpu.pages.page_size - 1)) == 0);
    ASSUME(address >= mpu.base && address - mpu.base < mpu.size);
    move_frontier(&mpu, to);
    ASSERT(is_open(&mpu, address) == (address - mpu.base < to));
    ASSERT(mpu.frontier == to);
    COVER(is_open(&mpu, address) && mpu.design == REEL_MPU8_OVERLAP);
    COVER(is_open(&mpu, address) && mpu.design == REEL_MPU8_WINDOW);
    COVER(!is_open(&mpu, address) && to > 0);
    COVER(mpu.base + mpu.size == 0);
}

// Are the registers what the frontier needs? Those of the first region tell.
static bool are_of_frontier(reel_mpu8 *mpu)
{
    const uint32_t base = first_base, limit = first_limit;
    const uint32_t other_limit = second_limit;
    move_frontier(mpu, mpu->frontier);
    return first_limit == limit && (limit == 0 || first_base == base)
           && (mpu->design == REEL_MPU8_WINDOW || second_limit == other_limit);
}

PROOF(a_commit_opens_what_it_says_and_a_refusal_changes_nothing, 0)
{
    const uintptr_t start = any_word();
    const size_t size = any_word();
    ANY_MPU(mpu);
    const uint32_t base = first_base, limit = first_limit;
    const size_t frontier = mpu.frontier;
    const size_t page_mask = mpu.pages.page_size - 1;
    ASSUME(is_sound(&mpu));
    const bool is_at = start - mpu.base == frontier;
    const size_t offset = start - mpu.base;
    const bool is_good = size > 0 && (size & page_mask) == 0
                         && (offset == 0 || is_at) && size <= mpu.size - offset;
    const bool is_done = commit(&mpu, (void *)start, size);
    ASSERT(is_done == is_good);
    ASSERT(mpu.frontier == (is_done ? offset + size : frontier));
    ASSERT(is_done || (first_base == base && first_limit == limit));
    ASSERT(is_sound(&mpu));
    ASSERT(!is_done || are_of_frontier(&mpu));
    COVER(is_done && is_at && frontier > 0);
    COVER(is_done && !is_at);
    COVER(!is_done);
}

PROOF(a_decommit_closes_what_it_says_or_changes_nothing, 0)
{
    const uintptr_t start = any_word();
    const size_t size = any_word();
    ANY_MPU(mpu);
    const size_t frontier = mpu.frontier;
    ASSUME(is_sound(&mpu));
    const bool is_good = size > 0 && size <= frontier
                         && (size & (mpu.pages.page_size - 1)) == 0
                         && start - mpu.base == frontier - size;
    decommit(&mpu, (void *)start, size);
    ASSERT(mpu.frontier == (is_good ? frontier - size : frontier));
    ASSERT(is_sound(&mpu));
    ASSERT(!is_good || are_of_frontier(&mpu));
    COVER(is_good && mpu.frontier > 0);
    COVER(!is_good);
}
