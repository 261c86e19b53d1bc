# SPDX-License-Identifier: MIT
# Programs that take reel in by its build systems (port/cmake and beside it).

NEED_consumers     := cmake ninja-build=ninja pkg-config perl=prove g++ python3 \
                      libc6-dev=/usr/include/stdio.h
NEED_all-consumers := meson gcc-arm-none-eabi=arm-none-eabi-gcc qemu-system-arm \
                      gcc-riscv64-unknown-elf=riscv64-unknown-elf-gcc qemu-system-misc=qemu-system-riscv32

SCRIPT_RUNS += tests/consumers/consumers.t
NEEDS_tests/consumers/consumers.t := $(OUT)/have-consumers

.PHONY: consumers
consumers: | $(OUT)/have-consumers $(OUT)/have-all-consumers  ## Build and run a program by CMake, Meson, pkg-config and one file; Zephyr and ESP-IDF by stand-ins
	CONSUMERS=all $(PROVE) -v tests/consumers/consumers.t
