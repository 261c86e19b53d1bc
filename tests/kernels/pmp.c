// SPDX-License-Identifier: MIT
// PMP: the ranges of the checks, and what only such a port can get wrong.

#include "riscv/pmp.h"

#include "board.h"
#include "machine.h"
#include "rig.h"

#define PAGE          64u
#define SIZE          2048u
#define ENTRY         4u
#define MPP           (3u << 11)
#define MPRV          (1u << 17)
#define LOCKED_NAPOT  0x98u // and no access
#define LOCKED_TOR    0x88u
#define TOR_RWX       0x0Fu
#define NA4_RWX       0x17u
#define NAPOT_RWX     0x1Fu
#define FROM(address) ((address) / 4)

const bool rig_has_neighbours = true;
const unsigned rig_workers = 1;
const size_t rig_rounds = 300;

static _Alignas(4096) unsigned char memory[3 * 4096];
static reel_pmp pmp;
static reel_status enabled;

void board_start(void)
{
    enabled = reel_pmp_enable();
}

void board_be_alone(void)
{
}

bool board_take_many(void)
{
    return false;
}

void board_report(uintptr_t address)
{
    test_note("refused at", address);
}

// MPRV holds in a handler, too, but with MPP at M it changes nothing.
void board_bind_handler(bool bind)
{
    if (machine_in_handler() && bind) {
        __asm__ volatile("csrc mstatus, %0" ::"r"(MPP) : "memory");
    } else if (machine_in_handler()) {
        __asm__ volatile("csrs mstatus, %0" ::"r"(MPP) : "memory");
    }
}

bool reel_port_in_interrupt(void)
{
    return reel_pmp_in_handler();
}

// ---- ranges -----------------------------------------------------------------

void rig_start(rig_range *range)
{
    EXPECT(reel_pmp_init(&pmp, memory + 4096, SIZE, PAGE, ENTRY) == REEL_OK);
    range->pages = &pmp.pages;
    range->start = (uintptr_t)memory + 4096;
    range->size = SIZE;
}

size_t board_committed(void)
{
    return pmp.frontier;
}

size_t rig_frames(void)
{
    return 0;
}

bool rig_leave(size_t frames)
{
    (void)frames;
    return false;
}

// ---- init and enable --------------------------------------------------------

static void enable_binds_this_hart(void)
{
    uintptr_t status;
    __asm__ volatile("csrr %0, mstatus" : "=r"(status));
    EXPECT(enabled == REEL_OK);
    EXPECT((status & MPRV) != 0 && (status & MPP) == 0);
    EXPECT(!reel_pmp_in_handler());
    EXPECT(rig_is_open((uintptr_t)memory)); // the last entry opens the rest
}

// What opens all other memory is the application's, if it is there.
static void enable_leaves_the_last_entry_that_is_in_use(void)
{
    const uintptr_t all_as_well = UINTPTR_MAX >> 1;
    uintptr_t found;
    __asm__ volatile("csrw pmpaddr15, %0" ::"r"(all_as_well) : "memory");
    EXPECT(reel_pmp_enable() == REEL_OK);
    __asm__ volatile("csrr %0, pmpaddr15" : "=r"(found));
    EXPECT(found == all_as_well && rig_is_open((uintptr_t)memory));
}

static volatile bool was_handler;

static void ask(void)
{
    was_handler = reel_pmp_in_handler();
}

static void a_handler_is_told_from_a_thread(void)
{
    was_handler = false;
    test_interrupt(ask);
    EXPECT(was_handler && !reel_pmp_in_handler());
}

static reel_status init(size_t offset, size_t size, size_t page, unsigned entry)
{
    reel_pmp other;
    return reel_pmp_init(&other, memory + offset, size, page, entry);
}

static void init_refuses_what_pmp_cannot_cover(void)
{
    reel_pmp other;
    EXPECT(init(0, 64, 2, 8) == REEL_INVALID);
    EXPECT(init(0, 64, 0, 8) == REEL_INVALID);
    EXPECT(init(0, 96, 48, 8) == REEL_INVALID);
    EXPECT(init(0, 0, 64, 8) == REEL_INVALID);
    EXPECT(init(0, 96, 64, 8) == REEL_INVALID);
    EXPECT(init(32, 64, 64, 8) == REEL_INVALID);
    EXPECT(init(1, 64, 64, 8) == REEL_INVALID);
    EXPECT(init(0, 65, 64, 8) == REEL_INVALID);
    EXPECT(init(0, SIZE_MAX & ~(size_t)63, 64, 8) == REEL_INVALID);
    EXPECT(reel_pmp_init(&other, NULL, 64, 64, 8) == REEL_INVALID);
    EXPECT(reel_pmp_init(NULL, memory, 64, 64, 8) == REEL_INVALID);
    EXPECT(init(0, 64, 64, 13) == REEL_UNSUPPORTED); // the last opens the rest
    EXPECT(init(0, 64, 64, 14) == REEL_UNSUPPORTED);
    EXPECT(init(0, 64, 64, 0u - 1) == REEL_UNSUPPORTED);
    EXPECT(init(0, 64, 64, 0u - 3) == REEL_UNSUPPORTED);
    EXPECT(init(0, 64, 4, 8) == REEL_OK);
}

