// SPDX-License-Identifier: MIT
// Semihosting: the firmware's files, console and exit code are the emulator's.

#ifndef SEMIHOST_H
#define SEMIHOST_H

#include <stdbool.h>
#include <stddef.h>

// End the run; `code` becomes the emulator's exit code.
_Noreturn void semihost_exit(int code);

// Write text, ended by a zero byte, to the console.
void semihost_write(const char *text);

// The command line the emulator was given, ended by a zero byte. False if it
// does not fit or there is none.
bool semihost_command_line(char *line, size_t size);

// Open a file of the emulator's host for reading, in binary. Returns a handle,
// or a negative number.
int semihost_open(const char *path);

// Read up to `size` bytes. Returns how many came; fewer only at the end of the
// file or on an error.
size_t semihost_read(int handle, void *into, size_t size);

void semihost_close(int handle);

#endif
