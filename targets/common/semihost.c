// Arm semihosting, version 2: an operation in r0, its argument block in r1.

#include "semihost.h"

#include <stdint.h>

#define SYS_OPEN          0x01u
#define SYS_CLOSE         0x02u
#define SYS_WRITE0        0x04u
#define SYS_READ          0x06u
#define SYS_GET_CMDLINE   0x15u
#define SYS_EXIT_EXTENDED 0x20u

#define OPEN_READ_BINARY 1u
#define APPLICATION_EXIT 0x20026u // ADP_Stopped_ApplicationExit

static uintptr_t call(uintptr_t operation, const void *argument)
{
    register uintptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
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

bool semihost_command_line(char *line, size_t size)
{
    const uintptr_t block[] = { (uintptr_t)line, size };
    return call(SYS_GET_CMDLINE, block) == 0;
}

int semihost_open(const char *path)
{
    size_t length = 0;
    while (path[length] != '\0') {
        length++;
    }
    const uintptr_t block[] = { (uintptr_t)path, OPEN_READ_BINARY, length };
    return (int)call(SYS_OPEN, block);
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
