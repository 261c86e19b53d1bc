// The flow meter: reads a capture frame by frame and prints what is in it.

#ifndef METER_H
#define METER_H

#include <stdbool.h>

#define METER_FAILED 1 // the exit code if a capture cannot be read to its end
#define METER_PANIC  2 // and if an allocator's contract was broken

// Meter the capture at `path`; with `print_frames`, also print a line for each
// frame. Returns the exit code: 0 if it was read to its end.
int meter_run(const char *path, bool print_frames);

#endif
