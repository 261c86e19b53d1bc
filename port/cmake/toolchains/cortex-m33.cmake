# SPDX-License-Identifier: MIT
# Armv8-M mainline, without DSP and FPU instructions: add what the part has.
set(REEL_CPU "-mcpu=cortex-m33+nodsp -mfloat-abi=soft -mthumb")
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
