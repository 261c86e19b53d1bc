// SPDX-License-Identifier: MIT
// An end for each kind of allocator, whose stores come in another order than in the
// library: a handler in between gets what it must not.

#ifndef BROKEN_ENDS_H
#define BROKEN_ENDS_H

void broken_end_of_blocks(void *self);
void broken_end_of_arena(void *self);
void broken_end_of_temp(void *self);
void broken_end_of_rewindable(void *self);
void broken_end_of_pool(void *self);
void broken_end_of_region(void *self);

#endif
