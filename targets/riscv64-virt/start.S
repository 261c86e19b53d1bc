/* SPDX-License-Identifier: MIT */
// S-mode from the firmware's jump to main() and to the trap handler. The
// firmware says in a0 which hart this is, and starts the other one when it is
// asked to. tp holds the core's number: 0 is the hart that came first.
//
// Both begin here. A firmware may find the second hart awake, and send it to the
// address of the first before it has stored the one that it was asked for.

#include "riscv.h"

    .section .entry, "ax"
    .globl _start
_start:
    la t0, is_taken
    li t1, 1
    amoswap.w t1, t1, (t0)
    bnez t1, second
    la sp, ld_stack_top
    clear_bss
    li tp, 0
    la t0, machine_first_hart
    sd a0, 0(t0)
    call machine_map
    la t0, entry
    csrw stvec, t0
    call main
    call semihost_exit

second:
    la sp, ld_stack_top
    li t0, 0x10000
    add sp, sp, t0
    li tp, 1
    la t0, entry
    csrw stvec, t0
    call machine_map
    call machine_run_second

    .balign 4
entry:
    save sstatus
    csrr a0, scause
    csrr a1, stval
    csrr a2, sepc
    call machine_trap
    csrw sepc, a0
    restore sstatus
    sret

    .data
    .balign 4
is_taken:
    .word 0
