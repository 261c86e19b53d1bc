// SPDX-License-Identifier: MIT
// The library is compiled with -fsanitize=thread and linked with this in place of
// that sanitizer's runtime: the compiler puts a call before each access to plain
// memory, so the explorer sees those as well as the scenes' own.

#include "explorer.h"

#if REEL_LISTS_ARE_VERSIONED
#define READS  explorer_read
#define WRITES explorer_write
#else
#define READS  explorer_access
#define WRITES explorer_access
#endif

#define ACCESS(name, check)         \
    void __tsan_##name(void *addr); \
    void __tsan_##name(void *addr)  \
    {                               \
        check(addr);                \
    }

ACCESS(read1, READS)
ACCESS(read2, READS)
ACCESS(read4, READS)
ACCESS(read8, READS)
ACCESS(write1, WRITES)
ACCESS(write2, WRITES)
ACCESS(write4, WRITES)
ACCESS(write8, WRITES)

// Two words, aligned or not.
static void read_two(const void *address)
{
    READS(address);
    READS((const unsigned char *)address + sizeof(uintptr_t));
}

static void write_two(const void *address)
{
    WRITES(address);
    WRITES((const unsigned char *)address + sizeof(uintptr_t));
}

ACCESS(read16, read_two)
ACCESS(write16, write_two)
ACCESS(unaligned_read16, read_two)
ACCESS(unaligned_write16, write_two)
ACCESS(unaligned_read8, READS)
ACCESS(unaligned_write8, WRITES)

static void ignore(const void *address)
{
    (void)address;
}

ACCESS(func_entry, ignore)

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

void __tsan_init(void);
void __tsan_init(void)
{
}
