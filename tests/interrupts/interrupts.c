// SPDX-License-Identifier: MIT
// Interrupts of shared operations, at every instruction. Prints one TAP result
// for each operation and action, then every address at which an interrupt was
// taken: interrupts.t compares them with the instructions that there are.
//
// After the first interrupt there may be a second one, at every instruction from
// there on: some paths are entered only because of the first. In a long operation these
// are every thirteenth, other ones after each first; with the argument `all` the image tries
// all. With `broken` it tries ends that are wrong.

#include "interrupts.h"

#include "clock/clock.h"
#include "ledger.h"
#include "semihost.h"
#include "tap.h"

int main(void);
void reel_panic(reel_status why, const char *file, int line);
void reel_port_yield(void);
uintptr_t reel_port_thread(void);
void svc_handler(void);

#define MAX_INTERRUPTS 2000u  // of one operation
#define CODE_SIZE      98304u // bytes
#define CODE_BASE      UINT32_C(0xFF000000)
#define WORD_BITS      32u
#define ADDRESS_STEP   2u
#define STRIDE         13u // of second interrupts, a prime, in an operation that is
#define LONG           30u // instructions long
#define LINE           80u
#define MAIN_THREAD    2u

// ---- what was seen ---------------------------------------------------------

static size_t violations, interrupts;
static uint32_t code_base; // where the image begins
static uint32_t seen[CODE_SIZE / ADDRESS_STEP / WORD_BITS]; // a bit an address

void test_write(const char *text)
{
    semihost_write(text);
}

void interrupts_require(bool fact, const char *text, const char *file, int line)
{
    violations += !fact;
    test_expect(fact, text, file, line);
}

void ledger_complain(const char *what)
{
    violations++;
    test_complain(what);
}

size_t interrupts_panics;

void reel_panic(reel_status why, const char *file, int line)
{
    (void)file, (void)line;
    REQUIRE(why == REEL_INVALID || why == REEL_CLOSED || why == REEL_STALE
            || why == REEL_DOUBLE_FREE || why == REEL_FOREIGN
            || why == REEL_BUSY);
    interrupts_panics++;
}

void (*interrupts_yield)(void);

void reel_port_yield(void)
{
    interrupts_yield();
}

// One that is in the gate by a test's word is another.
uintptr_t reel_port_thread(void)
{
    return MAIN_THREAD;
}

static void do_nothing(void)
{
}

const test_action interrupts_no_action[] = {
    { "nothing", do_nothing, NULL },
    { 0 },
};

static void note_address(uint32_t address)
{
    const uint32_t place = (address - code_base) / ADDRESS_STEP;
    REQUIRE(place < CODE_SIZE / ADDRESS_STEP);
    if (place < CODE_SIZE / ADDRESS_STEP) {
        seen[place / WORD_BITS] |= UINT32_C(1) << place % WORD_BITS;
    }
    interrupts++;
}

static void print_addresses(void)
{
    for (uint32_t place = 0; place < CODE_SIZE / ADDRESS_STEP; place++) {
        if ((seen[place / WORD_BITS] >> place % WORD_BITS & 1) != 0) {
            test_note("interrupted at", code_base + place * ADDRESS_STEP);
        }
    }
}

// ---- a handler that can be interrupted --------------------------------------------

#define SHPR2        (*(volatile uint32_t *)0xE000ED1C)
#define SVC_PRIORITY (UINT32_C(0x80) << 24) // below SysTick's

static void (*volatile in_handler)(void);

void svc_handler(void)
{
    in_handler();
}

static void operate(const test_operation *operation)
{
    if (operation->arguments[IN_HANDLER] != 0) {
        in_handler = operation->operate;
        __asm__ volatile("svc 0" ::: "memory");
    } else {
        operation->operate();
    }
}

// ---- one trial -------------------------------------------------------------

const test_operation *under_test;
static const test_action *volatile doing;
static volatile bool under_way;   // the operation has not returned yet
static volatile unsigned in_time; // interrupts until it returned
static volatile uint32_t pause;   // instructions up to the second interrupt

