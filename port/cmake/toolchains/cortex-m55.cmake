# SPDX-License-Identifier: MIT
# Armv8.1-M mainline, without vector and FPU instructions: add what the part has.
set(REEL_CPU "-mcpu=cortex-m55+nomve+nofp -mfloat-abi=soft -mthumb")
include("${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake")
