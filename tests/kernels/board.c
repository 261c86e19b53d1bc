// SPDX-License-Identifier: MIT
// The machine under the checks, on the boards that are no Cortex-M.

#include "board.h"
#include "machine.h"
#include "rig.h"
#include "semihost.h"

int main(void);

#define EXIT_FAULT 99
#define CORES      2
#define TICK_EVERY UINT64_C(200000000) // ps

const size_t test_scale = 1;

void test_write(const char *text)
{
    semihost_write(text);
}

reel_allocator test_malloc(void)
{
    return reel_allocator_null();
}

void test_interrupt(void (*handler)(void))
{
    machine_interrupt(handler);
}

// ---- probes -----------------------------------------------------------------

static volatile bool probing[CORES];
static volatile size_t refusals[CORES];
static volatile uintptr_t refused_at[CORES];

uintptr_t machine_refused(uintptr_t address, uintptr_t pc)
{
    const unsigned core = machine_core();
    if (!probing[core]) {
        board_report(address);
        semihost_write("Bail out! a fault outside the probes\n");
        semihost_exit(EXIT_FAULT);
    }
    refusals[core]++;
    refused_at[core] = address;
    return machine_after(pc);
}

static void begin(void)
{
    refusals[machine_core()] = 0;
    board_bind_handler(true);
    probing[machine_core()] = true;
}

static size_t end(void)
{
    probing[machine_core()] = false;
    board_bind_handler(false);
    return refusals[machine_core()];
}

static void store(uintptr_t address, unsigned char value)
{
    *(volatile unsigned char *)address = value;
}

static unsigned char load(uintptr_t address)
{
    return *(volatile unsigned char *)address;
}

bool rig_is_open(uintptr_t address)
{
    begin();
    const unsigned char byte = load(address);
    if (refusals[machine_core()] == 0) {
        store(address, byte);
    }
    return end() == 0;
}

bool rig_is_closed(uintptr_t address)
{
    const unsigned core = machine_core();
    begin();
    (void)load(address);
    bool closed = refusals[core] == 1 && refused_at[core] == address;
    store(address, 0);
    closed = closed && refusals[core] == 2 && refused_at[core] == address;
    return end() == 2 && closed;
}

uintptr_t rig_refused_at(void)
{
    return refused_at[machine_core()];
}

// ---- both cores -------------------------------------------------------------

static struct {
    size_t asked, done; // rounds
    void (*work)(unsigned who);
    uintptr_t address;
    bool is_closed;
} other;
static bool has_other, is_started;

static void second(void)
{
    for (size_t round = 1;; round++) {
        while (__atomic_load_n(&other.asked, __ATOMIC_ACQUIRE) < round) {
        }
        other.work(1);
        __atomic_store_n(&other.done, round, __ATOMIC_RELEASE);
    }
}

static void ask_other(void (*work)(unsigned who))
{
    if (!is_started) {
        is_started = true;
        has_other = machine_start_other(second);
        EXPECT(has_other == (rig_workers > 1));
    }
    other.work = work;
    __atomic_store_n(&other.asked, other.asked + 1, __ATOMIC_RELEASE);
}

static void wait_for_other(void)
{
    while (has_other
           && __atomic_load_n(&other.done, __ATOMIC_ACQUIRE) < other.asked) {
    }
}

static void (*volatile on_tick)(void);
static volatile size_t ticks;

static uint64_t tick_ticks(void)
{
    return TICK_EVERY / machine_tick_ps;
}

static void tick(uintptr_t pc)
{
    (void)pc;
    ticks++;
    on_tick();
    machine_fire_after(tick_ticks(), tick);
}

void rig_together(void (*work)(unsigned who), void (*handler)(void))
{
    ticks = 0;
    on_tick = handler;
    if (handler != NULL) {
        machine_fire_after(tick_ticks(), tick);
    }
    ask_other(work);
    work(0);
    wait_for_other();
    while (handler != NULL && ticks == 0) { // one at least
    }
    machine_no_fire();
}

size_t rig_ticks(void)
{
    return ticks;
}

static void look(unsigned who)
{
    (void)who;
    other.is_closed = rig_is_closed(other.address);
}

bool rig_is_closed_elsewhere(uintptr_t address)
{
    other.address = address;
    other.is_closed = true;
    ask_other(look);
    wait_for_other();
    return other.is_closed;
}

int main(void)
{
    char line[100];
    board_start();
    const char *const named = semihost_arguments(line, sizeof line);
    if (named == NULL) {
        test_write("Bail out! the command line is too long\n");
        return 1;
    }
    return test_run_all(named) ? 0 : 1;
}
