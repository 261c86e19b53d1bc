/// Commit by the MPU of Armv8-M: what is not committed faults. Granule 32 bytes.
///
/// Two designs:
///
///   overlap   Two identical regions over the uncommitted tail. An address in two
///             regions faults for everybody, privileged code included, and
///             nothing else changes for the application: PRIVDEFENA stays on.
///   window    One region over the committed part. For an application that maps
///             all of its memory by regions and runs without PRIVDEFENA.
///
/// Updates keep committed memory accessible at every instruction. An interrupt
/// may use other regions meanwhile: PRIMASK is set while a region is selected
/// and written, for 7 instructions by gcc 12 and never more than 12. No other region
/// may lie over a window, which privileged code alone can use and nobody can execute.
///
/// Compile it with fault.c. Not built for Armv8-M, init returns REEL_UNSUPPORTED.

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

/// Owned by the caller; read-only to it. `pages` is what a temp takes.
typedef struct reel_mpu8 {
    reel_pages pages;
    uintptr_t base;
    size_t size;       // bytes
    size_t frontier;   // bytes committed
    uint8_t region;    // the first of its regions
    uint8_t attribute; // index into MAIR that its regions use
    reel_mpu8_design design;
} reel_mpu8;

/// Take MPU regions for a range and close all of it. The MPU itself is turned on
/// by reel_mpu_enable() (overlap) or by the application.
///
///   space      aligned to `page_size`
///   size       bytes, a multiple of `page_size`
///   page_size  bytes, a power of two, 32 or more
///   region     number of the first region
///   attribute  index 0 to 7 of the MAIR attribute for the window's memory,
///              which the application has set up; an overlap never uses it
///
/// Returns  REEL_OK; REEL_UNSUPPORTED on a part without MPU or without these
///          regions; REEL_INVALID for a range that the MPU cannot cover. On
///          failure nothing has changed.
/// Cost     O(1). The hooks: O(1); they refuse, or ignore, what is no whole page
///          or not at the frontier.
/// Context  one owner, privileged. ISR: no. SMP: no: an MPU serves one core.
reel_status reel_mpu8_init(reel_mpu8 *mpu, reel_mpu8_design design, void *space,
                           size_t size, size_t page_size, unsigned region,
                           unsigned attribute);

#ifdef __cplusplus
}
#endif

#endif
