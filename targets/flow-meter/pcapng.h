// SPDX-License-Identifier: MIT
// The blocks of a pcapng file, for capture.c.

#ifndef PCAPNG_H
#define PCAPNG_H

#include "capture.h"

// The type of the block that begins a file: the same in either byte order.
#define PCAPNG_SECTION        0x0a0d0d0au
#define PCAPNG_SECTION_HEADER 24u

// Begin a section, whose first PCAPNG_SECTION_HEADER bytes were read.
enum capture_result pcapng_section(struct capture *capture,
                                   const uint8_t *header);

// Read blocks until a frame is next.
enum capture_result pcapng_next(struct capture *capture,
                                struct capture_record *record);

#endif
