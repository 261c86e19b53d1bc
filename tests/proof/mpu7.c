// SPDX-License-Identifier: MIT
// port/cortex-m/mpu7.c: the registers of an Armv7-M MPU, for each byte of the range and
// after each store to them.

#include "proof.h"

#include "bits.h"

// What the three regions' registers have. What they have no fields for is not kept.
static uint32_t base_0, rest_0, base_1, rest_1, base_2, rest_2;
static uint32_t first_region;

// One byte of the range, and what each store must leave so: whether it is open.
static uintptr_t watched;
static bool must_be_open, must_be_closed, was_right;

// As the architecture says: the highest region that has the byte in a part that is not
// disabled decides. AP of 1 lets privileged code in, and 0 nobody.
static bool matches(uint32_t base, uint32_t rest, uintptr_t address)
{
    const uint32_t size_log2 = (rest >> 1 & 31u) + 1;
    const uint32_t offset = address - base;
    const bool is_inside = size_log2 == 32 || offset >> (size_log2 & 31u) == 0;
    const uint32_t part = offset >> ((size_log2 - 3) & 31u) & 7u;
    return ((rest & 1) != 0) & is_inside & ((rest >> 8 >> part & 1) == 0);
}

static bool lets_in(uint32_t rest)
{
    return (rest >> 24 & 7u) == 1;
}

static bool is_open(uintptr_t address)
{
    return matches(base_2, rest_2, address)   ? lets_in(rest_2)
           : matches(base_1, rest_1, address) ? lets_in(rest_1)
           : matches(base_0, rest_0, address) ? lets_in(rest_0)
                                              : true;
}

static void look(void)
{
    const bool is = is_open(watched);
    was_right &= (is | !must_be_open) & (!is | !must_be_closed);
}

// A base that is no multiple of the size is not defined, nor a region that moves while it
// is on, nor a size that has no eighths.
static void write_any(uint32_t region, uint32_t base, uint32_t rest)
{
    const uint32_t log2 = (rest >> 1 & 31u) + 1;
    const uint32_t mask = (UINT32_C(2) << (log2 - 1)) - 1;
    const bool is_1 = region == first_region + 1;
    const bool is_2 = region == first_region + 2;
    const uint32_t old_base = is_2 ? base_2 : is_1 ? base_1 : base_0;
    const uint32_t old_rest = is_2 ? rest_2 : is_1 ? rest_1 : rest_0;
    const bool is_on = (rest & 1) != 0;
    was_right &= !is_on | (((base & mask) == 0) & (log2 >= 5));
    was_right &= !is_on | (log2 >= 8) | ((rest >> 8 & 0xFFu) == 0);
    was_right &= !is_on | ((old_rest & 1) == 0) | (old_base == base);
    was_right &= is_1 | is_2 | (region == first_region);
    base_0 = is_1 | is_2 ? base_0 : base, rest_0 = is_1 | is_2 ? rest_0 : rest;
    base_1 = is_1 ? base : base_1, rest_1 = is_1 ? rest : rest_1;
    base_2 = is_2 ? base : base_2, rest_2 = is_2 ? rest : rest_2;
    look();
}

void cut_set_region(uint32_t region, uintptr_t base, uint32_t rest)
{
    write_any(region, base, rest);
}

// The base stays; of a region that is off it says nothing.
void cut_disable_region(uint32_t region)
{
    write_any(region, 0, 0);
}

void cut_synchronise(void)
{
}

#include "where/open_eighths"

// Any range that has regions, two or three of them, of the case's size. What no region has
// taken is open, as to the rest of the application.
#define ANY_MPU(mpu)                                                 \
    reel_mpu7 mpu;                                                   \
    const unsigned log2 = any_case(8, 31);                           \
    const uintptr_t base = any_word();                               \
    const unsigned regions = (any_word() & 1) != 0 ? 3 : 2;          \
    first_region = any_word() & 0x7F;                                \
    watched = any_word();                                            \
    must_be_open = must_be_closed = false, was_right = true;         \
    base_0 = any_word(), base_1 = any_word(), base_2 = any_word();   \
    rest_0 = rest_1 = rest_2 = 0;                                    \
    ASSUME(regions == 2 || log2 >= 11);                              \
    ASSUME(base != 0 && (base & (((uintptr_t)1 << log2) - 1)) == 0); \
    ASSUME(watched - base < (uintptr_t)1 << log2);                   \
    fill_in(&mpu, base, log2, first_region, regions)

// Pages of the range.
static bool is_frontier(const reel_mpu7 *mpu, size_t frontier)
{
    return frontier <= mpu->size
           && (frontier & (mpu->pages.page_size - 1)) == 0;
}

// Whatever the registers have.
PROOF(all_is_closed_at_first, 3)
{
    const uint32_t old_0 = any_word(), old_1 = any_word(), old_2 = any_word();
    ANY_MPU(mpu);
    rest_0 = old_0, rest_1 = old_1, rest_2 = regions == 3 ? old_2 : 0;
    close_all(&mpu);
    ASSERT(!is_open(watched));
    ASSERT(was_right);
    ASSERT(mpu.frontier == 0 && is_frontier(&mpu, mpu.size));
    ASSERT(mpu.pages.page_size >= 32);
    COVER(regions == 3 && rest_0 != 0);
}

