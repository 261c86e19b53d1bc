// SPDX-License-Identifier: MIT
/// RISC-V: which exceptions are a refused data access. The handler passes what
/// its trap left in mcause and mtval, or scause and stval; reel_temp_locate()
/// then says whose the address is and in which state.

#ifndef REEL_PORT_RISCV_FAULT_H
#define REEL_PORT_RISCV_FAULT_H

#include "reel/base.h"

#define REEL_RISCV_LOAD_ACCESS  5u // by PMP
#define REEL_RISCV_STORE_ACCESS 7u
#define REEL_RISCV_LOAD_PAGE    13u // by page tables
#define REEL_RISCV_STORE_PAGE   15u

/// Tell whether a trap is a data access that was refused.
///
///   cause    mcause or scause; an interrupt's is none
///
/// Returns  true if it is: then mtval or stval is the address.
/// Callers  any context
static inline bool reel_riscv_is_refusal(uintptr_t cause)
{
    return cause == REEL_RISCV_LOAD_ACCESS || cause == REEL_RISCV_STORE_ACCESS
           || cause == REEL_RISCV_LOAD_PAGE || cause == REEL_RISCV_STORE_PAGE;
}

#endif
