// SPDX-License-Identifier: MIT
// Semihosting: the firmware's files, console and exit code are the emulator's.

#ifndef SEMIHOST_H
#define SEMIHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// End the run; `code` becomes the emulator's exit code.
_Noreturn void semihost_exit(int code);

// Write text, ended by a zero byte, to the console.
void semihost_write(const char *text);

// Write a number in decimal to the console.
void semihost_write_number(uint32_t number);

// What stands behind the image's name in the command line that the emulator was
// given. NULL if the line does not fit into `size` bytes, or there is none.
const char *semihost_arguments(char *line, size_t size);

// Open a file of the emulator's host for reading, in binary. Returns a handle,
// or a negative number.
int semihost_open(const char *path);

// Read up to `size` bytes. Returns how many came; fewer only at the end of the
// file or on an error.
size_t semihost_read(int handle, void *into, size_t size);

void semihost_close(int handle);

// Create a file of the emulator's host, or empty it. Returns a handle, or a negative
// number.
int semihost_create(const char *path);

// Write to it. What cannot be written is lost.
void semihost_put(int handle, const void *bytes, size_t size);

#endif
