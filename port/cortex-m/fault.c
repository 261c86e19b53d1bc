// SPDX-License-Identifier: MIT
#include "fault.h"

#include "mpu.h"

#define TYPE_DREGION_SHIFT 8u
#define TYPE_DREGION_MASK  0xFFu
#define SHCSR_MEMFAULTENA  (UINT32_C(1) << 16)
#define CFSR_MEM_MANAGE    0xFFu // the status byte of MemManage
#define CFSR_MMARVALID     0x80u

unsigned reel_mpu_regions(void)
{
    return MPU_TYPE >> TYPE_DREGION_SHIFT & TYPE_DREGION_MASK;
}

reel_status reel_mpu_enable(void)
{
    if (reel_mpu_regions() == 0) {
        return REEL_UNSUPPORTED;
    }
    SHCSR |= SHCSR_MEMFAULTENA;
    __asm__ volatile("dmb" ::: "memory"); // accesses under the old map end here
    if ((MPU_CTRL & MPU_CTRL_ENABLE) == 0) {
        MPU_CTRL |= MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
    }
    synchronise();
    return (MPU_CTRL & MPU_CTRL_ENABLE) != 0 ? REEL_OK : REEL_PORT_FAILED;
}

bool reel_fault_address(uintptr_t *address)
{
    // In this order: a fault of higher priority may take the register over, and
    // it clears the flag when it does.
    const uint32_t recorded = MMFAR;
    if ((CFSR & CFSR_MMARVALID) == 0) {
        return false;
    }
    *address = recorded;
    return true;
}

void reel_fault_clear(void)
{
    CFSR = CFSR_MEM_MANAGE; // a 1 clears
}
