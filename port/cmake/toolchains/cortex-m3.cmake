# SPDX-License-Identifier: MIT
# Armv7-M.
set(REEL_CPU "-mcpu=cortex-m3 -mthumb")
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
