// SPDX-License-Identifier: MIT
// What the checks in this folder ask of a port and of the machine that it runs
// on. Boards, Linux and Windows supply it; the checks are the same for all.

#ifndef RIG_H
#define RIG_H

#include "test.h"

// ---- a range of the port under test -----------------------------------------

typedef struct rig_range {
    const reel_pages *pages;
    uintptr_t start;
    size_t size; // bytes, RIG_PAGES pages or more
} rig_range;

#define RIG_PAGES 32

// A range with nothing committed. The one before is given up, whatever is
// committed.
void rig_start(rig_range *range);

// Frames that the range holds out of the port's pool, tables included; 0 where
// a port has no frames.
size_t rig_frames(void);

// Leave the port so many frames to take, until this is called with RIG_ALL.
// False, and nothing done, where there are no frames.
#define RIG_ALL SIZE_MAX
bool rig_leave(size_t frames);

// Is the memory just below and above the range accessible?
extern const bool rig_has_neighbours;

// ---- touching memory --------------------------------------------------------

// Can the byte be loaded and stored? What is there stays there.
bool rig_is_open(uintptr_t address);

// Are a load and a store both refused, and at exactly this address?
bool rig_is_closed(uintptr_t address);

// Where the last access was refused.
uintptr_t rig_refused_at(void);

// ---- many at once -----------------------------------------------------------

#define RIG_MOST_WORKERS 4

// Run work(0), work(1), … at once, on cores or threads, rig_workers of them,
// while tick() comes as an interrupt, often, where there are interrupts.
// Returns when all are done. A tick never comes otherwise.
extern const unsigned rig_workers;
void rig_together(void (*work)(unsigned who), void (*tick)(void));

// How often the last rig_together() called tick().
size_t rig_ticks(void);

// rig_is_closed(), asked on another core or thread.
bool rig_is_closed_elsewhere(uintptr_t address);

// How often a worker does what it does.
extern const size_t rig_rounds;

#endif
