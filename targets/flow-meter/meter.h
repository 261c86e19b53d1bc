// SPDX-License-Identifier: MIT
// The flow meter: reads a capture frame by frame and prints what is in it.

#ifndef METER_H
#define METER_H

#include <stdbool.h>

// Bytes for one frame, a power of two. A build for a smaller part, or for a
// test, may set another size.
#ifndef METER_FRAME_BYTES
#define METER_FRAME_BYTES (64u * 1024u)
#endif

#define METER_FAILED 1 // the exit code if a capture cannot be read to its end
#define METER_PANIC  2 // if a contract was broken, by or to an allocator
#define METER_FAULT  3 // on an access to forbidden memory
#define METER_MISSED 4 // if such a touch was asked for, and did not trap
#define METER_WRONG  5 // if the flows or intervals contradict the totals

// Meter the capture at `path`; with `print_frames`, also print a line for each
// frame. Returns the exit code: 0 if it was read to its end.
int meter_run(const char *path, bool print_frames);

// For a fault handler: say whose the address is, and what state it is in.
void meter_explain(const void *address);

#endif
