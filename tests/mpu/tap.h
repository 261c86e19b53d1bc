// The part of tests/test.h that these programs need, with results told apart by
// two names: what was checked, and of which design.

#ifndef TAP_H
#define TAP_H

#include "test.h"

// One line of TAP: passed if every EXPECT since the last one held.
void tap_result(const char *what, const char *of);

// The plan. Returns what main returns.
int tap_end(void);

#endif
