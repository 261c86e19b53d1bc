// SPDX-License-Identifier: MIT
#include "probe.h"

#include "cortex-m/fault.h"
#include "cortex-m/mpu.h"
#include "semihost.h"

#define DACCVIOL_MMARVALID 0x82u
#define EXIT_FAULT         99
#define FRAME_LR           5 // word of an exception frame
#define FRAME_PC           6
#define BX_LR              0x4770u
#define PROBE_BYTES        2 // of each probe's instruction but the last one's

void mem_manage_handler(void);
void probe_take_fault(uint32_t *frame);

volatile probe_record probe_fault;
void (*volatile probe_on_fault)(uintptr_t address);

#define NAKED __attribute__((naked, noinline))

NAKED uint32_t probe_load(uintptr_t address)
{
    (void)address;
    __asm__ volatile("ldr r0, [r0]\n\tbx lr");
}

NAKED uint32_t probe_load_byte(uintptr_t address)
{
    (void)address;
    __asm__ volatile("ldrb r0, [r0]\n\tbx lr");
}

NAKED void probe_store(uintptr_t address, uint32_t value)
{
    (void)address, (void)value;
    __asm__ volatile("str r1, [r0]\n\tbx lr");
}

NAKED void probe_store_byte(uintptr_t address, uint32_t value)
{
    (void)address, (void)value;
    __asm__ volatile("strb r1, [r0]\n\tbx lr");
}

NAKED uint32_t probe_load_unprivileged(uintptr_t address)
{
    (void)address;
#if defined(__ARM_ARCH_6M__)
    __asm__ volatile("bx lr");
#else
    __asm__ volatile("ldrt r0, [r0]\n\tbx lr");
#endif
}

// A Thumb function's address has bit 0 set; its first instruction has not.
static bool is_at(uint32_t pc, uintptr_t function)
{
    return pc == (function & ~(uintptr_t)1);
}

static uintptr_t running; // where probe_can_run() jumps to, or 0

static uint32_t skip(uint32_t pc, uint32_t lr)
{
    if (running != 0 && pc == running) {
        return lr & ~UINT32_C(1);
    }
    if (is_at(pc, (uintptr_t)probe_load) || is_at(pc, (uintptr_t)probe_store)
        || is_at(pc, (uintptr_t)probe_load_byte)
        || is_at(pc, (uintptr_t)probe_store_byte)) {
        return pc + PROBE_BYTES;
    }
    if (is_at(pc, (uintptr_t)probe_load_unprivileged)) {
        return pc + 2 * PROBE_BYTES;
    }
    semihost_write("Bail out! a fault outside the probes\n");
    semihost_exit(EXIT_FAULT);
}

__attribute__((used)) void probe_take_fault(uint32_t *frame)
{
    uintptr_t address = 0;
    (void)reel_fault_address(&address);
    probe_fault.count++;
    probe_fault.address = address;
    probe_fault.status = CFSR;
    reel_fault_clear();
    if (probe_on_fault != NULL) {
        probe_on_fault(address);
    } else {
        frame[FRAME_PC] = skip(frame[FRAME_PC], frame[FRAME_LR]);
    }
}

// Nothing here runs on the process stack.
__attribute__((naked)) void mem_manage_handler(void)
{
    __asm__ volatile("mrs r0, msp\n\t"
                     "ldr r1, =probe_take_fault\n\t"
                     "bx r1\n\t"
                     ".ltorg");
}

bool probe_is_open(uintptr_t address)
{
    probe_fault.count = 0;
    probe_store(address, probe_load(address));
    probe_store_byte(address, probe_load_byte(address));
    return probe_fault.count == 0;
}

static bool was_refused(uintptr_t address)
{
    uintptr_t left_over;
    const bool refused = probe_fault.count == 1
                         && probe_fault.address == address
                         && probe_fault.status == DACCVIOL_MMARVALID
                         && !reel_fault_address(&left_over);
    probe_fault.count = 0;
    return refused;
}

bool probe_is_closed(uintptr_t address)
{
    probe_fault.count = 0;
    (void)probe_load(address);
    bool closed = was_refused(address);
    probe_store(address, 0);
    closed = was_refused(address) && closed;
    (void)probe_load_byte(address + 3);
    closed = was_refused(address + 3) && closed;
    probe_store_byte(address + 3, 0);
    return was_refused(address + 3) && closed;
}

void probe_plant_return(uintptr_t address)
{
    probe_store(address, BX_LR | BX_LR << 16);
    synchronise();
}

bool probe_can_run(uintptr_t address)
{
    probe_fault.count = 0;
    running = address;
    ((void (*)(void))(address | 1))(); // bit 0: Thumb
    running = 0;
    return probe_fault.count == 0;
}
