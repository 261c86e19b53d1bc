// SPDX-License-Identifier: MIT
// The flow meter as firmware: console, file and exit code by semihosting, and
// the memory for frames behind the MPU.

#include "cortex-m/fault.h"
#include "cortex-m/mpu7.h"
#include "meter.h"
#include "platform.h"
#include "reel/arena.h"
#include "semihost.h"
#include "trace.h"

#define LINE_SIZE 1024u

#define FRAME_REGION 0u // the first of three

static int handle;

// The MPU wants a range that is aligned to its size.
REEL_MEMORY_DEFINE(frame_memory, METER_FRAME_BYTES, METER_FRAME_BYTES);
static reel_mpu7 frame_mpu;

int main(void);
void mem_manage_handler(void);
void memory_fault(uint32_t *stacked);

void platform_write(const char *text)
{
    semihost_write(text);
}

bool platform_open(const char *path)
{
    handle = semihost_open(path);
    return handle >= 0;
}

size_t platform_read(void *into, size_t size)
{
    return semihost_read(handle, into, size);
}

void platform_close(void)
{
    semihost_close(handle);
}

_Noreturn void platform_exit(int code)
{
    semihost_exit(code);
}

void platform_frame_memory(struct platform_memory *memory)
{
    if (reel_mpu_enable() != REEL_OK
        || reel_mpu7_init(&frame_mpu, frame_memory, sizeof frame_memory,
                          FRAME_REGION, 3)
               != REEL_OK) {
        semihost_write("flow-meter: no MPU\n");
        semihost_exit(METER_FAILED);
    }
    memory->space = frame_memory;
    memory->pages = &frame_mpu.pages;
    memory->traps = true;
}

// ---- faults ----------------------------------------------------------------

// A touch that was asked for: the address, and whether it trapped.
static const volatile unsigned char *volatile asked_for;
static volatile bool trapped;

bool platform_touch(const volatile unsigned char *at)
{
    trapped = false;
    asked_for = at;
    // Of known length, for the handler to step over.
    __asm__ volatile("ldrb.w r0, [%0]" ::"r"(at) : "r0", "memory");
    asked_for = NULL;
    return trapped;
}

#define STACKED_PC   6u // r0 to r3, r12, lr, pc
#define LOAD_SIZE    4u // bytes of the instruction above
#define FAULT_ENDING "flow-meter: an unexpected fault\n"

// Explain the fault; if it was not asked for, that is the end.
__attribute__((used)) void memory_fault(uint32_t *stacked)
{
    uintptr_t address = 0;
    const bool known = reel_fault_address(&address);
    reel_fault_clear();
    if (known) {
        meter_explain((const void *)address);
    }
    if (!known || asked_for == NULL || address != (uintptr_t)asked_for) {
        semihost_write(FAULT_ENDING);
        semihost_exit(METER_FAULT);
    }
    trapped = true;
    stacked[STACKED_PC] += LOAD_SIZE;
}

__attribute__((naked)) void mem_manage_handler(void)
{
    __asm__ volatile("mrs r0, msp\n\tb memory_fault"); // nothing uses the PSP
}

// The command line is joined by spaces: what follows the program's name is
// left as it is, since a path may contain them.
static const char *after_word(const char *line)
{
    while (*line != '\0' && *line != ' ') {
        line++;
    }
    return *line == ' ' ? line + 1 : line;
}

static bool begins_with(const char *line, const char *word)
{
    while (*word != '\0' && *line == *word) {
        line++;
        word++;
    }
    return *word == '\0';
}

// Touch closed memory without asking, to see that this fails.
static int stray(void)
{
    struct platform_memory memory;
    platform_frame_memory(&memory);
    (void)*(volatile unsigned char *)memory.space;
    return METER_MISSED;
}

// Meter a capture, and write what happens in memory on the way.
static int traced(const char *arguments)
{
    if (!trace_start(arguments)) {
        semihost_write(
            "flow-meter: no trace: built without events, or no such folder\n");
        return METER_FAILED;
    }
    const int code = meter_run(after_word(arguments), false);
    trace_stop();
    return code;
}

int main(void)
{
    static char line[LINE_SIZE];
    const char *const arguments = semihost_arguments(line, sizeof line);
    if (arguments == NULL) {
        semihost_write("flow-meter: the command line is too long\n");
        return METER_FAILED;
    }
    if (begins_with(arguments, "stray")) {
        return stray();
    }
    if (begins_with(arguments, "frames ")) {
        return meter_run(after_word(arguments), true);
    }
    if (begins_with(arguments, "trace ")) {
        return traced(after_word(arguments));
    }
    return meter_run(arguments, false);
}
