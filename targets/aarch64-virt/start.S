/* SPDX-License-Identifier: MIT */
// EL1 from reset to main() and to the exception handler. TPIDR_EL1 holds the
// core's number: 0 is the one that came first.

    .section .entry, "ax"
    .globl _start
_start:
    ldr x0, =ld_stack_top
    mov sp, x0
    ldr x0, =ld_bss_start
    ldr x1, =ld_bss_end
1:  cmp x0, x1
    b.hs 2f
    str xzr, [x0], #8
    b 1b
2:  msr tpidr_el1, xzr
    ldr x0, =vectors
    msr vbar_el1, x0
    bl machine_map
    bl main
    bl semihost_exit

    .globl machine_second
machine_second:
    ldr x0, =ld_stack_top
    add x0, x0, #0x10, lsl #12
    mov sp, x0
    mov x0, #1
    msr tpidr_el1, x0
    ldr x0, =vectors
    msr vbar_el1, x0
    bl machine_map
    bl machine_run_second

    .macro entry kind
    .balign 128
    sub sp, sp, #192
    stp x0, x1, [sp]
    mov x0, #\kind
    b save
    .endm

    .balign 2048
vectors:
    .rept 4
    entry 2
    .endr
    entry 0 // synchronous, of EL1 itself
    entry 1 // an interrupt
    .rept 10
    entry 2
    .endr

save:
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x18, x30, [sp, #144]
    mrs x1, elr_el1
    mrs x2, spsr_el1
    stp x1, x2, [sp, #160]
    bl machine_trap // (kind, pc) returns pc
    ldr x2, [sp, #168]
    msr elr_el1, x0
    msr spsr_el1, x2
    ldp x18, x30, [sp, #144]
    ldp x16, x17, [sp, #128]
    ldp x14, x15, [sp, #112]
    ldp x12, x13, [sp, #96]
    ldp x10, x11, [sp, #80]
    ldp x8, x9, [sp, #64]
    ldp x6, x7, [sp, #48]
    ldp x4, x5, [sp, #32]
    ldp x2, x3, [sp, #16]
    ldp x0, x1, [sp]
    add sp, sp, #192
    eret