// The registers of a frontier, from those of a range that is closed.
ALWAYS_INLINE void set_frontier(reel_mpu7 *mpu, size_t frontier)
{
    rest_0 = RASR_MEMORY | (uint32_t)(mpu->size_log2 - 1u) << RASR_SIZE;
    base_0 = mpu->base;
    open_eighths(mpu, frontier);
    if (mpu->regions == 3) {
        open_boundary(mpu, frontier);
    }
    mpu->frontier = frontier;
}

PROOF(a_byte_is_open_if_and_only_if_it_is_below_the_frontier, 0)
{
    const size_t frontier = any_word();
    ANY_MPU(mpu);
    ASSUME(is_frontier(&mpu, frontier));
    set_frontier(&mpu, frontier);
    ASSERT(is_open(watched) == (watched - base < frontier));
    ASSERT(was_right);
    COVER(is_open(watched) && regions == 3);
    COVER(!is_open(watched) && frontier > 0);
    COVER(base + mpu.size == 0 && frontier == mpu.size);
}

// From any frontier to any other. What is committed before and after stays open at each
// store, and what is not stays closed. At the end the registers are those of the frontier,
// so the next move begins from there.
PROOF(a_move_opens_and_closes_what_lies_between_and_nothing_else, 0)
{
    const size_t from = any_word();
    const size_t to = any_word();
    ANY_MPU(mpu);
    ASSUME(is_frontier(&mpu, from) && is_frontier(&mpu, to));
    set_frontier(&mpu, from);
    must_be_open = watched - base < min_of(from, to);
    must_be_closed = watched - base >= max_of(from, to);
    move_frontier(&mpu, to);
    ASSERT(mpu.frontier == to);
    ASSERT(was_right);
    const uint32_t all_0 = rest_0, all_1 = rest_1, all_2 = rest_2;
    const uint32_t at_1 = base_1, at_2 = base_2;
    rest_1 = rest_2 = 0;
    set_frontier(&mpu, to);
    ASSERT(rest_0 == all_0 && rest_1 == all_1 && rest_2 == all_2);
    ASSERT(rest_1 == 0 || base_1 == at_1);
    ASSERT(rest_2 == 0 || base_2 == at_2);
    COVER(regions == 3 && from < to && rest_2 != 0);
    COVER(regions == 3 && from > to && rest_2 != 0);
    COVER(regions == 2 && from > to);
}

PROOF(a_commit_is_whole_pages_at_the_frontier_or_at_the_start, 0)
{
    const uintptr_t start = any_word();
    const size_t size = any_word();
    const size_t frontier = any_word();
    ANY_MPU(mpu);
    ASSUME(is_frontier(&mpu, frontier));
    mpu.frontier = frontier;
    const size_t offset = start - base;
    const bool is_at = offset == frontier;
    const bool is_good = size > 0 && (offset == 0 || is_at)
                         && (size & (mpu.pages.page_size - 1)) == 0
                         && size <= mpu.size - offset;
    const bool is_done = commit(&mpu, (void *)start, size);
    ASSERT(is_done == is_good);
    ASSERT(mpu.frontier == (is_done ? offset + size : frontier));
    ASSERT(is_frontier(&mpu, mpu.frontier));
    ASSERT(is_done || (rest_0 == 0 && rest_1 == 0 && rest_2 == 0));
    COVER(is_done && is_at && frontier > 0);
    COVER(is_done && !is_at);
    COVER(!is_done);
}

PROOF(a_decommit_is_whole_pages_below_the_frontier, 0)
{
    const uintptr_t start = any_word();
    const size_t size = any_word();
    const size_t frontier = any_word();
    ANY_MPU(mpu);
    ASSUME(is_frontier(&mpu, frontier));
    mpu.frontier = frontier;
    const bool is_good = size > 0 && size <= frontier
                         && (size & (mpu.pages.page_size - 1)) == 0
                         && start - base == frontier - size;
    decommit(&mpu, (void *)start, size);
    ASSERT(mpu.frontier == (is_good ? frontier - size : frontier));
    ASSERT(is_frontier(&mpu, mpu.frontier));
    ASSERT(is_good || (rest_0 == 0 && rest_1 == 0 && rest_2 == 0));
    COVER(is_good && mpu.frontier > 0);
    COVER(!is_good);
}

PROOF(a_range_is_a_region_if_and_only_if_it_is_a_power_of_two_there, 33)
{
    const uintptr_t space = any_word();
    const size_t size = any_word();
    const unsigned smallest = (any_word() & 1) != 0 ? 11 : 8;
    const bool is_good = space != 0 && is_pow2(size) && size >> smallest != 0
                         && (space & (size - 1)) == 0;
    const unsigned log2 = region_log2((void *)space, size, smallest);
    ASSERT((log2 != 0) == is_good);
    ASSERT(!is_good || (uintptr_t)1 << (log2 & 31u) == size);
    ASSERT(!is_good || (log2 >= smallest && log2 <= 31));
    COVER(log2 == 8);
    COVER(!is_good && is_pow2(size));
}
