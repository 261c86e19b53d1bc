// SPDX-License-Identifier: MIT
// Runs one proof as the compiler that ships builds it: its name and its inputs come from the
// command line. Prints what it observes; it fails where an assumption or an assertion is
// false. THE_PROOFS has a THIS(name) for each proof of the file.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proof.h"

static char **next_input;

uintptr_t any_word(void)
{
    return *next_input != NULL ? (uintptr_t)strtoull(*next_input++, NULL, 10)
                               : 0;
}

uintptr_t any_same(uintptr_t word)
{
    return word;
}

uintptr_t any_case(uintptr_t least, uintptr_t most)
{
    const uintptr_t word = any_word();
    proof_assume(least <= word && word <= most);
    return word;
}

void proof_assume(bool fact)
{
    if (!fact) {
        printf("an assumption is false\n");
        exit(1);
    }
}

void proof_assert(bool fact, int line)
{
    if (!fact) {
        printf("line %d is false\n", line);
        exit(1);
    }
}

void proof_truth(bool fact, int line)
{
    proof_assert(fact, line);
}

void proof_cover(bool fact, int line)
{
    if (fact) {
        printf("covers %d\n", line);
    }
}

void proof_observe(uintptr_t value)
{
    printf("sees %llu\n", (unsigned long long)value);
}

#define THIS(name) void proof_##name(void);
THE_PROOFS
#undef THIS

int main(int count, char **words)
{
    (void)count;
    next_input = words + 2;
#define THIS(name)                      \
    if (strcmp(words[1], #name) == 0) { \
        proof_##name();                 \
    }
    THE_PROOFS
    return 0;
}
