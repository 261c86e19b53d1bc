// SPDX-License-Identifier: MIT
// Both cores claim pages of one small pool and open regions on it. There is a page
// for each that is asked for, so none may ever be refused, and every holder's stamp
// is all over his page for as long as he holds it.

#ifndef REGIONS_H
#define REGIONS_H

#include "reel/base.h"

// Start with a pool that has no page yet.
void regions_start(void);

// Let each core do `turns` turns, or fewer if something is wrong. May be called
// again: the counts go on.
void regions_run(size_t turns);

// Turns done by both cores together.
size_t regions_turns(void);

// Claims during which the other core claimed or gave back: none if the cores run
// one after the other.
size_t regions_overlaps(void);

// Pages that had two owners, and refusals of a call; and 1 if the list of free pages
// is not whole, or a page is missing.
size_t regions_wrong(void);

#endif
