# SPDX-License-Identifier: MIT
# Armv7E-M. Add -mfloat-abi=hard -mfpu=fpv4-sp-d16 for parts with an FPU.
set(REEL_CPU "-mcpu=cortex-m4 -mthumb")
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
