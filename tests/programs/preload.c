// SPDX-License-Identifier: MIT
// malloc of a whole process: a shared object for LD_PRELOAD. When the process
// ends, a line is added to the file that REEL_PRELOAD_REPORT names:
//
//     PROCESS|1 if the heap is valid|bytes at most|bytes reached|refusals

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "libc/malloc.h"

REEL_MALLOC_DEFINE((size_t)1 << 29);

void reel_panic(reel_status why, const char *file, int line)
{
    char text[200];
    const int size = snprintf(text, sizeof text, "%s: %s, %s:%d\n",
                              program_invocation_short_name,
                              reel_status_name(why), file, line);
    (void)!write(STDERR_FILENO, text, (size_t)size);
    abort();
}

// Cells of the map are cleared as memory is used for the first time.
static size_t bytes_reached(void)
{
    return reel_malloc_heap.cleared * 8 * sizeof(uintptr_t) * REEL_HEAP_GRANULE;
}

__attribute__((destructor)) static void report(void)
{
    const char *const path = getenv("REEL_PRELOAD_REPORT");
    char text[200];
    if (path == NULL) {
        return;
    }
    const int file =
        open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const reel_stats stats = reel_heap_stats(&reel_malloc_heap);
    const int size = snprintf(text, sizeof text, "%s|%d|%zu|%zu|%zu\n",
                              program_invocation_short_name,
                              reel_heap_is_valid(&reel_malloc_heap), stats.peak,
                              bytes_reached(), stats.failures);
    (void)!write(file, text, (size_t)size);
    close(file);
}
