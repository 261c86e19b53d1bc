// SPDX-License-Identifier: MIT
// Blocks of any size. A context that gets one enters it and fills it with a stamp, the
// main loop when the trial is over. Two blocks that overlap break a stamp.

#ifndef PIECES_H
#define PIECES_H

#include "interrupts.h"

#define PIECES 12u // of one trial, at most

typedef struct piece {
    unsigned owner;
    unsigned char *start;
    size_t size;
    unsigned char stamp;
} piece;

extern piece pieces[PIECES];
extern size_t pieces_count, pieces_refused; // since the trial began

void pieces_begin(void);

// The context came to a block, or to NULL. No bytes are one.
void pieces_keep(unsigned context, void *start, size_t size);

// Its stamp must be there until its owner lets go of it.
void pieces_let_go(piece *kept);

// All stamps are there, of blocks that have an owner.
void pieces_check(void);

#endif
