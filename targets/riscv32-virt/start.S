/* SPDX-License-Identifier: MIT */
// M-mode from reset to main() and to the trap handler. One hart.

#include "riscv.h"

    .section .entry, "ax"
    .globl _start
_start:
    la sp, ld_stack_top
    la t0, entry
    csrw mtvec, t0
    clear_bss
    call main
    call semihost_exit

// MPP is M here, so the stack is there whatever PMP says.
    .balign 4
entry:
    save mstatus
    csrr a0, mcause
    csrr a1, mtval
    csrr a2, mepc
    call machine_trap
    csrw mepc, a0
    restore mstatus
    mret
