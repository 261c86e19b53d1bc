# SPDX-License-Identifier: MIT
# Armv8-M baseline.
set(REEL_CPU "-mcpu=cortex-m23 -mthumb")
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
