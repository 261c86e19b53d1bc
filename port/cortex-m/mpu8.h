// SPDX-License-Identifier: MIT
/// Commit by the MPU of Armv8-M: an access to memory that is not committed
/// faults. The granule is 32 bytes.
///
/// Two designs:
///
///   overlap   Two identical regions over the uncommitted tail. An access to an
///             address in two regions always faults, also in privileged code.
///             PRIVDEFENA stays on, and nothing else changes for the
///             application.
///   window    One region over the committed part. For an application that maps
///             all of its memory by regions and runs without PRIVDEFENA.
///
/// Committed memory stays accessible at every instruction of an update. A
/// handler may use other regions meanwhile: PRIMASK is set while a region is
/// selected and written, for 7 instructions by gcc 12 and never for more than
/// 12. The region that was selected before stays selected. No other region may
/// lie over a window. Only privileged code can use a window, and no code can
/// execute in it.
///
/// Compile it with fault.c. On a part of Armv6-M or Armv7-M, which has another
/// MPU, init returns REEL_UNSUPPORTED.

#ifndef REEL_PORT_MPU8_H
#define REEL_PORT_MPU8_H

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum reel_mpu8_design {
    REEL_MPU8_OVERLAP, // takes regions n and n + 1
    REEL_MPU8_WINDOW,  // takes region n
} reel_mpu8_design;

/// Owned by the caller, who only reads it. A temp takes `pages`.
typedef struct reel_mpu8 {
    reel_pages pages;
    uintptr_t base;
    size_t size;       // bytes
    size_t frontier;   // bytes committed
    uint8_t region;    // the first of its regions
    uint8_t attribute; // index into MAIR that its regions use
    uint8_t design;    // a reel_mpu8_design
} reel_mpu8;

/// Take MPU regions for a range, and close all of it. reel_mpu_enable()
/// (overlap) or the application enables the MPU first. Privileged code only. An
/// MPU serves one core.
///
///   space      aligned to `page_size`
///   size       bytes, a multiple of `page_size`
///   page_size  bytes, a power of two, 32 or more
///   region     number of the first region
///   attribute  index 0 to 7 of the MAIR attribute for the window's memory,
///              which the application has set up; an overlap does not use it
///
/// Returns  REEL_OK: an access to the range traps now, as the part itself says
///          (TT). REEL_UNSUPPORTED on a part without this MPU or without these
///          regions; REEL_INVALID for a range that the MPU cannot cover;
///          REEL_PORT_FAILED if the range would not trap: the MPU is off, its
///          registers are locked, or, under a window, PRIVDEFENA or another region
///          opens it. A failure changes nothing. The hooks refuse, or ignore, a
///          range that is not of whole pages or not at the frontier. A commit at
///          the start, while some of the range is committed, moves the frontier to
///          its end: its temp was initialised again.
/// Cost     O(regions of the part)
/// Callers  threads only
reel_status reel_mpu8_init(reel_mpu8 *mpu, reel_mpu8_design design, void *space,
                           size_t size, size_t page_size, unsigned region,
                           unsigned attribute);

#ifdef __cplusplus
}
#endif

#endif
