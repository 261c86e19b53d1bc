// SPDX-License-Identifier: MIT
// An interrupt after every instruction of commit and of decommit: whatever stays
// committed can be used, whatever stays uncommitted faults, and the memory around
// the range is left alone. And the exact cost of a call.

#include "clock/clock.h"
#include "cortex-m/fault.h"
#include "cortex-m/mpu.h"
#include "design.h"
#include "probe.h"
#include "semihost.h"
#include "tap.h"
#include "twin.h"

int main(void);

#define SHPR3 (*(volatile uint32_t *)0xE000ED20)

#define SYSTICK_LOWEST  UINT32_C(0xFF000000) // priority, in SHPR3
#define WORD            4u
#define MAX_INTERRUPTS  400u
#define MAX_ADDRESSES   400u
#define MAX_MASKED      12u // instructions that may hold an interrupt up
#define MAX_TWO_REGIONS 60u // instructions of a commit

// ---- one move of the frontier ----------------------------------------------

typedef struct page_move {
    size_t from, to; // pages
} page_move;

// Within an eighth of 64 pages, onto its edges and off them, across one, across
// many, with more and with fewer pages in the boundary eighth than before; and
// what of it fits into the 8 pages of two regions.
static const page_move moves[] = {
    { 1, 2 },   { 0, 1 },   { 0, 8 },   { 2, 5 },   { 7, 8 },   { 3, 8 },
    { 8, 9 },   { 9, 10 },  { 15, 16 }, { 8, 16 },  { 11, 22 }, { 11, 18 },
    { 11, 17 }, { 16, 41 }, { 60, 64 }, { 56, 64 }, { 3, 64 },  { 0, 64 },
};

#define MOVES (sizeof moves / sizeof moves[0])

static const mpu_range *range;
static const reel_pages *hooks; // the range's, or a broken twin's
static volatile size_t wrong;   // things that should have been otherwise

static void call_hook(size_t from, size_t to)
{
    const size_t page = range->pages->page_size;
    if (to > from) {
        wrong +=
            !hooks->commit(hooks->context, (void *)(range->start + from * page),
                           (to - from) * page);
    } else {
        hooks->decommit(hooks->context, (void *)(range->start + to * page),
                        (from - to) * page);
    }
}

static uint32_t cost(size_t from, size_t to)
{
    const size_t page = range->pages->page_size;
    const uintptr_t start = range->start + (from < to ? from : to) * page;
    const size_t size = (from < to ? to - from : from - to) * page;
    clock_call call = { { (uintptr_t)hooks->context, start, size },
                        from < to ? (uintptr_t)hooks->commit
                                  : (uintptr_t)hooks->decommit,
                        0 };
    return clock_count(&call);
}

// ---- the interrupt ---------------------------------------------------------

static volatile bool under_way;     // the call has not returned yet
static volatile bool fired_in_time; // while the call was under way
static volatile uint32_t fired_at;  // address of the next instruction
static volatile uintptr_t staying;  // bytes committed before and after
static volatile uintptr_t closed;   // bytes committed at most

static void look_around(void)
{
    if (staying > 0) {
        wrong += !probe_is_open(range->start);
        wrong += !probe_is_open(range->start + staying - WORD);
    }
    wrong += !probe_is_open(range->start - WORD);
    wrong += !probe_is_open(range->start + range->size);
    if (closed < range->size) {
        wrong += !probe_is_closed(range->start + closed);
        wrong += !probe_is_closed(range->start + range->size - WORD);
    }
}

// What an RTOS does when it switches threads: select and write a region of its
// own. If the port lost its selection by that, it now writes this one.
static void use_own_region(void)
{
    MPU_RNR = reel_mpu_regions() - 1;
    MPU_RASR = 0;
}

// After the call: is the frontier where it was sent, is the region selected that was
// before, and was the write not lost?
static void look_back(size_t frontier)
{
    if (frontier > 0) {
        wrong += !probe_is_open(range->start + frontier - WORD);
    }
    if (frontier < range->size) {
        wrong += !probe_is_closed(range->start + frontier);
    }
    wrong += MPU_RNR != reel_mpu_regions() - 1;
    wrong += MPU_RASR != 0;
}

static void take_tick(uint32_t address)
{
    fired_in_time = under_way;
    fired_at = address;
    look_around();
    use_own_region();
}

// Is the call interrupted after `count` instructions?
static bool interrupt_call(const page_move *move, uint32_t count)
{
    fired_in_time = false;
    under_way = true;
    use_own_region();
    clock_fire_after(count, take_tick);
    call_hook(move->from, move->to);
    under_way = false;
    clock_stop();
    return fired_in_time;
}

// ---- the tally -------------------------------------------------------------

