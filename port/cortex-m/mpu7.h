// SPDX-License-Identifier: MIT
/// Commit by the MPU of Armv7-M (and Armv6-M): what is not committed faults.
///
///     region n       no access, over the whole range
///     region n + 1   read and write, never execute, by privileged code, over
///                    the same; its eight sub-regions are disabled where
///                    nothing is committed
///     region n + 2   optional: the same once more over the eighth in which the
///                    frontier is, so that a page is a 64th of the range
///
/// The highest region that matches decides. For the rest of memory the MPU needs
/// PRIVDEFENA, or regions of the application below n. Committed memory is normal,
/// cached (write-back) and not shared. On parts with a cache it is not for DMA.
/// Updates open before they close, so committed memory is accessible at every
/// instruction. An interrupt may use other regions: PRIMASK is set while a region
/// is selected and written, for 8 instructions by gcc 12, and for 12 at most. The
/// region that was selected before is selected again.
///
/// Compile it with fault.c. Armv8-M has another MPU. There init returns
/// REEL_UNSUPPORTED, also if the code was built for Armv7-M or Armv6-M.

#ifndef REEL_PORT_MPU7_H
#define REEL_PORT_MPU7_H

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller, who only reads it. A temp takes `pages`.
typedef struct reel_mpu7 {
    reel_pages pages;
    uintptr_t base;
    size_t size;       // bytes
    size_t frontier;   // bytes committed
    uint8_t region;    // the first of its regions
    uint8_t regions;   // 2 or 3
    uint8_t size_log2; // of `size`
} reel_mpu7;

/// Take MPU regions for a range, and close all of it. reel_mpu_enable() or the
/// application enables the MPU first. Privileged code only. An MPU serves one
/// core.
///
///   space    aligned to its size
///   size     bytes, a power of two: 256 or more with 2 regions, 2048 with 3
///   region   number of the first region
///   regions  2: pages of size / 8; 3: pages of size / 64
///
/// Returns  REEL_OK: an access of privileged code to the range traps now.
///          REEL_UNSUPPORTED on a part without this MPU or without these regions;
///          REEL_INVALID for a range that the MPU cannot cover; REEL_PORT_FAILED
///          if the range would not trap: the MPU is off, its registers are locked,
///          or a region of a higher number lies over the range. A failure changes
///          nothing. The hooks refuse, or ignore, a range that is not of whole
///          pages or not at the frontier. A commit at the start, while some of the
///          range is committed, moves the frontier to its end: its temp was
///          initialised again.
/// Cost     O(regions of the part)
/// Callers  threads only
reel_status reel_mpu7_init(reel_mpu7 *mpu, void *space, size_t size,
                           unsigned region, unsigned regions);

#ifdef __cplusplus
}
#endif

#endif