static void set_first_entry(uintptr_t address, uintptr_t config)
{
    __asm__ volatile("csrc pmpcfg0, %0\n\tcsrw pmpaddr0, %1\n\t"
                     "csrs pmpcfg0, %2" ::"r"(0xFFu),
                     "r"(address), "r"(config)
                     : "memory");
}

static reel_status init_below(uintptr_t address, uintptr_t config)
{
    set_first_entry(address, config);
    const reel_status status = init(4096, SIZE, PAGE, ENTRY);
    set_first_entry(0, 0);
    return status;
}

// An entry of a lower number decides first.
static void init_refuses_to_lie_below_another_entry(void)
{
    const uintptr_t start = (uintptr_t)memory + 4096, end = start + SIZE;
    EXPECT(init_below(FROM(start), NA4_RWX) == REEL_PORT_FAILED);
    EXPECT(init_below(FROM(end - 4), NA4_RWX) == REEL_PORT_FAILED);
    EXPECT(init_below(FROM(end), NA4_RWX) == REEL_OK);
    EXPECT(init_below(FROM(start - 4), NA4_RWX) == REEL_OK);
    EXPECT(init_below(FROM(start) + 1, TOR_RWX) == REEL_PORT_FAILED);
    EXPECT(init_below(FROM(start), TOR_RWX) == REEL_OK);
    EXPECT(init_below(FROM(start) | 255, NAPOT_RWX) == REEL_PORT_FAILED);
    EXPECT(init_below(FROM(end) | 255, NAPOT_RWX) == REEL_OK);
    EXPECT(init_below(FROM(start - 8), NAPOT_RWX) == REEL_OK);
    EXPECT(init_below(UINTPTR_MAX, NAPOT_RWX) == REEL_PORT_FAILED);
    set_first_entry(FROM((uintptr_t)memory), NA4_RWX);
    EXPECT(init(4, 64, 4, ENTRY) == REEL_OK);
    set_first_entry(0, 0);
}

static reel_status init_below_tor(uintptr_t from, uintptr_t to)
{
    __asm__ volatile("csrw pmpaddr0, %0\n\tcsrw pmpaddr1, %1\n\t"
                     "csrs pmpcfg0, %2" ::"r"(FROM(from)),
                     "r"(FROM(to)), "r"(TOR_RWX << 8)
                     : "memory");
    const reel_status status = init(4096, SIZE, PAGE, ENTRY);
    __asm__ volatile("csrc pmpcfg0, %0" ::"r"(0xFF00u) : "memory");
    return status;
}

// An entry that begins above its end covers nothing.
static void init_refuses_to_lie_below_what_an_entry_covers(void)
{
    const uintptr_t start = (uintptr_t)memory + 4096, end = start + SIZE;
    EXPECT(init_below_tor(start + 64, start + 8) == REEL_OK);
    EXPECT(init_below_tor(start + 64, start + 64) == REEL_OK);
    EXPECT(init_below_tor(start, start + 8) == REEL_PORT_FAILED);
    EXPECT(init_below_tor(end - 4, end + 8) == REEL_PORT_FAILED);
    EXPECT(init_below_tor(end, end + 8) == REEL_OK);
}

// Also of those that are on: their addresses are tried out meanwhile.
static void an_init_that_fails_leaves_its_entries_as_they_were(void)
{
    rig_range range;
    rig_start(&range);
    EXPECT(pmp.pages.commit(&pmp, (void *)range.start, PAGE));
    EXPECT(init_below(FROM(range.start), NA4_RWX) == REEL_PORT_FAILED);
    EXPECT(rig_is_open(range.start) && rig_is_open(range.start + PAGE - 1));
    EXPECT(rig_is_closed(range.start + PAGE)
           && rig_is_closed(range.start + SIZE - 1));
    EXPECT(rig_is_open(range.start + SIZE));
}

static void what_its_entries_were_before_is_lost(void)
{
    const uintptr_t start = (uintptr_t)memory + 4096;
    set_first_entry(FROM(start), NA4_RWX);
    EXPECT(init(4096, SIZE, PAGE, 0) == REEL_OK);
    EXPECT(rig_is_closed(start) && rig_is_closed(start + SIZE - 1));
    EXPECT(rig_is_open(start - 1) && rig_is_open(start + SIZE));
    __asm__ volatile("csrc pmpcfg0, %0" ::"r"(0xFFFFFFu) : "memory");
}

