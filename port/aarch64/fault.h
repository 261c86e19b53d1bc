// SPDX-License-Identifier: MIT
/// AArch64, EL1: which exceptions are a refused data access. The handler passes
/// ESR_EL1; the address is in FAR_EL1, and reel_temp_locate() then says whose
/// it is and in which state.

#ifndef REEL_PORT_AARCH64_FAULT_H
#define REEL_PORT_AARCH64_FAULT_H

#include "reel/base.h"

#define REEL_AARCH64_CLASS      26u   // of the exception: a shift in ESR
#define REEL_AARCH64_DATA_ABORT 0x25u // taken from EL1 itself
#define REEL_AARCH64_STATUS     0x3Cu // of the fault, without its level
#define REEL_AARCH64_NO_ENTRY   0x04u // a translation fault

/// Tell whether an exception is a data access where nothing is mapped.
///
///   esr      ESR_EL1 in the handler of synchronous exceptions
///
/// Returns  true if it is: then FAR_EL1 is the address.
/// Callers  any context
static inline bool reel_aarch64_is_refusal(uintptr_t esr)
{
    return (esr >> REEL_AARCH64_CLASS & 0x3Fu) == REEL_AARCH64_DATA_ABORT
           && (esr & REEL_AARCH64_STATUS) == REEL_AARCH64_NO_ENTRY;
}

#endif
