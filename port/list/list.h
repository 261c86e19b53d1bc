// SPDX-License-Identifier: MIT
/// The static instances of a program at run time, with what each uses: for a console
/// command or a crash dump. Build the program with REEL_LIST 1. Without it there is
/// no list, and no byte for one.
///
/// On the list is what REEL_ARENA_DEFINE and its like define. The entries lie in
/// section reel_list, of which GNU ld makes a table without a line in the linker
/// script. They are constant: on bare metal they lie in flash.
///
///   reel_report(write_to_uart, &uart);

#ifndef REEL_PORT_LIST_H
#define REEL_PORT_LIST_H

#include "reel/reel.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Write text: the application's.
typedef void reel_list_write(void *context, const char *text);

/// Write a line for each instance: its name and kind, its bytes, those used, peak,
/// failures, and the bytes of the largest refused request.
///
///   scratch arena size=4096 used=120 peak=400 failures=1 largest_refused=5000
///
/// The numbers are those of reel_<kind>_stats(). Instances are not locked.
///
/// Returns  the number of instances; 0 if the program was built without a list.
/// Cost     O(instances), and for blocks and pools O(their peak)
/// Callers  threads only
size_t reel_report(reel_list_write *write, void *context);

#ifdef __cplusplus
}
#endif

#endif