// Each of its bytes, and none below it.
static void a_range_decides_before_entries_of_higher_numbers(void)
{
    rig_range range;
    __asm__ volatile("csrc pmpcfg1, %0\n\tcsrw pmpaddr4, zero" ::"r"(0xFFFFFFu)
                     : "memory");
    EXPECT(init(0, 4096 + SIZE, PAGE, 8) == REEL_OK);
    rig_start(&range);
    EXPECT(pmp.pages.commit(&pmp, (void *)range.start, PAGE));
    EXPECT(rig_is_open(range.start) && rig_is_open(range.start + PAGE - 1));
    EXPECT(rig_is_closed(range.start - 1) && rig_is_closed((uintptr_t)memory));
    EXPECT(rig_is_closed(range.start + PAGE));
    __asm__ volatile("csrc pmpcfg2, %0" ::"r"(0xFFFFFFu) : "memory");
}

static void two_ranges_do_not_disturb_each_other(void)
{
    rig_range first;
    reel_pmp second;
    rig_start(&first);
    unsigned char *const next = memory + 4096 + SIZE;
    EXPECT(reel_pmp_init(&second, next, 512, 4, ENTRY + 3) == REEL_OK);
    for (size_t at = 0; at < 512; at += 4) {
        EXPECT(second.pages.commit(&second, next + at, 4));
        EXPECT(rig_is_open((uintptr_t)next + at));
        EXPECT(at == 508 || rig_is_closed((uintptr_t)next + at + 4));
        EXPECT(rig_is_closed(first.start + SIZE - 4));
    }
    EXPECT(pmp.pages.commit(&pmp, memory + 4096, SIZE));
    second.pages.decommit(&second, next, 512);
    EXPECT(rig_is_open(first.start + SIZE - 4));
    EXPECT(rig_is_closed((uintptr_t)next)
           && rig_is_open((uintptr_t)next + 512));
    EXPECT(
        second.pages.commit(&second, next, 512)); // covers nothing from here on
}

static void every_entry_will_do(void)
{
    for (unsigned entry = 0; entry <= 12; entry++) {
        reel_pmp other;
        unsigned char *const at = memory + 8192;
        EXPECT(reel_pmp_init(&other, at, 128, 64, entry) == REEL_OK);
        EXPECT(rig_is_closed((uintptr_t)at)
               && rig_is_closed((uintptr_t)at + 127));
        EXPECT(other.pages.commit(&other, at, 64));
        EXPECT(rig_is_open((uintptr_t)at) && rig_is_closed((uintptr_t)at + 64));
        other.pages.decommit(&other, at, 64);
        EXPECT(rig_is_closed((uintptr_t)at));
        EXPECT(other.pages.commit(&other, at, 128));
    }
}

// The last of all: what is locked stays so until a reset.
static void init_refuses_locked_entries(void)
{
    __asm__ volatile("csrw pmpaddr2, %0\n\tcsrs pmpcfg0, %1" ::"r"(
                         FROM(UINT32_C(0x10000000))),
                     "r"(LOCKED_NAPOT << 16)
                     : "memory");
    for (unsigned entry = 0; entry < 3; entry++) {
        EXPECT(init(0, 64, 64, entry) == REEL_UNSUPPORTED);
    }
    EXPECT(init(0, 64, 64, 3) == REEL_OK);
    // Entry 12 begins at the address of entry 11, which is locked with it. It
    // ends below, so it covers nothing.
    EXPECT(init(8192, 64, 64, 9) == REEL_OK);
    __asm__ volatile("csrc pmpcfg3, %0\n\tcsrw pmpaddr12, %1\n\t"
                     "csrs pmpcfg3, %2" ::"r"(0xFFu),
                     "r"(FROM(4)), "r"(LOCKED_TOR)
                     : "memory");
    for (unsigned entry = 9; entry <= 12; entry++) {
        EXPECT(init(8192, 64, 64, entry) == REEL_UNSUPPORTED);
    }
    EXPECT(init(8192, 64, 64, 8) == REEL_OK);
}

const test_case pmp_tests[] = {
    TEST(enable_binds_this_hart),
    TEST(enable_leaves_the_last_entry_that_is_in_use),
    TEST(a_handler_is_told_from_a_thread),
    TEST(init_refuses_what_pmp_cannot_cover),
    TEST(init_refuses_to_lie_below_another_entry),
    TEST(init_refuses_to_lie_below_what_an_entry_covers),
    TEST(an_init_that_fails_leaves_its_entries_as_they_were),
    TEST(what_its_entries_were_before_is_lost),
    TEST(a_range_decides_before_entries_of_higher_numbers),
    TEST(two_ranges_do_not_disturb_each_other),
    TEST(every_entry_will_do),
    TEST(init_refuses_locked_entries),
    END_OF_TESTS,
};
