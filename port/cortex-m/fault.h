/// What every Cortex-M with an MPU has in common: its size, turning it on, and
/// reading a fault. Armv6-M has no MemManage and records no address: there a
/// refused access is a HardFault, and nothing more is known.

#ifndef REEL_PORT_FAULT_H
#define REEL_PORT_FAULT_H

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Tell how many MPU regions this part has.
///
/// Returns  0 on a part without MPU.
/// Cost     O(1).
/// Context  any number, privileged. ISR: yes. SMP: yes. Blocks: never.
unsigned reel_mpu_regions(void);

/// Turn the MPU on, with the background map for privileged code, and the
/// MemManage exception, so that a refused access does not escalate. Where the
/// MPU is on already, only what is missing of that is added.
///
/// Returns  REEL_OK; REEL_UNSUPPORTED on a part without MPU.
/// Cost     O(1).
/// Context  one owner, privileged. ISR: no. SMP: no. Blocks: never.
reel_status reel_mpu_enable(void);

/// In a MemManage handler: which address was refused?
///
///   address  set if the hardware recorded it
///
/// Returns  true if it did. reel_temp_locate() says whose it is.
/// Cost     O(1).
/// Context  a MemManage handler.
bool reel_fault_address(uintptr_t *address);

/// In a MemManage handler: forget this fault, so that the next one is told apart.
///
/// Returns  when it is done.
/// Cost     O(1).
/// Context  a MemManage handler.
void reel_fault_clear(void);

#ifdef __cplusplus
}
#endif

#endif
