// SPDX-License-Identifier: MIT
// What must be true at the end of every run, whatever was in the capture.

#ifndef CONSISTENCY_H
#define CONSISTENCY_H

#include <stdbool.h>

#include "flows.h"
#include "intervals.h"
#include "report.h"

// Do the intervals, those that found no room included, add up to the totals, and
// was each ref to the result of one refused once that was rewound? Is every flow
// in the table, and every frame in a flow or dropped; was each ref into an old
// table refused, and has only the present one pages? Says what is
// not so.
bool is_consistent(const struct totals *totals, const struct flows *flows,
                   const struct intervals_totals *intervals);

#endif
