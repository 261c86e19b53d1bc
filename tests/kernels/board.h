// SPDX-License-Identifier: MIT
// What the port of a board supplies to board.c.

#ifndef BOARD_H
#define BOARD_H

#include "reel/base.h"

// Once, before the tests.
void board_start(void);

// The other core stays off: no core needs to know of a change.
void board_be_alone(void);

// Give the port 1,000,000 frames more than the few it needs, all of them out.
// False where there are no frames. Then only rig_start() may follow.
bool board_take_many(void);

// Say on the console whose an address is and in which state.
void board_report(uintptr_t address);

// Bytes of the range at hand that are committed.
size_t board_committed(void);

// Handlers of this machine may be free to touch anything: bind the one that
// probes, if it is one, and free it again.
void board_bind_handler(bool bind);

#endif
