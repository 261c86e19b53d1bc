// SPDX-License-Identifier: MIT
// Semihosting, version 2: an operation in the first register, its argument block in
// the second, and an instruction that the emulator knows.

#include "semihost.h"

#include <stdint.h>

#define SYS_OPEN          0x01u
#define SYS_CLOSE         0x02u
#define SYS_WRITE0        0x04u
#define SYS_WRITE         0x05u
#define SYS_READ          0x06u
#define SYS_GET_CMDLINE   0x15u
#define SYS_EXIT_EXTENDED 0x20u

#define OPEN_READ_BINARY  1u
#define OPEN_WRITE_BINARY 5u
#define APPLICATION_EXIT  0x20026u // ADP_Stopped_ApplicationExit

#if defined(__riscv)
#define FIRST  "a0"
#define SECOND "a1"
// Three instructions of 4 bytes within a page mean it.
#define TRAP                                          \
    ".balign 16\n\t.option push\n\t.option norvc\n\t" \
    "slli x0, x0, 0x1f\n\tebreak\n\tsrai x0, x0, 7\n\t.option pop"
#elif defined(__aarch64__)
#define FIRST  "x0"
#define SECOND "x1"
#define TRAP   "hlt #0xf000"
#else
#define FIRST  "r0"
#define SECOND "r1"
#define TRAP   "bkpt 0xab"
#endif

static uintptr_t call(uintptr_t operation, const void *argument)
{
    register uintptr_t first __asm__(FIRST) = operation;
    register const void *second __asm__(SECOND) = argument;
    __asm__ volatile(TRAP : "+r"(first) : "r"(second) : "memory");
    return first;
}

_Noreturn void semihost_exit(int code)
{
    const uintptr_t block[] = { APPLICATION_EXIT, (uintptr_t)code };
    for (;;) {
        (void)call(SYS_EXIT_EXTENDED, block);
    }
}

void semihost_write(const char *text)
{
    (void)call(SYS_WRITE0, text);
}

void semihost_write_number(uint32_t number)
{
    char digits[12];
    char *at = &digits[11];
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    semihost_write(at);
}

const char *semihost_arguments(char *line, size_t size)
{
    const uintptr_t block[] = { (uintptr_t)line, size };
    if (call(SYS_GET_CMDLINE, block) != 0) {
        return NULL;
    }
    while (*line != '\0' && *line != ' ') {
        line++;
    }
    return *line == ' ' ? line + 1 : line;
}

static int open_in_mode(const char *path, uintptr_t mode)
{
    size_t length = 0;
    while (path[length] != '\0') {
        length++;
    }
    const uintptr_t block[] = { (uintptr_t)path, mode, length };
    return (int)call(SYS_OPEN, block);
}

int semihost_open(const char *path)
{
    return open_in_mode(path, OPEN_READ_BINARY);
}

int semihost_create(const char *path)
{
    return open_in_mode(path, OPEN_WRITE_BINARY);
}

void semihost_put(int handle, const void *bytes, size_t size)
{
    const uintptr_t block[] = { (uintptr_t)handle, (uintptr_t)bytes, size };
    (void)call(SYS_WRITE, block);
}

size_t semihost_read(int handle, void *into, size_t size)
{
    const uintptr_t block[] = { (uintptr_t)handle, (uintptr_t)into, size };
    const uintptr_t missing = call(SYS_READ, block);
    return missing <= size ? size - missing : 0;
}

void semihost_close(int handle)
{
    const uintptr_t block[] = { (uintptr_t)handle };
    (void)call(SYS_CLOSE, block);
}
