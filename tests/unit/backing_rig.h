// SPDX-License-Identifier: MIT
// A backing allocator that watches what is asked of it: it serves the first gap that
// is large enough, notes every block, takes each back whole and once, can be told to
// refuse, and writes over what comes back, as a free list would.

#ifndef REEL_BACKING_RIG_H
#define REEL_BACKING_RIG_H

#include "test.h"

#define MOST_BLOCKS 14
#define UNTOUCHED   0x5A // the memory of the tests, before anything is written

typedef struct backing_block {
    unsigned char *start;
    size_t size, align;
} backing_block;

typedef struct backing_rig {
    reel_allocator allocator;          // this
    reel_allocator beneath;            // where blocks come from, instead of
    unsigned char *memory;             // from here to the end of the tests'
    backing_block blocks[MOST_BLOCKS]; // those that are out, the newest last
    size_t held;
    size_t bytes;            // of them
    bool is_stack;           // the newest block comes back first
    size_t calls;            // for a block, refused or not
    size_t refuse_from;      // the first call to refuse
    size_t refuse_to;        // and the first one after it to serve again
    size_t refuse_above;     // bytes
    backing_block last;      // what the last call asked for
    void (*meanwhile)(void); // called once, inside the next call
} backing_rig;

// Lies at the start of the memory of the tests, as part of what is tested: a small
// board has no other to spare.
extern backing_rig *test_backing;

// A backing on the memory of the tests behind its first bytes, which hold it and what
// is tested.
void fresh_backing_behind(size_t size);

// Cut a piece off the backing's memory, which is not noted.
void *cut_off_backing(size_t size, size_t align);

// Refuse the calls from that number on, counted from now and from 1; or that one
// alone; or none.
void refuse_calls_from(size_t number);
void refuse_call(size_t number);
void refuse_no_calls(void);

// True if the block is out, with this size.
bool is_held(const void *start, size_t size);

// Write over a block; does it still say so?
void stamp(void *block, size_t size, size_t with);
bool is_stamped(const void *block, size_t size, size_t with);

#endif
