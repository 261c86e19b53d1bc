// The library is compiled with -fsanitize=thread and linked with this in place of
// that sanitizer's runtime: the compiler puts a call before each access to plain
// memory, so the explorer sees those as well as the scenes' own.

#include "explorer.h"

#define ACCESS(name, check)         \
    void __tsan_##name(void *addr); \
    void __tsan_##name(void *addr)  \
    {                               \
        check(addr);                \
    }

ACCESS(read1, explorer_read)
ACCESS(read2, explorer_read)
ACCESS(read4, explorer_read)
ACCESS(read8, explorer_read)
ACCESS(write1, explorer_write)
ACCESS(write2, explorer_write)
ACCESS(write4, explorer_write)
ACCESS(write8, explorer_write)

// Two words, aligned or not.
static void read_two(const void *address)
{
    explorer_read(address);
    explorer_read((const unsigned char *)address + sizeof(uintptr_t));
}

static void write_two(const void *address)
{
    explorer_write(address);
    explorer_write((const unsigned char *)address + sizeof(uintptr_t));
}

ACCESS(read16, read_two)
ACCESS(write16, write_two)
ACCESS(unaligned_read16, read_two)
ACCESS(unaligned_write16, write_two)
ACCESS(unaligned_read8, explorer_read)
ACCESS(unaligned_write8, explorer_write)

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
