# SPDX-License-Identifier: MIT
# RISC-V with atomics.
set(REEL_CPU "-march=rv32imac_zicsr -mabi=ilp32")
include("${CMAKE_CURRENT_LIST_DIR}/riscv64-unknown-elf.cmake")
