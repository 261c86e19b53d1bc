// SPDX-License-Identifier: MIT
// Record a churn as a trace: record FOLDER CALLS [SEED]. The folder is there.

#include <stdio.h>
#include <stdlib.h>

#include "churn.h"
#include "events/ctf.h"

static FILE *open_in(const char *folder, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    return file;
}

static void write_to(void *file, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, file) != size) {
        perror("write");
        exit(2);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        (void)fputs("usage: record FOLDER CALLS [SEED]\n", stderr);
        return 2;
    }
    const unsigned long calls = strtoul(argv[2], NULL, 10);
    FILE *const metadata = open_in(argv[1], "metadata");
    FILE *const events = open_in(argv[1], "events");
    reel_ctf ctf = REEL_CTF(write_to, events);
    reel_ctf_metadata(write_to, metadata, 1000000000u);
    churn_start(argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 1);
    for (unsigned long i = 0; i < calls; i++) {
        churn();
        if (i % 64 == 63) {
            (void)reel_ctf_drain(&ctf);
        }
    }
    (void)reel_ctf_drain(&ctf);
    return fclose(metadata) != 0 || fclose(events) != 0 ? 2 : 0;
}

void reel_panic(reel_status why, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: %s\n", file, line, reel_status_name(why));
}
