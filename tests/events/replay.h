// SPDX-License-Identifier: MIT
// A naive model of what is live, told by events alone.

#ifndef REPLAY_H
#define REPLAY_H

#include "events/record.h"

// Forget all.
void replay_start(void);

// Take the next event in. False: it does not fit what came before; `replay_blame()` says
// why.
bool replay(const reel_event *event);
const char *replay_blame(void);

// The bytes that an object uses, as its own statistics count them.
size_t replay_used(const void *object);

// Is exactly this block live, and in no cache?
bool replay_is_live(const void *object, const void *block);

// How many blocks of an object are live.
size_t replay_live(const void *object);

// How many events of a kind came, from any module.
size_t replay_count(unsigned kind);

#endif
