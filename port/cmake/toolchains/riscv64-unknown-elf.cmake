# SPDX-License-Identifier: MIT
# gcc for RISC-V on bare metal. A file of a CPU sets REEL_CPU and includes this.
set(REEL_TOOLS riscv64-unknown-elf)
set(REEL_PROCESSOR riscv)
include("${CMAKE_CURRENT_LIST_DIR}/gcc.cmake")
