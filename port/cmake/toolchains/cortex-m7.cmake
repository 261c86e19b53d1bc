# SPDX-License-Identifier: MIT
# Armv7E-M. Add -mfloat-abi=hard -mfpu=fpv5-d16 for parts with an FPU.
set(REEL_CPU "-mcpu=cortex-m7 -mthumb")
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
