// SPDX-License-Identifier: MIT
// Page tables: the ranges of the checks, and what only such a port can get
// wrong.

#include "mmu/mmu.h"

#include "board.h"
#include "machine.h"
#include "rig.h"
#if defined(__riscv)
#include "riscv/sbi.h"
#define FORGET            reel_sbi_forget
#define UNTRANSLATED      1 // bits below the sign
#define ADDRESS_BITS      UINT64_C(0x3FFFFFFFFFFC00)
#define ADDRESS_OF(entry) (((entry)&ADDRESS_BITS) << 2)
#define ENTRY_OF(address) (((uint64_t)(address) >> 2) | PAGE_BITS)
#define TABLE_BITS        UINT64_C(1)    // valid
#define PAGE_BITS         UINT64_C(0xC7) // and read, write, accessed, dirty
#else
#define FORGET            NULL
#define UNTRANSLATED      0
#define ADDRESS_BITS      UINT64_C(0xFFFFFFFFF000)
#define ADDRESS_OF(entry) ((entry)&ADDRESS_BITS)
#define ENTRY_OF(address) ((uint64_t)(address) | PAGE_BITS)
#define TABLE_BITS        UINT64_C(3)
#define PAGE_BITS         UINT64_C(0x60000000000707) // see the Arm manual, D8.3
#endif

#define FRAMES     2048
#define MANY       ((size_t)1000000)
#define BEYOND     ((size_t)128 << 20) // the image, in RAM
#define LEVELS     machine_levels
#define ROOT_REACH ((size_t)1 << (LEVELS == 3 ? 30 : 39))
#define START      (8 * ROOT_REACH) // beyond RAM and devices
#define LARGEST    (4 * ROOT_REACH) // 4 GiB, or 2 TiB

extern unsigned char ld_free_start[];

const bool rig_has_neighbours = false;
const unsigned rig_workers = 2;
const size_t rig_rounds = 300;

static reel_blocks frames;
static reel_mmu_space space;
static reel_mmu mmu;
static void *held[FRAMES]; // so that the port cannot have them
static size_t held_count;

void board_start(void)
{
    EXPECT(reel_blocks_init(&frames, ld_free_start,
                            REEL_BLOCKS_SIZE(REEL_MMU_PAGE, FRAMES),
                            REEL_MMU_PAGE, FRAMES)
           == REEL_OK);
    space.root = machine_root;
    space.levels = LEVELS;
    space.frames = &frames;
    space.forget = FORGET;
}

void board_be_alone(void)
{
    space.forget = NULL;
}

void board_report(uintptr_t address)
{
    test_note("refused at", address);
}

void board_bind_handler(bool bind)
{
    (void)bind;
}

bool reel_port_in_interrupt(void)
{
    return machine_in_handler();
}

static void give_up(void)
{
    if (mmu.frontier > 0) {
        mmu.pages.decommit(&mmu, (void *)mmu.base, mmu.frontier);
    }
}

bool board_take_many(void)
{
    give_up();
    mmu.frontier = 0;
    EXPECT(reel_blocks_init(&frames, (void *)(MACHINE_RAM + BEYOND),
                            REEL_BLOCKS_SIZE(REEL_MMU_PAGE, MANY + FRAMES),
                            REEL_MMU_PAGE, MANY + FRAMES)
           == REEL_OK);
    for (size_t i = 0; i < MANY; i++) {
        (void)reel_blocks_alloc(&frames);
    }
    return reel_blocks_count_used(&frames) == MANY;
}

// ---- ranges -----------------------------------------------------------------

void rig_start(rig_range *range)
{
    give_up();
    EXPECT(reel_mmu_init(&mmu, &space, (void *)START, LARGEST) == REEL_OK);
    range->pages = &mmu.pages;
    range->start = mmu.base;
    range->size = mmu.size;
}

size_t board_committed(void)
{
    return mmu.frontier;
}

size_t rig_frames(void)
{
    const size_t out = reel_blocks_count_used(&frames) - held_count;
    EXPECT(out == reel_mmu_frames(&mmu));
    return out;
}

bool rig_leave(size_t count)
{
    while (held_count > 0) {
        EXPECT(reel_blocks_free(&frames, held[--held_count]) == REEL_OK);
    }
    for (size_t left = reel_blocks_count_free(&frames); left > count; left--) {
        held[held_count++] = reel_blocks_alloc(&frames);
    }
    return true;
}

// ---- init -------------------------------------------------------------------

static reel_status init(uintptr_t start, size_t size)
{
    reel_mmu other;
    return reel_mmu_init(&other, &space, (void *)start, size);
}

