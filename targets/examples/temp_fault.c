// SPDX-License-Identifier: MIT
// A temp behind the MPU of a Cortex-M3 or M4: memory that was freed is closed, so a
// stale pointer traps, and the handler says what it points to.

#include "cortex-m/fault.h"
#include "cortex-m/mpu7.h"
#include "reel/temp.h"
#include "semihost.h"

static _Alignas(8192) unsigned char space[8192];
static reel_mpu7 mpu;
static reel_temp frame;

void mem_manage_handler(void);

void mem_manage_handler(void)
{
    uintptr_t address = 0;
    size_t offset = 0;
    const bool known = reel_fault_address(&address);
    const reel_temp_state state =
        reel_temp_locate(&frame, (const void *)address, &offset);
    semihost_write("fault: memory of frame that is ");
    semihost_write(reel_temp_state_name(state));
    semihost_write("\n");
    semihost_exit(known && state == REEL_TEMP_FREED && offset == 4000 ? 0 : 1);
}

int main(void)
{
    if (reel_mpu_enable() != REEL_OK
        || reel_mpu7_init(&mpu, space, sizeof space, 0, 3) != REEL_OK
        || reel_temp_init(&frame, space, sizeof space, &mpu.pages, NULL)
               != REEL_OK) {
        return 2;
    }
    unsigned char *const stale = reel_temp_alloc(&frame, 5000, 0);
    if (stale == NULL || reel_temp_reset(&frame) != REEL_OK
        || reel_temp_trim(&frame) != REEL_OK) {
        return 3;
    }
    (void)*(volatile unsigned char *)(stale + 4000); // a bug: this traps
    return 4;
}
