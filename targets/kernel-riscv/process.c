// SPDX-License-Identifier: MIT
#include "process.h"

#include "console.h"
#include "machine.h"

#define GIB        ((uintptr_t)1 << 30)
#define WINDOWS    (8 * GIB) // of the kernel, one for each process
#define STACK      (USER_START + 0x800000u)
#define TIME_SLICE 20000u // ticks: 2 ms

// ---- memory of the kernel for a process: region, pool, temp, range ----------

static bool open_memory(process *which, size_t number)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.step = PAGE;
    return reel_mmu_init(&which->window, &kernel_space,
                         (void *)(WINDOWS + number * GIB), GIB)
               == REEL_OK
           && reel_temp_init(&which->temp, (void *)which->window.base, GIB,
                             &which->window.pages, &policy)
                  == REEL_OK
           && reel_pool_init(&which->pool, reel_temp_allocator(&which->temp),
                             which->chunks, 8, PAGE, 4 * PAGE)
                  == REEL_OK
           && reel_region_open(&which->region, &which->pool) == REEL_OK;
}

static void close_memory(process *which)
{
    (void)reel_region_close(&which->region);
    (void)reel_pool_dispose(&which->pool);
    (void)reel_temp_dispose(&which->temp);
}

// ---- start and end ----------------------------------------------------------

// The programs are copied: no process writes to another's text.
static bool load(process_state *state)
{
    const size_t size = programs_size();
    for (size_t at = 0; at < size; at += PAGE) {
        unsigned char *const frame =
            user_map(&state->space, USER_START + at, USER_RUN);
        if (frame == NULL) {
            return false;
        }
        for (size_t i = 0; i < PAGE && at + i < size; i++) {
            frame[i] = programs_start()[at + i];
        }
    }
    __asm__ volatile("fence.i" ::: "memory");
    return user_map(&state->space, STACK - PAGE, USER_WRITE) != NULL;
}

static void set_registers(process_state *state, const program *what)
{
    state->frame = (user_frame){ 0 };
    state->frame.pc = USER_START + program_offset(what);
    state->frame.x[USER_SP] = STACK;
    state->heap_end = STACK;
    state->turns = 0;
}

bool process_start(process *which, const program *what, size_t number)
{
    which->name = what->name;
    if (!open_memory(which, number)) {
        return false;
    }
    which->state = reel_region_alloc(&which->region, sizeof(process_state), 0);
    if (which->state == NULL) {
        close_memory(which);
        return false;
    }
    set_registers(which->state, what);
    if (!user_start(&which->state->space, &which->region)
        || !load(which->state)) {
        process_end(which);
        return false;
    }
    return true;
}

void process_end(process *which)
{
    user_end(&which->state->space);
    which->state = NULL;
    close_memory(which);
}

// ---- running ----------------------------------------------------------------

// While it runs, a process's registers are where its address space has them.
uintptr_t process_run(process *which)
{
    static user_frame running;
    process_state *const state = which->state;
    uintptr_t now;
    running = state->frame;
    state->turns++;
    __asm__ volatile("csrr %0, time" : "=r"(now));
    __asm__ volatile("csrw 0x14D, %0\n\tcsrs sie, %1" ::"r"(now + TIME_SLICE),
                     "r"(1u << 5)); // stimecmp; timer
    const uintptr_t cause = user_run(&running, user_satp(&state->space));
    __asm__ volatile("csrc sie, %0" ::"r"(1u << 5));
    state->frame = running;
    return cause;
}

// ---- a fault ----------------------------------------------------------------

bool process_name(const process *processes, size_t count, uintptr_t address)
{
    for (size_t i = 0; i < count; i++) {
        size_t offset = 0;
        const reel_temp_state state = reel_temp_locate(
            &processes[i].temp, (const void *)address, &offset);
        if (processes[i].name != NULL && state != REEL_TEMP_ELSEWHERE) {
            say("%x is the kernel's memory of process %s, which %s: byte %d, "
                "%s\n",
                address, processes[i].name,
                processes[i].state == NULL ? "has ended" : "is running",
                (uintptr_t)offset, reel_temp_state_name(state));
            return true;
        }
    }
    return false;
}
