// SPDX-License-Identifier: MIT
// Commit by the MPU, on the machine itself.

#include "cortex-m/mpu.h"
#include "checks.h"
#include "cortex-m/fault.h"
#include "semihost.h"
#include "tap.h"

int main(void);

static void counts_its_regions(void)
{
    const unsigned expected = __ARM_ARCH == 6          ? 0
                              : design_machine_is_v8() ? 16
                                                       : 8;
    EXPECT(reel_mpu_regions() == expected);
    EXPECT(reel_mpu_enable() == (expected > 0 ? REEL_OK : REEL_UNSUPPORTED));
    EXPECT(expected > 0
           || reel_mpu7_init(NULL, NULL, 0, 0, 0) == REEL_UNSUPPORTED);
    tap_result("counts its regions", "the MPU or what is in its place");
}

// Where there is none, its registers keep nothing, as those that are locked.
static void tells_the_mpus_apart(void)
{
    const mpu_kind expected = __ARM_ARCH == 6          ? MPU_IS_LOCKED
                              : design_machine_is_v8() ? MPU_IS_V8
                                                       : MPU_IS_V7;
    EXPECT(mpu_kind_of(0) == expected);
    tap_result("tells the MPUs apart", "by what a register keeps");
}

static void refuse(const mpu_design *design)
{
    mpu_range range;
    EXPECT(design_init(design, &range, design_memory(), 0) == REEL_UNSUPPORTED);
    tap_result("not on this machine", design->name);
}

static void run(const check *checks, const mpu_design *design)
{
    for (const check *each = checks; each->name != NULL; each++) {
        each->run(design);
        tap_result(each->name, design->name);
    }
}

void test_write(const char *text)
{
    semihost_write(text);
}

int main(void)
{
    counts_its_regions();
    tells_the_mpus_apart();
    for (const mpu_design *each = designs; each->name != NULL; each++) {
        if (design_applies(each)) {
            run(access_checks, each);
            run(refusal_checks, each);
            run(strict_checks, each);
            run(truth_checks, each);
        } else {
            refuse(each);
        }
    }
    return tap_end() ? 0 : 1;
}
