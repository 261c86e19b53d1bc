// SPDX-License-Identifier: MIT
// Text to the console, gathered into writes of about 1 KiB, since each write
// of a firmware image stops the machine.

#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

#include "packet.h"

// Room for the longest endpoint: "[" 39 characters "]:" 5 digits and a zero.
#define TEXT_ENDPOINT_SIZE 48u

void text_put(const char *text);

void text_number(uint64_t number);

// An address, as 0x and hexadecimal digits.
void text_address(uintptr_t address);

// Numbers and text padded with blanks to a column of `width` characters.
void text_number_right(uint64_t number, unsigned width);
void text_left(const char *text, unsigned width);

// Write "192.0.2.1:80" or "[2001:db8::1]:80" (RFC 5952) into `into`, which has
// TEXT_ENDPOINT_SIZE bytes.
void text_endpoint(char *into, uint8_t version,
                   const struct packet_endpoint *endpoint);

// Send what has been gathered.
void text_flush(void);

#endif
