// SPDX-License-Identifier: MIT
#include "trace.h"

#if REEL_EVENTS

#include "events/ctf.h"
#include "semihost.h"

// The clock of the events: the CMSDK timer, which counts down. QEMU has no cycle
// counter. REEL_EVENTS_TIME is the timer's complement.
#define TIMER_CTRL   (*(volatile uint32_t *)0x40000000)
#define TIMER_RELOAD (*(volatile uint32_t *)0x40000008)
#define TIMER_HZ     25000000u

#define PATH_SIZE 256u

static void write_to(void *handle, const void *bytes, size_t size)
{
    semihost_put(*(const int *)handle, bytes, size);
}

static int file = -1;
static reel_ctf ctf = REEL_CTF(write_to, &file);

static int create_in(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    size_t length = 0;
    while (*folder != '\0' && *folder != ' ' && length < sizeof path / 2) {
        path[length++] = *folder++;
    }
    while (*name != '\0') {
        path[length++] = *name++;
    }
    path[length] = '\0';
    return semihost_create(path);
}

bool trace_start(const char *folder)
{
    int text = create_in(folder, "/metadata");
    file = create_in(folder, "/events");
    if (text < 0 || file < 0) {
        return false;
    }
    TIMER_RELOAD = UINT32_MAX;
    TIMER_CTRL = 1;
    reel_ctf_metadata(write_to, &text, TIMER_HZ);
    semihost_close(text);
    return true;
}

void trace_drain(void)
{
    if (file >= 0) {
        (void)reel_ctf_drain(&ctf);
    }
}

void trace_stop(void)
{
    trace_drain();
    semihost_close(file);
    file = -1;
}

#endif
