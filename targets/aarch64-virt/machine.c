// SPDX-License-Identifier: MIT
// Two cores at EL1: PSCI starts the second one; the GIC (version 2) has the
// timer and the interrupt of a core's own making.

#include "machine.h"

#include "aarch64/fault.h"
#include "semihost.h"

uintptr_t machine_trap(uintptr_t kind, uintptr_t pc);
void machine_map(void);
void machine_run_second(void);
void machine_second(void);

#ifndef MACHINE_LEVELS
#define MACHINE_LEVELS 3
#endif

#define CORES        2
#define GICD(offset) (*(volatile uint32_t *)(uintptr_t)(0x08000000u + (offset)))
#define GICC(offset) (*(volatile uint32_t *)(uintptr_t)(0x08010000u + (offset)))
#define GICD_CTLR    GICD(0)
#define GICD_ENABLE  GICD(0x100)
#define GICD_SGIR    GICD(0xF00)
#define GICC_CTLR    GICC(0)
#define GICC_PMR     GICC(4)
#define GICC_IAR     GICC(0xC)
#define GICC_EOIR    GICC(0x10)
#define TO_ITSELF    (2u << 24)
#define SELF         0u // number of an interrupt
#define TIMER        30u
#define NUMBER       0x3FFu
#define SYNCHRONOUS  0u
#define INTERRUPT    1u
#define EXIT_TRAP    99
#define PSCI_CPU_ON  0xC4000003u
#define GIB          (UINT64_C(1) << 30)
#define TABLE        UINT64_C(3)
#define DEVICE       UINT64_C(0x0060000000000401)
#define MEMORY       UINT64_C(0x705)  // attribute 1, inner shareable, accessed
#define MAIR         UINT64_C(0xFF00) // 0: device; 1: write-back
// Walks cached and inner shareable, 4 KiB, no TTBR1, 40 bits of physical
// address.
#define TCR(bits)                                             \
    ((64 - (bits)) | 1u << 8 | 1u << 10 | 3u << 12 | 1u << 23 \
     | UINT64_C(2) << 32)
#define SCTLR_ON (1u | 1u << 2 | 1u << 12) // tables, caches

_Alignas(4096) uint64_t machine_root[512];
static _Alignas(4096) uint64_t low_table[512]; // below the root of four levels
const unsigned machine_levels = MACHINE_LEVELS;
const uint32_t machine_tick_ps = 16000; // 62.5 MHz

static volatile bool in_handler[CORES];
static void (*volatile on_self[CORES])(void);
static void (*volatile on_timer[CORES])(uintptr_t pc);
static void (*second_work)(void);

unsigned machine_core(void)
{
    uintptr_t core;
    __asm__ volatile("mrs %0, tpidr_el1" : "=r"(core));
    return (unsigned)core;
}

bool machine_in_handler(void)
{
    return in_handler[machine_core()];
}

static void start_counting(void)
{
    const uint64_t instructions = 8, enable = 7, counter = 1;
    __asm__ volatile("msr pmevtyper0_el0, %0\n\t"
                     "msr pmcr_el0, %1\n\t"
                     "msr pmcntenset_el0, %2" ::"r"(instructions),
                     "r"(enable), "r"(counter));
}

// Devices in the first GiB and RAM in the next ones, mapped where they are.
static void fill_tables(void)
{
    uint64_t *const table = MACHINE_LEVELS == 3 ? machine_root : low_table;
    table[0] = DEVICE;
    for (unsigned i = 1; i < 8; i++) {
        table[i] = i * GIB | MEMORY;
    }
    if (MACHINE_LEVELS == 4) {
        machine_root[0] = (uintptr_t)low_table | TABLE;
    }
}

void machine_map(void)
{
    uint64_t control;
    if (machine_core() == 0) {
        fill_tables();
    }
    __asm__ volatile("msr mair_el1, %0\n\tmsr tcr_el1, %1\n\t"
                     "msr ttbr0_el1, %2\n\tdsb ish\n\tisb\n\t"
                     "tlbi vmalle1\n\tdsb ish\n\tisb" ::"r"(MAIR),
                     "r"(TCR(12 + 9 * MACHINE_LEVELS)), "r"(machine_root)
                     : "memory");
    __asm__ volatile("mrs %0, sctlr_el1" : "=r"(control));
    __asm__ volatile("msr sctlr_el1, %0\n\tisb" ::"r"(control | SCTLR_ON)
                     : "memory");
    GICD_CTLR = 1;
    GICD_ENABLE = 1u << TIMER | 1u << SELF;
    GICC_PMR = 0xFF;
    GICC_CTLR = 1;
    start_counting();
}

bool machine_start_other(void (*work)(void))
{
    register uintptr_t x0 __asm__("x0") = PSCI_CPU_ON;
    register uintptr_t x1 __asm__("x1") = 1; // which core
    register uintptr_t x2 __asm__("x2") = (uintptr_t)machine_second;
    register uintptr_t x3 __asm__("x3") = 0;
    second_work = work;
    __asm__ volatile("dsb sy\n\thvc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
    return x0 == 0;
}

void machine_run_second(void)
{
    for (;;) {
        second_work();
    }
}

uintptr_t machine_after(uintptr_t pc)
{
    return pc + 4;
}

static void enable_interrupts(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}

void machine_interrupt(void (*handler)(void))
{
    const unsigned core = machine_core();
    enable_interrupts();
    on_self[core] = handler;
    GICD_SGIR = TO_ITSELF | SELF;
    while (on_self[core] != NULL) {
    }
}

void machine_fire_after(uint64_t ticks, void (*handler)(uintptr_t pc))
{
    on_timer[machine_core()] = handler;
    enable_interrupts();
    // The time first: a timer that is on fires at once if its time has passed.
    __asm__ volatile(
        "msr cntp_tval_el0, %0\n\tmsr cntp_ctl_el0, %1" ::"r"(ticks),
        "r"(UINT64_C(1))
        : "memory");
}

void machine_no_fire(void)
{
    __asm__ volatile("msr cntp_ctl_el0, xzr\n\tisb" ::: "memory");
    on_timer[machine_core()] = NULL;
}

uint64_t machine_instructions(void)
{
    uint64_t count;
    __asm__ volatile("isb\n\tmrs %0, pmevcntr0_el0" : "=r"(count));
    return count;
}

static void take_interrupt(unsigned core, uintptr_t pc)
{
    const uint32_t number = GICC_IAR;
    if ((number & NUMBER) == TIMER) {
        void (*const handler)(uintptr_t) = on_timer[core];
        machine_no_fire();
        if (handler != NULL) {
            handler(pc);
        }
    } else if ((number & NUMBER) == SELF && on_self[core] != NULL) {
        on_self[core]();
        on_self[core] = NULL;
    }
    GICC_EOIR = number;
}

uintptr_t machine_trap(uintptr_t kind, uintptr_t pc)
{
    const unsigned core = machine_core();
    uintptr_t syndrome, address;
    __asm__ volatile("mrs %0, esr_el1" : "=r"(syndrome));
    __asm__ volatile("mrs %0, far_el1" : "=r"(address));
    if (kind == SYNCHRONOUS && reel_aarch64_is_refusal(syndrome)) {
        return machine_refused(address, pc);
    }
    if (kind != INTERRUPT) {
        semihost_write("Bail out! an unexpected exception\n");
        semihost_exit(EXIT_TRAP);
    }
    in_handler[core] = true;
    take_interrupt(core, pc);
    in_handler[core] = false;
    return pc;
}
