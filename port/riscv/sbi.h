// SPDX-License-Identifier: MIT
/// RISC-V S-mode: have the firmware tell all harts to forget translations, for
/// reel_mmu_space.forget (port/mmu/mmu.h).

#ifndef REEL_PORT_SBI_H
#define REEL_PORT_SBI_H

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Remote fence of the SBI, to every hart. A part of a few pages would leave
/// what leads to freed tables, so all is forgotten.
///
/// Returns  when every hart has fenced.
/// Cost     an interrupt to each hart
/// Waits    for all harts
/// Callers  threads only, in S-mode
static inline void reel_sbi_forget(uintptr_t start, size_t size)
{
    register uintptr_t a0 __asm__("a0") = 0;           // hart mask,
    register uintptr_t a1 __asm__("a1") = UINTPTR_MAX; // which is all harts
    register uintptr_t a2 __asm__("a2") = 0;           // start
    register uintptr_t a3 __asm__("a3") = UINTPTR_MAX; // size: everything
    register uintptr_t a6 __asm__("a6") = 1;           // sfence.vma
    register uintptr_t a7 __asm__("a7") = 0x52464E43;  // "RFNC"
    (void)start, (void)size;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a6), "r"(a7)
                     : "memory");
}

#ifdef __cplusplus
}
#endif

#endif
