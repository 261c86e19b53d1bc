# SPDX-License-Identifier: MIT
# QEMU's machine "virt" with two Cortex-A53 at EL1. The word `levels4` gives it 48
# bits of address.
TOOL_aarch64-virt  := aarch64-linux-gnu-gcc -fno-pic -no-pie -Wl,--build-id=none
FLAGS_aarch64-virt := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics \
                      -mstrict-align -fno-stack-protector -DREEL_CORES=2 $(SPLIT)
NEED_FOR_aarch64-virt := aarch64

BOARD_RUNS  += $(OUT)/aarch64-virt/port.elf
MATRIX_RUNS += $(addprefix $(OUT)/aarch64-virt,/suite.elf +checks2+poison1+Os/suite.elf \
                 +levels4/port.elf +levels4/port-icount.elf)
