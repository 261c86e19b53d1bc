// SPDX-License-Identifier: MIT
// Copying and clearing, since there is no libc: in whole words while both sides
// are aligned to one, and in bytes for the rest.

#ifndef REEL_SRC_BYTES_H
#define REEL_SRC_BYTES_H

#include "reel/base.h"

// A word that may overlay objects of any type.
typedef uintptr_t __attribute__((__may_alias__)) raw_word;

static inline size_t words_in(size_t size, uintptr_t addresses)
{
    return addresses % sizeof(raw_word) == 0 ? size / sizeof(raw_word) : 0;
}

// The two blocks do not overlap.
static inline void copy_bytes(void *to, const void *from, size_t size)
{
    const size_t words = words_in(size, (uintptr_t)to | (uintptr_t)from);
    for (size_t i = 0; i < words; i++) {
        ((raw_word *)to)[i] = ((const raw_word *)from)[i];
    }
    for (size_t i = words * sizeof(raw_word); i < size; i++) {
        ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
    }
}

// Every byte of `word` is the byte to fill with.
static inline void fill_bytes(void *to, uintptr_t word, size_t size)
{
    const size_t words = words_in(size, (uintptr_t)to);
    for (size_t i = 0; i < words; i++) {
        ((raw_word *)to)[i] = word;
    }
    for (size_t i = words * sizeof(raw_word); i < size; i++) {
        ((unsigned char *)to)[i] = (unsigned char)(word & UINT8_MAX);
    }
}

#endif
