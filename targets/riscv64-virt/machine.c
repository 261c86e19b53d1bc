// SPDX-License-Identifier: MIT
// Two harts in S-mode: the firmware (OpenSBI) starts the second one, and each
// has a timer of its own by Sstc.

#include "machine.h"

#include "riscv/fault.h"
#include "semihost.h"

uintptr_t machine_trap(uintptr_t cause, uintptr_t value, uintptr_t pc);
void machine_map(void);
void machine_run_second(void);
void _start(void);

#ifndef MACHINE_LEVELS
#define MACHINE_LEVELS 3
#endif

#define CORES     2
#define INTERRUPT (UINT64_C(1) << 63)
#define IS_SELF   (INTERRUPT | 1)
#define IS_TIMER  (INTERRUPT | 5)
#define SIE_SELF  (1u << 1)
#define SIE_TIMER (1u << 5)
#define SIE       2u // of sstatus
#define NEVER     UINT64_MAX
#define SBI_HSM   0x48534Du
#define EXIT_TRAP 99
#define LEAF      UINT64_C(0xCF) // valid, read, write, execute, accessed, dirty
#define GIB       (UINT64_C(1) << 30)
#define SATP_SV39 8u

uintptr_t machine_first_hart;
_Alignas(4096) uint64_t machine_root[512];
const unsigned machine_levels = MACHINE_LEVELS;
const uint32_t machine_tick_ps = 100000; // 10 MHz

static volatile bool in_handler[CORES];
static void (*volatile on_self[CORES])(void);
static void (*volatile on_timer[CORES])(uintptr_t pc);
static void (*second_work)(void);

unsigned machine_core(void)
{
    uintptr_t core;
    __asm__ volatile("mv %0, tp" : "=r"(core));
    return (unsigned)core;
}

bool machine_in_handler(void)
{
    return in_handler[machine_core()];
}

// What an entry of the root covers is mapped where it is: up to 8 GiB, or all.
void machine_map(void)
{
    const uint64_t mode = SATP_SV39 + MACHINE_LEVELS - 3;
    const unsigned entries = MACHINE_LEVELS == 3 ? 8 : 1;
    for (unsigned i = 0; i < entries; i++) {
        machine_root[i] = i * GIB >> 2 | LEAF;
    }
    __asm__ volatile("csrw satp, %0\n\tsfence.vma" ::"r"(
                         mode << 60 | (uintptr_t)machine_root >> 12)
                     : "memory");
}

bool machine_start_other(void (*work)(void))
{
    register uintptr_t a0 __asm__("a0") = 1 - machine_first_hart;
    register uintptr_t a1 __asm__("a1") = (uintptr_t)_start;
    register uintptr_t a2 __asm__("a2") = 0;
    register uintptr_t a6 __asm__("a6") = 0; // start
    register uintptr_t a7 __asm__("a7") = SBI_HSM;
    second_work = work;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a6), "r"(a7)
                     : "memory");
    return a0 == 0;
}

void machine_run_second(void)
{
    for (;;) {
        second_work();
    }
}

uintptr_t machine_after(uintptr_t pc)
{
    return pc + ((*(const uint16_t *)pc & 3) == 3 ? 4 : 2);
}

static void enable(uintptr_t interrupt)
{
    __asm__ volatile("csrs sie, %0\n\tcsrs sstatus, %1" ::"r"(interrupt),
                     "r"(SIE)
                     : "memory");
}

void machine_interrupt(void (*handler)(void))
{
    const unsigned core = machine_core();
    enable(SIE_SELF);
    on_self[core] = handler;
    __asm__ volatile("csrs sip, %0" ::"r"(SIE_SELF) : "memory");
    while (on_self[core] != NULL) {
    }
}

static void set_deadline(uint64_t deadline)
{
    __asm__ volatile("csrw 0x14D, %0" ::"r"(deadline) : "memory"); // stimecmp
}

void machine_fire_after(uint64_t ticks, void (*handler)(uintptr_t pc))
{
    uint64_t now;
    on_timer[machine_core()] = handler;
    set_deadline(NEVER);
    enable(SIE_TIMER);
    __asm__ volatile("csrr %0, time" : "=r"(now));
    set_deadline(now + ticks);
}

void machine_no_fire(void)
{
    set_deadline(NEVER);
    on_timer[machine_core()] = NULL;
}

uint64_t machine_instructions(void)
{
    uint64_t count;
    __asm__ volatile("csrr %0, instret" : "=r"(count));
    return count / MACHINE_ICOUNT_NS; // QEMU 7.2 counts nanoseconds
}

static void take_self(unsigned core)
{
    void (*const handler)(void) = on_self[core];
    __asm__ volatile("csrc sip, %0" ::"r"(SIE_SELF) : "memory");
    if (handler != NULL) {
        handler();
        on_self[core] = NULL;
    }
}

static void take_tick(unsigned core, uintptr_t pc)
{
    void (*const handler)(uintptr_t) = on_timer[core];
    machine_no_fire();
    if (handler != NULL) {
        handler(pc);
    }
}

uintptr_t machine_trap(uintptr_t cause, uintptr_t value, uintptr_t pc)
{
    const unsigned core = machine_core();
    if (reel_riscv_is_refusal(cause)) {
        return machine_refused(value, pc);
    }
    in_handler[core] = true;
    if (cause == IS_TIMER) {
        take_tick(core, pc);
    } else if (cause == IS_SELF) {
        take_self(core);
    } else {
        semihost_write("Bail out! an unexpected trap\n");
        semihost_exit(EXIT_TRAP);
    }
    in_handler[core] = false;
    return pc;
}
