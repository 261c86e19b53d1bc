// SPDX-License-Identifier: MIT
/// What every Cortex-M with an MPU needs: the number of regions, enabling the
/// MPU, and reading a fault. Privileged code only. Armv6-M and Armv8-M Baseline
/// have no MemManage and record no address. There a refused access is a HardFault
/// without an address.
///
/// Some accesses do not trap, or trap in another way:
///
///   * With PRIMASK set, or in a handler as urgent as MemManage, a refused access
///     is a HardFault. Give MemManage the most urgent priority to see it.
///   * With FAULTMASK set, in an NMI and in a HardFault handler the MPU is off if
///     MPU_CTRL.HFNMIENA is 0. A use of freed memory there is not detected. With
///     HFNMIENA 1 it is a lockup.
///   * DMA and other cores do not pass through the MPU of this core.

#ifndef REEL_PORT_FAULT_H
#define REEL_PORT_FAULT_H

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Get the number of MPU regions.
///
/// Returns  the number; 0 on a part without MPU.
/// Callers  any context
unsigned reel_mpu_regions(void);

/// Enable the MPU with the background map for privileged code. Also enable the
/// MemManage exception, so that a refused access is no HardFault. If the MPU is
/// enabled already, its map does not change.
///
/// Returns  REEL_OK: the MPU is on. REEL_UNSUPPORTED on a part without MPU;
///          REEL_PORT_FAILED if it stays off because its registers are locked.
/// Callers  threads only
reel_status reel_mpu_enable(void);

/// Get the address of the fault, in a MemManage handler.
///
///   address  set if the hardware recorded it
///
/// Returns  true if it did. reel_temp_locate() says what is there.
bool reel_fault_address(uintptr_t *address);

/// Forget this fault, in a MemManage handler. Then the next one can be
/// distinguished.
///
/// Returns  when it is done.
void reel_fault_clear(void);

#ifdef __cplusplus
}
#endif

#endif