static void init_refuses_what_tables_cannot_cover(void)
{
    const size_t half = ROOT_REACH * 512 >> UNTRANSLATED;
    EXPECT(init(0, REEL_MMU_PAGE) == REEL_INVALID);
    EXPECT(init(START, 0) == REEL_INVALID);
    EXPECT(init(START, REEL_MMU_PAGE - 1) == REEL_INVALID);
    EXPECT(init(START, REEL_MMU_PAGE + 1) == REEL_INVALID);
    EXPECT(init(START + REEL_MMU_PAGE, REEL_MMU_PAGE) == REEL_INVALID);
    EXPECT(init(START + ROOT_REACH / 2, REEL_MMU_PAGE) == REEL_INVALID);
    EXPECT(init(START, SIZE_MAX & ~(REEL_MMU_PAGE - 1)) == REEL_INVALID);
    EXPECT(init(half, REEL_MMU_PAGE) == REEL_INVALID); // not canonical
    EXPECT(init(half - ROOT_REACH, ROOT_REACH + REEL_MMU_PAGE) == REEL_INVALID);
    EXPECT(init(half - ROOT_REACH, ROOT_REACH) == REEL_OK);
    EXPECT(init(0 - ROOT_REACH, REEL_MMU_PAGE) != REEL_INVALID);
    EXPECT(reel_mmu_init(NULL, &space, (void *)START, REEL_MMU_PAGE)
           == REEL_INVALID);
}

static void init_refuses_what_is_mapped_already(void)
{
    EXPECT(LEVELS == 4 || init(ROOT_REACH, REEL_MMU_PAGE) == REEL_INVALID);
    rig_range range;
    rig_start(&range);
    EXPECT(range.pages->commit(&mmu, (void *)range.start, REEL_MMU_PAGE));
    EXPECT(init(START, REEL_MMU_PAGE) == REEL_INVALID);
    EXPECT(init(START - ROOT_REACH, 2 * ROOT_REACH) == REEL_INVALID);
    EXPECT(init(START + ROOT_REACH, REEL_MMU_PAGE) == REEL_OK);
    EXPECT(rig_is_open(range.start));
}

static void init_refuses_another_space(void)
{
    const reel_mmu_space good = space;
    give_up();
    space.levels = 7 - LEVELS; // the other one
    EXPECT(init((uintptr_t)1 << (LEVELS == 3 ? 45 : 36), REEL_MMU_PAGE)
           == REEL_PORT_FAILED);
    space.levels = 2;
    EXPECT(init(START, REEL_MMU_PAGE) == REEL_INVALID);
    space.levels = 5;
    EXPECT(init(START, REEL_MMU_PAGE) == REEL_INVALID);
    space = good;
    space.root = NULL;
    EXPECT(init(START, REEL_MMU_PAGE) == REEL_INVALID);
    space.root = machine_root + 1;
    EXPECT(init(START, REEL_MMU_PAGE) == REEL_INVALID);
    space.root = (uint64_t *)((uintptr_t)machine_root + 1);
    EXPECT(init(START, REEL_MMU_PAGE) == REEL_INVALID);
    static _Alignas(REEL_MMU_PAGE) uint64_t empty[512];
    space.root = empty; // where address 0 leads nowhere, either
    EXPECT(init(0, REEL_MMU_PAGE) == REEL_INVALID);
    space = good;
    reel_blocks halves;
    EXPECT(reel_blocks_init(&halves, ld_free_start, 8192 + 64, 2048, 4)
           == REEL_OK);
    space.frames = &halves;
    EXPECT(init(START, REEL_MMU_PAGE) == REEL_INVALID);
    space = good;
    EXPECT(reel_mmu_init(&mmu, NULL, (void *)START, REEL_MMU_PAGE)
           == REEL_INVALID);
}

#if defined(__riscv)

// What the checks above would see if harts were not told.
static void without_a_fence_the_other_hart_goes_on(void)
{
    rig_range range;
    space.forget = NULL;
    rig_start(&range);
    EXPECT(range.pages->commit(&mmu, (void *)range.start, REEL_MMU_PAGE));
    EXPECT(!rig_is_closed_elsewhere(range.start));
    give_up();
    EXPECT(rig_is_closed(range.start));
    EXPECT(!rig_is_closed_elsewhere(range.start));
    space.forget = FORGET;
    FORGET(range.start, REEL_MMU_PAGE);
    EXPECT(rig_is_closed_elsewhere(range.start));
}

static bool was_closed, had_table;

static void look_and_forget(uintptr_t start, size_t size)
{
    was_closed = rig_is_closed(start);
    had_table = (machine_root[start / ROOT_REACH] & TABLE_BITS) == TABLE_BITS;
    FORGET(start, size);
}

