# SPDX-License-Identifier: MIT
# Armv6-M, which has no compare-and-swap: exchanges mask interrupts.
set(REEL_CPU "-mcpu=cortex-m0plus -mthumb")
set(REEL_PORT_MASK_HEADER "cortex-m/primask.h" CACHE STRING "see reel/config.h")
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
