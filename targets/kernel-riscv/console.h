// SPDX-License-Identifier: MIT
// Text on the console.

#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

// `format` has %s for text, %d for a number and %x for an address.
void say(const char *format, ...);

#endif