// From then on no hart may find the frame, which goes to someone else.
static void an_entry_is_hidden_before_harts_forget_it(void)
{
    rig_range range;
    space.forget = look_and_forget;
    rig_start(&range);
    was_closed = true;
    EXPECT(range.pages->commit(&mmu, (void *)range.start, REEL_MMU_PAGE));
    EXPECT(!was_closed && had_table);
    give_up();
    EXPECT(was_closed && !had_table);
    space.forget = FORGET;
}

#endif

// Whatever was in their frames before: here, that every entry is of a page.
static void new_tables_lead_only_to_what_is_committed(void)
{
    rig_range range;
    rig_start(&range);
    EXPECT(rig_leave(0));
    for (size_t i = 0; i < held_count; i++) {
        uint64_t *const entries = held[i];
        for (size_t at = 0; at < REEL_MMU_PAGE / sizeof *entries; at++) {
            entries[at] = ENTRY_OF(MACHINE_RAM + BEYOND);
        }
    }
    EXPECT(rig_leave(RIG_ALL));
    EXPECT(range.pages->commit(&mmu, (void *)range.start, REEL_MMU_PAGE));
    EXPECT(rig_is_closed(range.start + REEL_MMU_PAGE));
    EXPECT(rig_is_closed(range.start + 511 * REEL_MMU_PAGE));
    EXPECT(rig_is_closed(range.start + 512 * REEL_MMU_PAGE));
}

// An emulator would not notice these: no page is executable, U-mode and EL0 have no access,
// and memory is cached like all other.
static void entries_are_right(void)
{
    uint64_t *table = machine_root;
    rig_range range;
    rig_start(&range);
    EXPECT(range.pages->commit(&mmu, (void *)range.start, REEL_MMU_PAGE));
    for (unsigned level = LEVELS - 1; level > 0; level--) {
        const uint64_t entry = table[level == LEVELS - 1 ? 8 : 0];
        EXPECT((entry & ~ADDRESS_BITS) == TABLE_BITS);
        table = (uint64_t *)(uintptr_t)ADDRESS_OF(entry);
    }
    EXPECT((table[0] & ~ADDRESS_BITS) == PAGE_BITS);
}

// A frame that was given back belongs to the next one at once.
static void a_frame_is_of_one_range_only(void)
{
    rig_range range;
    reel_mmu second;
    rig_start(&range);
    EXPECT(reel_mmu_init(&second, &space, (void *)(START + LARGEST), LARGEST)
           == REEL_OK);
    void *const low = (void *)range.start, *const high = (void *)second.base;
    for (unsigned i = 1; i < 200; i++) {
        const size_t size = REEL_MMU_PAGE * (1 + i % 7);
        EXPECT(mmu.pages.commit(&mmu, low, size));
        EXPECT(second.pages.commit(&second, high, size));
        *(volatile unsigned *)low = i;
        *(volatile unsigned *)high = ~i;
        EXPECT(*(volatile unsigned *)low == i);
        mmu.pages.decommit(&mmu, low, size);
        EXPECT(*(volatile unsigned *)high == ~i);
        EXPECT(rig_is_closed(range.start));
        second.pages.decommit(&second, high, size);
    }
    EXPECT(reel_blocks_count_used(&frames) == 0);
}

// Tables go back when nothing lies above the frontier in them.
static void tables_come_and_go_with_their_pages(void)
{
    rig_range range;
    rig_start(&range);
    const size_t pages = 512;
    EXPECT(mmu.pages.commit(&mmu, (void *)range.start, pages * REEL_MMU_PAGE));
    EXPECT(rig_frames() == pages + LEVELS - 1);
    const uintptr_t next = range.start + pages * REEL_MMU_PAGE;
    EXPECT(mmu.pages.commit(&mmu, (void *)next, REEL_MMU_PAGE));
    EXPECT(rig_frames() == pages + 1 + LEVELS);
    mmu.pages.decommit(&mmu, (void *)next, REEL_MMU_PAGE);
    EXPECT(rig_frames() == pages + LEVELS - 1);
    give_up();
    EXPECT(rig_frames() == 0);
}

const test_case mmu_tests[] = {
    TEST(init_refuses_what_tables_cannot_cover),
    TEST(init_refuses_what_is_mapped_already),
    TEST(init_refuses_another_space),
#if defined(__riscv)
    TEST(without_a_fence_the_other_hart_goes_on),
    TEST(an_entry_is_hidden_before_harts_forget_it),
#endif
    TEST(new_tables_lead_only_to_what_is_committed),
    TEST(entries_are_right),
    TEST(a_frame_is_of_one_range_only),
    TEST(tables_come_and_go_with_their_pages),
    END_OF_TESTS,
};
