# SPDX-License-Identifier: MIT
# RISC-V without atomics, as ESP32-C3 and GD32VW: exchanges mask interrupts (M-mode).
set(REEL_CPU "-march=rv32imc_zicsr -mabi=ilp32")
set(REEL_PORT_MASK_HEADER "riscv/mstatus.h" CACHE STRING "see reel/config.h")
include("${CMAKE_CURRENT_LIST_DIR}/riscv64-unknown-elf.cmake")
