// SPDX-License-Identifier: MIT
// The plain driver: by chance, or inputs from files.
//
//     driver OPERATIONS [SEED]    so many operations, in trees of a few hundred
//     driver FILE...              inputs that were kept
//
// Prints TAP.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static unsigned char bytes[1 << 16];

void fuzz_failed(void)
{
    printf("not ok 1 - fuzzing\n1..1\n");
    exit(1);
}

static void run_file(const char *path)
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL) {
        printf("Bail out! no file %s\n", path);
        exit(1);
    }
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    printf("# %s\n", path);
    (void)fuzz(bytes, size, 0, UINT64_MAX);
}

int main(int count, char **arguments)
{
    const char *const first = count > 1    ? arguments[1]
                              : REEL_WATCH ? "1000000" // a checker is slow
                                           : "10000000";
    if (strspn(first, "0123456789") == strlen(first)) {
        const uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
        const uint64_t done = fuzz(NULL, 0, seed, strtoull(first, NULL, 10));
        printf("# %llu operations\n", (unsigned long long)done);
        if (done >= 1000000 && fuzz_unreached() > 0) {
            fuzz_failed();
        }
    } else {
        for (int i = 1; i < count; i++) {
            run_file(arguments[i]);
        }
    }
    printf("ok 1 - nothing went wrong\n1..1\n");
    return 0;
}
