// SPDX-License-Identifier: MIT
// The designs under test: one body of checks for all of them.

#ifndef DESIGN_H
#define DESIGN_H

#include "cortex-m/mpu7.h"
#include "cortex-m/mpu8.h"

// The largest range; a micro:bit has no room and no MPU for it.
#define LARGEST (__ARM_ARCH == 6 ? 1024u : 32768u)

typedef struct mpu_design {
    const char *name;
    bool is_v8;
    unsigned kind; // Armv7-M: regions; Armv8-M: a reel_mpu8_design
    size_t size;
    size_t page_size;
} mpu_design;

// Ends with a nameless one.
extern const mpu_design designs[];

typedef struct mpu_range {
    union {
        reel_mpu7 mpu7;
        reel_mpu8 mpu8;
    } port;
    const reel_pages *pages;
    uintptr_t start;
    size_t size;
    unsigned region;  // the first of its regions
    unsigned regions; // how many
} mpu_range;

// Has this machine an MPU of Armv8-M?
bool design_machine_is_v8(void);

bool design_is_window(const mpu_design *design);

// Has this machine the MPU that the design is for?
bool design_applies(const mpu_design *design);

// Start from an MPU with every region off: a range at the start of the test
// memory, and perhaps another one directly above, with other regions.
void design_start(const mpu_design *design, mpu_range *first,
                  mpu_range *second);

// Ask the port for a range, as design_start does.
reel_status design_init(const mpu_design *design, mpu_range *range,
                        uintptr_t start, unsigned region);

// The test memory: 2 * LARGEST bytes aligned to LARGEST, with as much below it
// and above it that no port closes.
uintptr_t design_memory(void);

bool design_commit(const mpu_range *range, size_t from, size_t to);
void design_decommit(const mpu_range *range, size_t from, size_t to);

#endif
