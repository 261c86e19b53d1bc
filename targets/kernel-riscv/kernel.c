// SPDX-License-Identifier: MIT
// The scheduler: processes take turns until all have ended. Then a use of what
// an ended process left is caught, and everything is back.

#include "console.h"
#include "machine.h"
#include "process.h"
#include "riscv/fault.h"

int main(void);

#define PROCESSES  4u
#define IS_TIMER   (((uintptr_t)1 << 63) | 5)
#define IS_CALL    8u
#define CALL_BYTES 4u

static process processes[PROCESSES];
static size_t caught;

// ---- system calls -----------------------------------------------------------

// All pages or none. After a failure, what was mapped before stays with the
// process, which does not see it.
static uintptr_t grow(process_state *state, size_t pages)
{
    const uintptr_t start = state->heap_end;
    for (size_t i = 0; i < pages; i++) {
        if (user_map(&state->space, start + i * PAGE, USER_WRITE) == NULL) {
            return 0;
        }
    }
    state->heap_end = start + pages * PAGE;
    return start;
}

static void end(process *which, const char *why)
{
    say("%s: %s after %d turns, with %d frames\n", which->name, why,
        (uintptr_t)which->state->turns,
        (uintptr_t)reel_blocks_count_used(&frames));
    process_end(which);
}

static void serve(process *which)
{
    user_frame *const frame = &which->state->frame;
    const uintptr_t argument = frame->x[USER_A0];
    frame->pc += CALL_BYTES;
    if (frame->x[USER_A7] == CALL_PRINT) {
        say("%s: %d\n", which->name, argument);
    } else if (frame->x[USER_A7] == CALL_GROW) {
        frame->x[USER_A0] = grow(which->state, argument);
    } else {
        end(which, "ended");
    }
}

static void take_turn(process *which)
{
    const uintptr_t cause = process_run(which);
    uintptr_t value;
    __asm__ volatile("csrr %0, stval" : "=r"(value));
    if (cause == IS_CALL) {
        serve(which);
    } else if (cause != IS_TIMER) {
        say("%s: may not touch %x\n", which->name, value);
        end(which, "was ended");
    }
}

// ---- the kernel's own faults ------------------------------------------------

bool reel_port_in_interrupt(void)
{
    return machine_in_handler();
}

uintptr_t machine_refused(uintptr_t address, uintptr_t pc)
{
    say("the kernel is caught at %x: ", pc);
    if (process_name(processes, PROCESSES, address)) {
        caught++;
    } else {
        say("%x is not mapped\n", address);
    }
    return machine_after(pc);
}

// ---- the run ----------------------------------------------------------------

static void run_all(void)
{
    size_t alive;
    do {
        alive = 0;
        for (size_t i = 0; i < PROCESSES; i++) {
            if (processes[i].state != NULL) {
                take_turn(&processes[i]);
                alive++;
            }
        }
    } while (alive > 0);
}

int main(void)
{
    memory_start();
    say("%d frames of 4 KiB\n", (uintptr_t)reel_blocks_count_free(&frames));
    for (size_t i = 0; i < PROCESSES; i++) {
        if (!process_start(&processes[i], &programs[i], i)) {
            say("%s: no memory\n", programs[i].name);
        }
    }
    const process_state *const stale = processes[0].state;
    run_all();
    (void)*(const volatile size_t *)&stale->turns; // use after close
    const size_t out = reel_blocks_count_used(&frames);
    const size_t pages = reel_pool_used_pages(&tables);
    say("%d frames and %d tables are still out; at most %d frames were\n",
        (uintptr_t)out, (uintptr_t)pages, (uintptr_t)reel_blocks_peak(&frames));
    return out == 0 && pages == 0 && caught == 1 ? 0 : 1;
}
