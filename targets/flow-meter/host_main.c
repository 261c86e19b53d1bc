// SPDX-License-Identifier: MIT
// The flow meter as a program, for sanitizers and for comparison.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "always.h"
#include "meter.h"
#include "platform.h"

#define FRAMES_PER_TICK 24u

static FILE *file;
static void (*timer_tick)(void);

void platform_write(const char *text)
{
    (void)fputs(text, stdout);
}

bool platform_open(const char *path)
{
    file = fopen(path, "rb");
    return file != NULL;
}

size_t platform_read(void *into, size_t size)
{
    return fread(into, 1, size, file);
}

void platform_close(void)
{
    (void)fclose(file);
}

_Noreturn void platform_exit(int code)
{
    exit(code);
}

void platform_frame_memory(struct platform_memory *memory)
{
    static _Alignas(64) unsigned char space[METER_FRAME_BYTES];
    static reel_always always;
    (void)reel_always_init(&always, 64, SIZE_MAX);
    memory->space = space;
    memory->pages = &always.pages;
    memory->traps = false;
}

// A host has no timer: this number of frames takes as long as a tick.
void platform_start_timer(void (*tick)(void))
{
    timer_tick = tick;
}

void platform_pass_time(void)
{
    static unsigned frames;
    frames++;
    if (frames % FRAMES_PER_TICK == 0) {
        timer_tick();
    }
}

void platform_stop_timer(void)
{
    timer_tick = NULL;
}

bool platform_touch(const volatile unsigned char *at)
{
    (void)at;
    return false;
}

int main(int argc, char **argv)
{
    const bool frames = argc > 1 && strcmp(argv[1], "frames") == 0;
    if (argc != (frames ? 3 : 2)) {
        (void)fputs("usage: flow-meter [frames] capture.pcap\n", stderr);
        return METER_FAILED;
    }
    return meter_run(argv[argc - 1], frames);
}
