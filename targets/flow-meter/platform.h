// What the flow meter asks of the machine it runs on: a console and one file.

#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

// Write text, ended by a zero byte, to the console.
void platform_write(const char *text);

// Open a capture for reading. One is open at a time. False if it cannot.
bool platform_open(const char *path);

// Read up to `size` bytes of the open capture. Returns how many came; fewer
// only at its end.
size_t platform_read(void *into, size_t size);

void platform_close(void);

// End the run with a code: 0 for success.
_Noreturn void platform_exit(int code);

#endif
