# SPDX-License-Identifier: MIT
# gcc for Arm on bare metal. A file of a CPU sets REEL_CPU and includes this.
set(REEL_TOOLS arm-none-eabi)
set(REEL_PROCESSOR arm)
include("${CMAKE_CURRENT_LIST_DIR}/gcc.cmake")
