// SPDX-License-Identifier: MIT
// What libFuzzer calls.

#include <stdlib.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

void fuzz_failed(void)
{
    abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size)
{
    if (size > 0) {
        (void)fuzz(bytes, size, 0, UINT64_MAX);
    }
    return 0;
}
