// SPDX-License-Identifier: MIT
// A rewindable, how a trial with it begins, and what handlers do: for its own blocks
// and for spans.

#ifndef REWINDABLE_H
#define REWINDABLE_H

#include "pieces.h"
#include "reel/span.h"

#define SIZE    1024u // bytes that the backing has
#define GRANULE 8u
#define INITIAL 64u  // bytes: of the first chunk
#define LIMIT   128u // so the next have 128 and 256
#define TABLE   3u
#define SPAN    24u // bytes
#define OTHERS  24u // bytes of another thread's block

// The operation's arguments.
enum { SHAPE, FREES, ASKED, ALIGN, ELSE };
#define STATUS ASKED

// How a trial begins. The first chunk has a block of the main loop, and up to
// CROWDED one of the handler.
enum shape {
    ROOMY,   // and room
    TAIL,    // 16 bytes left
    FULL,    // none left
    BEHIND,  // 16 bytes left, and the hint is at a second chunk, which is full
    KEPT,    // full, and a second chunk that was kept over a rewind
    CROWDED, // three chunks, all full, and so is the table
    ALONE,   // room
    SPANNED, // a span before the main loop's block, and the hint is at a second chunk
    ABOVE,  // one block fills it, and the hint is at a second chunk
    LADDER, // the same, the second one has one block, and the hint is at a third
    REWOUND, // no block, after a rewind
    PASSED,  // a block of the handler fills it, and a second chunk was kept
};

// Are blocks freed one by one? Then start bits lie behind each chunk, or apart.
enum frees { IN_BULK, BEHIND_DATA, BITS_APART };

// What else there is.
enum circumstance {
    USUAL,
    NO_GROWN,  // the backing has no chunk of the grown size
    NO_CHUNK,  // nor any other
    NO_BITS,   // the backing of start bits has no more
    GATE_BUSY, // a thread is in the gate
    GATE_WORK, // and grows, for a block of its own
    UNUSED,    // a span out of which nothing was taken
    USED,      // 8 bytes were
    BLOCKED,   // and a block was taken behind it
    CLOSED,
    STALE,
    ENDED, // the rewindable, with its parent
};

extern reel_rewindable rewindable;
extern reel_span span;
extern const test_action rewindable_actions[], rewindable_few_actions[],
    rewindable_takes_first[], rewindable_frees_first[];

void rewindable_prepare(void);

// The main loop's result: a block or NULL.
void rewindable_check_refusal(void);

// After the result was entered; so many spans without an owner are there.
void rewindable_check(size_t spans);

#endif