static void take_tick(uint32_t address)
{
    if (under_way) {
        note_address(address);
        in_time++;
    }
}

static void take_second_tick(uint32_t address)
{
    take_tick(address);
    doing->act_again();
}

static void take_first_tick(uint32_t address)
{
    take_tick(address);
    doing->act();
    if (pause > 0) {
        clock_fire_after(pause, take_second_tick);
    }
}

// Returns how many interrupts came before the operation returned: the first
// after `count` instructions, the second, if any, after `more` others.
static unsigned try_once(const test_family *family,
                         const test_operation *operation,
                         const test_action *action, uint32_t count,
                         uint32_t more)
{
    under_test = operation;
    family->prepare();
    doing = action;
    pause = more;
    in_time = 0;
    under_way = true;
    clock_fire_after(count, take_first_tick);
    operate(operation);
    under_way = false;
    clock_stop();
    family->check();
    return in_time;
}

// ---- all of them -----------------------------------------------------------

static bool tries_all;
bool interrupts_have_broken_ends;

static void interrupt_once(const test_family *family,
                           const test_operation *operation,
                           const test_action *action)
{
    uint32_t count = 1;
    while (count < MAX_INTERRUPTS
           && try_once(family, operation, action, count, 0) == 1) {
        count++;
    }
    REQUIRE(count < MAX_INTERRUPTS);
}

// Returns the instructions after which the second interrupt came too late.
static uint32_t interrupt_again(const test_family *family,
                                const test_operation *operation,
                                const test_action *action, uint32_t count,
                                uint32_t first, uint32_t stride)
{
    uint32_t more = first;
    while (count + more < MAX_INTERRUPTS
           && try_once(family, operation, action, count, more) == 2) {
        more += stride;
    }
    REQUIRE(count + more < MAX_INTERRUPTS);
    return more;
}

static void interrupt_twice(const test_family *family,
                            const test_operation *operation,
                            const test_action *action)
{
    uint32_t count = 1, first = 1;
    uint32_t more = interrupt_again(family, operation, action, 1, 1, 1);
    const uint32_t stride = more > LONG && !tries_all ? STRIDE : 1;
    while (count < MAX_INTERRUPTS && (more > first || first > 1)) {
        first = 1 + count++ % stride;
        more = interrupt_again(family, operation, action, count, first, stride);
    }
}

static void interrupt_all(const test_family *family)
{
    const test_operation *operation = family->operations;
    for (; operation->name != NULL; operation++) {
        const test_action *action = family->actions;
        for (; action->name != NULL; action++) {
            if (action->act_again == NULL) {
                interrupt_once(family, operation, action);
            } else {
                interrupt_twice(family, operation, action);
            }
            tap_result(operation->name, action->name);
        }
    }
}

static void interrupt_families(const test_family *families)
{
    for (; families->operations != NULL; families++) {
        interrupt_all(families);
    }
}

static void read_arguments(void)
{
    char line[LINE];
    const char *const arguments = semihost_arguments(line, sizeof line);
    const char first = arguments != NULL ? arguments[0] : '\0';
    tries_all = first == 'a';
    interrupts_have_broken_ends = first == 'b';
}

int main(void)
{
    read_arguments();
    code_base = (uint32_t)(uintptr_t)main & CODE_BASE;
    clock_start();
    SHPR2 = SVC_PRIORITY;
    interrupt_families(lifetimes_families);
    if (!interrupts_have_broken_ends) {
        interrupt_families(blocks_families);
        interrupt_families(stacks_families);
        interrupt_families(rewindables_families);
        interrupt_families(spans_families);
        interrupt_families(pools_families);
        interrupt_families(regions_families);
        interrupt_families(objects_families);
        interrupt_families(heap_families);
        print_addresses();
    }
    test_note("interrupts", interrupts);
    test_note("violations", violations);
    return tap_end() ? 0 : 1;
}
