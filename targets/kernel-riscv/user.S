/* SPDX-License-Identifier: MIT */
// From the kernel to U-mode and back: a call that returns at the next trap.

#include "user.h"

// The registers of a process but a0, which is last out and first in.
#define SOME 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, \
    21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

    .text
    .globl user_run
user_run:
    addi sp, sp, -112
    sd ra, 0(sp)
    .set at, 8
    .irp register, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
    sd \register, at(sp)
    .set at, at + 8
    .endr
    sd sp, KERNEL_AT(a0)
    sd tp, KERNEL_AT+8(a0)
    csrr t0, satp
    sd t0, KERNEL_AT+16(a0)
    la t0, back
    csrrw t0, stvec, t0
    sd t0, KERNEL_AT+24(a0)
    csrw sscratch, a0
    csrw satp, a1
    sfence.vma
    ld t0, 0(a0)
    csrw sepc, t0
    li t0, 1 << 8 // SPP: to U-mode
    csrc sstatus, t0
    .irp number, SOME
    ld x\number, 8 * \number(a0)
    .endr
    ld a0, 80(a0)
    sret

    .balign 4
back:
    csrrw a0, sscratch, a0
    .irp number, SOME
    sd x\number, 8 * \number(a0)
    .endr
    csrr t0, sscratch
    sd t0, 80(a0)
    csrr t0, sepc
    sd t0, 0(a0)
    ld t0, KERNEL_AT+16(a0)
    csrw satp, t0
    sfence.vma
    ld t0, KERNEL_AT+24(a0)
    csrw stvec, t0
    ld sp, KERNEL_AT(a0)
    ld tp, KERNEL_AT+8(a0)
    ld ra, 0(sp)
    .set at, 8
    .irp register, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
    ld \register, at(sp)
    .set at, at + 8
    .endr
    addi sp, sp, 112
    csrr a0, scause
    ret
