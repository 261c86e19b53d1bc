// SPDX-License-Identifier: MIT
// What the registers of the MPU say.

#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "cortex-m/fault.h"
#include "cortex-m/mpu.h"

#define MAX_REGIONS 16

typedef struct snapshot {
    uint32_t ctrl, rnr, base[MAX_REGIONS], rest[MAX_REGIONS];
} snapshot;

static inline void take(snapshot *now)
{
    now->ctrl = MPU_CTRL;
    now->rnr = MPU_RNR;
    for (unsigned i = 0; i < reel_mpu_regions(); i++) {
        MPU_RNR = i;
        now->base[i] = MPU_RBAR;
        now->rest[i] = MPU_RASR;
    }
    MPU_RNR = now->rnr;
}

static inline bool is_unchanged(const snapshot *before)
{
    snapshot now;
    take(&now);
    bool same = now.ctrl == before->ctrl && now.rnr == before->rnr;
    for (unsigned i = 0; i < reel_mpu_regions(); i++) {
        same = same && now.base[i] == before->base[i]
               && now.rest[i] == before->rest[i];
    }
    return same;
}

#endif
