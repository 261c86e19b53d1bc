// SPDX-License-Identifier: MIT
// One hart in M-mode: the CLINT has its timer and the interrupt of its own
// making.

#include "machine.h"

#include "riscv/fault.h"
#include "semihost.h"

uintptr_t machine_trap(uintptr_t cause, uintptr_t value, uintptr_t pc);

#define MSIP      (*(volatile uint32_t *)0x02000000)
#define MTIMECMP  ((volatile uint32_t *)0x02004000)
#define MTIME     ((volatile uint32_t *)0x0200BFF8)
#define IS_TIMER  ((UINTPTR_C(1) << (__riscv_xlen - 1)) | 7)
#define IS_SELF   ((UINTPTR_C(1) << (__riscv_xlen - 1)) | 3)
#define MIE_TIMER (1u << 7)
#define MIE_SELF  (1u << 3)
#define MIE       8u // of mstatus
#define EXIT_TRAP 99

#define UINTPTR_C(n) ((uintptr_t)(n))

static volatile bool in_handler;
static void (*volatile on_self)(void);
static void (*volatile on_timer)(uintptr_t pc);

const uint32_t machine_tick_ps = 100000; // 10 MHz

unsigned machine_core(void)
{
    return 0;
}

bool machine_in_handler(void)
{
    return in_handler;
}

bool machine_start_other(void (*work)(void))
{
    (void)work;
    return false;
}

uintptr_t machine_after(uintptr_t pc)
{
    return pc + ((*(const uint16_t *)pc & 3) == 3 ? 4 : 2);
}

static void enable(uint32_t interrupt)
{
    __asm__ volatile("csrs mie, %0\n\tcsrs mstatus, %1" ::"r"(interrupt),
                     "r"(MIE)
                     : "memory");
}

void machine_interrupt(void (*handler)(void))
{
    enable(MIE_SELF);
    on_self = handler;
    MSIP = 1;
    while (on_self != NULL) {
    }
}

// No moment between these stores is in the past.
void machine_fire_after(uint64_t ticks, void (*handler)(uintptr_t pc))
{
    on_timer = handler;
    MTIMECMP[1] = UINT32_MAX;
    const uint64_t now = (uint64_t)MTIME[1] << 32 | MTIME[0];
    const uint64_t then = now + ticks;
    MTIMECMP[0] = (uint32_t)then;
    __asm__ volatile("csrs mie, %0\n\tcsrs mstatus, %1" ::"r"(MIE_TIMER),
                     "r"(MIE)
                     : "memory");
    MTIMECMP[1] = (uint32_t)(then >> 32);
}

void machine_no_fire(void)
{
    MTIMECMP[1] = UINT32_MAX;
    on_timer = NULL;
}

uint64_t machine_instructions(void)
{
    uint32_t low, high, again;
    do {
        __asm__ volatile("csrr %0, minstreth" : "=r"(high));
        __asm__ volatile("csrr %0, minstret" : "=r"(low));
        __asm__ volatile("csrr %0, minstreth" : "=r"(again));
    } while (high != again);
    const uint64_t count = (uint64_t)high << 32 | low;
    return count / MACHINE_ICOUNT_NS; // QEMU 7.2 counts nanoseconds
}

static void take_self(void)
{
    void (*const handler)(void) = on_self;
    MSIP = 0;
    if (handler != NULL) {
        handler();
        on_self = NULL;
    }
}

static void take_tick(uintptr_t pc)
{
    void (*const handler)(uintptr_t) = on_timer;
    machine_no_fire();
    if (handler != NULL) {
        handler(pc);
    }
}

uintptr_t machine_trap(uintptr_t cause, uintptr_t value, uintptr_t pc)
{
    if (reel_riscv_is_refusal(cause)) {
        return machine_refused(value, pc);
    }
    in_handler = true;
    if (cause == IS_TIMER) {
        take_tick(pc);
    } else if (cause == IS_SELF) {
        take_self();
    } else {
        semihost_write("Bail out! an unexpected trap\n");
        semihost_exit(EXIT_TRAP);
    }
    in_handler = false;
    return pc;
}
