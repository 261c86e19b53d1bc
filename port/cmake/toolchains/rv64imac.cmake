# SPDX-License-Identifier: MIT
# RISC-V with atomics, 64 bits. Code lies at any address.
set(REEL_CPU "-march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany")
include("${CMAKE_CURRENT_LIST_DIR}/riscv64-unknown-elf.cmake")
