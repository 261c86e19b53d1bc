// SPDX-License-Identifier: MIT
// Loads and stores that may be refused, and the record of it.

#ifndef PROBE_H
#define PROBE_H

#include "reel/base.h"

// Each is one access by one instruction. Refused, it is skipped, and a load
// returns nothing of use.
uint32_t probe_load(uintptr_t address);
uint32_t probe_load_byte(uintptr_t address);
void probe_store(uintptr_t address, uint32_t value);
void probe_store_byte(uintptr_t address, uint32_t value);
uint32_t probe_load_unprivileged(uintptr_t address); // not on Armv6-M

// The last refusal, and how many there were since the count was cleared.
typedef struct probe_record {
    size_t count;
    uintptr_t address; // as the hardware recorded it; 0 if it did not
    uint32_t status;   // CFSR
} probe_record;

extern volatile probe_record probe_fault;

// If set, it is called at a fault, and the access is tried again.
extern void (*volatile probe_on_fault)(uintptr_t address);

// Word and byte at `address`, a multiple of 4: can they be loaded and stored?
// What is there stays there.
bool probe_is_open(uintptr_t address);

// Is each of the four accesses refused, as a data access to exactly there?
bool probe_is_closed(uintptr_t address);

// Put an instruction there that returns at once; can it be executed?
void probe_plant_return(uintptr_t address);
bool probe_can_run(uintptr_t address);

#endif
