// SPDX-License-Identifier: MIT
// RISC-V in assembler: the registers that a call may change, saved on the stack
// around a handler, and the status, since a handler may be refused something
// itself.

#ifndef RISCV_H
#define RISCV_H

#if __riscv_xlen == 64
#define STORE sd
#define LOAD  ld
#define WORD  8
#else
#define STORE sw
#define LOAD  lw
#define WORD  4
#endif

#define CHANGED ra, t0, t1, t2, t3, t4, t5, t6, a0, a1, a2, a3, a4, a5, a6, a7

// clang-format off
#define FRAME (20 * WORD)

.macro save status
    addi sp, sp, -FRAME
    .set at, 0
    .irp register, CHANGED
    STORE \register, at(sp)
    .set at, at + WORD
    .endr
    csrr t0, \status
    STORE t0, 16 * WORD(sp)
.endm

.macro restore status
    LOAD t0, 16 * WORD(sp)
    csrw \status, t0
    .set at, 0
    .irp register, CHANGED
    LOAD \register, at(sp)
    .set at, at + WORD
    .endr
    addi sp, sp, FRAME
.endm

// .bss is cleared between the two symbols that the script gives.
.macro clear_bss
    la t0, ld_bss_start
    la t1, ld_bss_end
1:  bgeu t0, t1, 2f
    STORE zero, 0(t0)
    addi t0, t0, WORD
    j 1b
2:
.endm
// clang-format on

#endif
