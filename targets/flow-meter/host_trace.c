// SPDX-License-Identifier: MIT
// The events of a run as a trace (port/events), in builds that report them.

#include "host_trace.h"

#include <stdio.h>

#include "events/ctf.h"

static void write_to(void *file, const void *bytes, size_t size)
{
    (void)fwrite(bytes, 1, size, file);
}

static reel_ctf ctf = REEL_CTF(write_to, NULL);

static FILE *open_in(const char *folder, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "wb");
}

bool host_trace_start(const char *folder)
{
    FILE *const metadata = open_in(folder, "metadata");
    if (metadata == NULL) {
        return false;
    }
    reel_ctf_metadata(write_to, metadata, 1000000000u);
    ctf.context = open_in(folder, "events");
    return fclose(metadata) == 0 && ctf.context != NULL;
}

void host_trace_go_on(void)
{
    if (ctf.context != NULL) {
        (void)reel_ctf_drain(&ctf);
    }
}

void host_trace_end(void)
{
    host_trace_go_on();
    if (ctf.context != NULL) {
        (void)fclose(ctf.context);
    }
}
