// SPDX-License-Identifier: MIT
// A stand-in: see sys/mman.h.
#ifndef STAND_IN_SCHED_H
#define STAND_IN_SCHED_H

int sched_yield(void);

#endif
