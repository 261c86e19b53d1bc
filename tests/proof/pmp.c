// SPDX-License-Identifier: MIT
// port/riscv/pmp.c: the address registers of a RISC-V PMP, for each byte of the range.

#include "proof.h"

// Registers of the three entries: the range's start, the frontier and the range's end.
static uintptr_t registers[3];
static unsigned first_entry;

bool reel_port_in_interrupt(void)
{
    return (any_word() & 1) != 0;
}

void cut_set_address(unsigned entry, uintptr_t value)
{
    if (entry == first_entry) {
        registers[0] = value;
    } else if (entry == first_entry + 1) {
        registers[1] = value;
    } else {
        registers[2] = value;
    }
}

// What an entry has, and the address of the one before it.
static unsigned tried_entry, tried_config;
static uintptr_t tried_address, address_before;

uintptr_t cut_address_of(unsigned entry)
{
    ASSERT(entry == tried_entry || entry + 1 == tried_entry);
    return entry == tried_entry ? tried_address : address_before;
}

unsigned cut_config_of(unsigned entry)
{
    ASSERT(entry == tried_entry);
    return tried_config;
}

void cut_fence(bool must_fence)
{
    (void)must_fence;
}

#include "where/reel_pmp_init"

// TOR: from the address in the entry before to the one in its own, in units of 4 bytes.
static bool matches(unsigned i, uintptr_t address)
{
    return address / 4 >= registers[i - 1] && address / 4 < registers[i];
}

// The first entry that matches decides: the middle one lets in, the last one does not.
static bool is_open(uintptr_t address)
{
    return matches(1, address);
}

static bool is_closed(uintptr_t address)
{
    return !matches(1, address) && matches(2, address);
}

#define ANY_PMP(pmp)                                                 \
    reel_pmp pmp;                                                    \
    pmp.pages.page_size = (uintptr_t)1                               \
                          << any_case(2, 8 * sizeof(uintptr_t) - 1); \
    pmp.base = any_word(), pmp.size = any_word();                    \
    pmp.frontier = any_word(), pmp.entry = any_word() & 0x0F;        \
    pmp.must_fence = (any_word() & 1) != 0;                          \
    first_entry = pmp.entry;                                         \
    registers[0] = pmp.base / GRANULE;                               \
    registers[1] = any_word(), registers[2] = any_word();

static bool is_sound(const reel_pmp *pmp)
{
    return is_coverable(pmp->base, pmp->size, pmp->pages.page_size)
           && pmp->frontier <= pmp->size
           && (pmp->frontier & (pmp->pages.page_size - 1)) == 0;
}

PROOF(a_byte_is_open_if_and_only_if_it_is_below_the_frontier, 0)
{
    const uintptr_t address = any_word();
    const size_t to = any_word();
    ANY_PMP(pmp);
    ASSUME(is_sound(&pmp));
    ASSUME(to <= pmp.size && (to & (pmp.pages.page_size - 1)) == 0);
    move_frontier(&pmp, to);
    const bool is_inside = address >= pmp.base && address - pmp.base < pmp.size;
    ASSERT(is_open(address) == (is_inside && address - pmp.base < to));
    ASSERT(is_closed(address) == (is_inside && address - pmp.base >= to));
    ASSERT(pmp.frontier == to);
    COVER(is_open(address));
    COVER(is_closed(address) && to > 0);
}

PROOF(a_commit_opens_what_it_says_and_a_refusal_changes_nothing, 0)
{
    const uintptr_t address = any_word();
    const uintptr_t start = any_word();
    const size_t size = any_word();
    ANY_PMP(pmp);
    const size_t frontier = pmp.frontier;
    ASSUME(is_sound(&pmp));
    move_frontier(&pmp, frontier);
    const bool is_good = size > 0 && (size & (pmp.pages.page_size - 1)) == 0
                         && start - pmp.base == frontier
                         && size <= pmp.size - frontier;
    const bool is_done = commit(&pmp, (void *)start, size);
    ASSERT(!is_done || is_good);
    ASSERT(pmp.frontier == (is_done ? frontier + size : frontier));
    ASSERT(is_open(address)
           == (address >= pmp.base && address - pmp.base < pmp.frontier));
    ASSERT(is_sound(&pmp));
    COVER(is_done && frontier > 0);
    COVER(is_good && !is_done);
}

PROOF(a_decommit_closes_what_it_says_or_changes_nothing, 0)
{
    const uintptr_t address = any_word();
    const uintptr_t start = any_word();
    const size_t size = any_word();
    ANY_PMP(pmp);
    const size_t frontier = pmp.frontier;
    ASSUME(is_sound(&pmp));
    move_frontier(&pmp, frontier);
    decommit(&pmp, (void *)start, size);
    const bool is_done = pmp.frontier != frontier;
    ASSERT(!is_done || (pmp.frontier == frontier - size && size <= frontier));
    ASSERT(!is_done || start == pmp.base + pmp.frontier);
    ASSERT(is_open(address)
           == (address >= pmp.base && address - pmp.base < pmp.frontier));
    ASSERT(is_sound(&pmp));
    COVER(is_done && pmp.frontier > 0);
    COVER(!is_done && size > 0);
}

// ---- which entries are in the way --------------------------------------------------
//
// In units of address registers. RISC-V's privileged architecture says what matches: TOR
// from the address before up to its own, NA4 one unit, NAPOT all that differ from it in
// the ones at its end and the zero above them.

static bool is_matched(unsigned mode, uintptr_t low, uintptr_t address,
                       uintptr_t unit)
{
    const uintptr_t ones = mode == NAPOT ? address ^ (address + 1) : 0;
    return mode == TOR ? low <= unit && unit < address
                       : mode != 0 && (unit | ones) == (address | ones);
}

PROOF(an_entry_lies_over_a_range_if_and_only_if_it_matches_a_unit_of_it, 0)
{
    const uintptr_t first = any_word();
    const uintptr_t end = any_word();
    const uintptr_t unit = any_word();
    tried_entry = any_word() & 0x0F, tried_config = any_word() & 0xFF;
    tried_address = any_word(), address_before = any_word();
    ASSUME(first < end);
    const unsigned mode = tried_config & MODE;
    const uintptr_t address = tried_address;
    const uintptr_t low = tried_entry == 0 ? 0 : address_before;
    const uintptr_t start = mode == TOR     ? low
                            : mode == NAPOT ? address & (address + 1)
                                            : address;
    const uintptr_t highest = start > first ? start : first;
    const bool lies = lies_over(tried_entry, first, end);
    ASSERT(lies || unit < first || unit >= end
           || !is_matched(mode, low, address, unit));
    ASSERT(!lies || (highest < end && is_matched(mode, low, address, highest)));
    COVER(lies && mode == TOR && first > low);
    COVER(lies && mode == NAPOT && start > first);
    COVER(!lies && mode == NA4);
}
