// SPDX-License-Identifier: MIT
// What the flow meter asks of the machine it runs on: a console, one file,
// memory for frames, and a timer.

#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "reel/pages.h"

// Write text, ended by a zero byte, to the console.
void platform_write(const char *text);

// Open a capture for reading. One is open at a time. False if it cannot.
bool platform_open(const char *path);

// Read up to `size` bytes of the open capture. Returns how many came; fewer
// only at its end.
size_t platform_read(void *into, size_t size);

void platform_close(void);

// Memory for one frame at a time: METER_FRAME_BYTES of it, and the hooks that
// commit it. Where there is an MPU, what is not committed traps when touched.
struct platform_memory {
    void *space;
    const reel_pages *pages;
    bool traps;
};

void platform_frame_memory(struct platform_memory *memory);

// Call `tick` again and again from now on: by a timer's interrupt, between any
// two instructions of the main loop, or in platform_pass_time().
void platform_start_timer(void (*tick)(void));

// The main loop calls this once for each frame, for a host without a timer.
void platform_pass_time(void);

// Call it no more.
void platform_stop_timer(void);

// Read a byte that must trap. False if nothing trapped. The handler of the trap
// calls meter_explain().
bool platform_touch(const volatile unsigned char *at);

// End the run with a code: 0 for success.
_Noreturn void platform_exit(int code);

#endif
