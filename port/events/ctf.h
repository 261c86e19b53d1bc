// SPDX-License-Identifier: MIT
/// Events as a file that babeltrace2 and others read: the Common Trace Format, 1.8. A
/// trace is a folder with two files: `metadata`, a text that says what the other one
/// is, and `events`, a sequence of packets.
///
///   reel_ctf ctf = REEL_CTF(write_to_file, file);
///   reel_ctf_metadata(write_to_other_file, other, 25000000);
///   … each now and then …  reel_ctf_drain(&ctf);

#ifndef REEL_PORT_EVENTS_CTF_H
#define REEL_PORT_EVENTS_CTF_H

#include "events/ring.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Write `size` bytes. The application's.
typedef void reel_ctf_write(void *context, const void *bytes, size_t size);

/// Where the packets go, and the clock so far.
typedef struct reel_ctf {
    reel_ctf_write *write;
    void *context;
    uint64_t time; // of the last event: the clock without its wraps
} reel_ctf;

#define REEL_CTF(write, context) \
    {                            \
        (write), (context), 0    \
    }

/// Write the text that says what a file of events is.
///
///   hz       ticks a second of the clock
///
/// Returns  when it is written.
void reel_ctf_metadata(reel_ctf_write *write, void *context, uint64_t hz);

/// Write one packet with the events of the ring, up to those that come meanwhile, and
/// take them out. A ring whose clock wraps must be drained once in a turn at least.
///
/// Returns  the number of events; 0, and then nothing is written, if there is none.
/// Cost     O(events)
size_t reel_ctf_drain(reel_ctf *ctf);

#ifdef __cplusplus
}
#endif

#endif
