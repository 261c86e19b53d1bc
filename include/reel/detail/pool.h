// SPDX-License-Identifier: MIT
/// Inside pool.h: what regions need of it.

#ifndef REEL_DETAIL_POOL_H
#define REEL_DETAIL_POOL_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

/// reel_pool_claim(), but it returns the number of the page, by which regions
/// chain pages. UINTPTR_MAX takes the place of NULL.
uintptr_t reel_pool_claim_number(reel_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
