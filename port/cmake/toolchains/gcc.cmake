# SPDX-License-Identifier: MIT
# gcc on bare metal. A file of a CPU sets REEL_CPU, and one of an architecture REEL_TOOLS,
# the prefix of the tools, and REEL_PROCESSOR.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${REEL_PROCESSOR})
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER ${REEL_TOOLS}-gcc)
set(CMAKE_CXX_COMPILER ${REEL_TOOLS}-g++)
set(CMAKE_ASM_COMPILER ${REEL_TOOLS}-gcc)
set(CMAKE_C_FLAGS_INIT "${REEL_CPU} -ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT} -fno-exceptions -fno-rtti")
set(CMAKE_ASM_FLAGS_INIT "${REEL_CPU}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--gc-sections")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