typedef struct interrupt_tally {
    size_t interrupts;    // taken while a call was under way
    size_t longest_call;  // interrupts of one call: its instructions
    size_t longest_delay; // instructions that an interrupt had to wait for
    size_t least[2];      // instructions: of a commit, of a decommit
    size_t most[2];       // the same
    size_t addresses;
    uint32_t seen[MAX_ADDRESSES];
} interrupt_tally;

static void note_address(interrupt_tally *tally, uint32_t address)
{
    for (size_t i = 0; i < tally->addresses; i++) {
        if (tally->seen[i] == address) {
            return;
        }
    }
    if (tally->addresses < MAX_ADDRESSES) {
        tally->seen[tally->addresses++] = address;
    }
}

static void raise_to(size_t *most, size_t value)
{
    if (*most < value) {
        *most = value;
    }
}

static void note_price(interrupt_tally *tally, size_t way, uint32_t price)
{
    raise_to(&tally->most[way], price);
    if (tally->least[way] == 0 || price < tally->least[way]) {
        tally->least[way] = price;
    }
}

// Returns how many interrupts it took until one came after the call.
static uint32_t interrupt_each(const page_move *move, interrupt_tally *tally)
{
    const size_t frontier = range->pages->page_size * move->to;
    size_t delay = 0;
    uint32_t last = 0, count = 0;
    while (count < MAX_INTERRUPTS && interrupt_call(move, count + 1)) {
        look_back(frontier);
        delay = fired_at == last ? delay + 1 : 0;
        last = fired_at;
        note_address(tally, last);
        raise_to(&tally->longest_delay, delay);
        call_hook(move->to, move->from);
        count++;
    }
    call_hook(move->to, move->from);
    return count;
}

static void interrupt_everywhere(const page_move *move, interrupt_tally *tally)
{
    const size_t page = range->pages->page_size;
    const bool up = move->to > move->from;
    staying = page * (up ? move->from : move->to);
    closed = page * (up ? move->to : move->from);
    const uint32_t count = interrupt_each(move, tally);
    EXPECT(count < MAX_INTERRUPTS);
    const uint32_t price = cost(move->from, move->to);
    EXPECT(count >= price); // no instruction was left out
    note_price(tally, up ? 0 : 1, price);
    raise_to(&tally->longest_call, count);
    tally->interrupts += count;
}

// Each move and its reverse, from where the one before has left the frontier.
static void interrupt_all_moves(interrupt_tally *tally)
{
    const size_t pages = range->size / range->pages->page_size;
    wrong = 0;
    for (size_t i = 0; i < MOVES; i++) {
        const page_move up = moves[i];
        const page_move down = { up.to, up.from };
        if (up.to > pages) {
            continue;
        }
        if (up.from > 0) {
            call_hook(0, up.from);
        }
        interrupt_everywhere(&up, tally);
        interrupt_everywhere(&down, tally);
        call_hook(up.from, 0);
    }
}

// ---- the ports and their broken twins ---------------------------------------

static void print(const interrupt_tally *tally)
{
    test_note("instructions of a commit, at least", tally->least[0]);
    test_note("instructions of a commit, at most", tally->most[0]);
    test_note("instructions of a decommit, at least", tally->least[1]);
    test_note("instructions of a decommit, at most", tally->most[1]);
    test_note("interrupts", tally->interrupts);
    test_note("interrupts of one call, at most", tally->longest_call);
    test_note("addresses interrupted, the caller's included", tally->addresses);
    test_note("instructions that an interrupt waits, at most",
              tally->longest_delay);
}

static void check_port(const mpu_design *design)
{
    static interrupt_tally port;
    port = (interrupt_tally){ 0 };
    hooks = range->pages;
    interrupt_all_moves(&port);
    EXPECT(wrong == 0);
    EXPECT(port.longest_delay <= MAX_MASKED);
    if (!design->is_v8 && design->kind == 2) {
        EXPECT(port.most[0] <= MAX_TWO_REGIONS);
    }
    print(&port);
    tap_result("interrupts after every instruction", design->name);
}

static void check_twin(const mpu_design *design)
{
    static interrupt_tally twin;
    twin = (interrupt_tally){ 0 };
    hooks = twin_of(range);
    interrupt_all_moves(&twin);
    EXPECT(wrong > 0);
    test_note("things found wrong", wrong);
    tap_result("closing before opening is noticed", design->name);
}

void test_write(const char *text)
{
    semihost_write(text);
}

int main(void)
{
    SHPR3 |= SYSTICK_LOWEST; // a fault in the handler is taken, not escalated
    clock_start();
    for (const mpu_design *each = designs; each->name != NULL; each++) {
        if (design_applies(each)) {
            mpu_range one;
            range = &one;
            design_start(each, &one, NULL);
            check_port(each);
            design_start(each, &one, NULL);
            check_twin(each);
        }
    }
    return tap_end() ? 0 : 1;
}
