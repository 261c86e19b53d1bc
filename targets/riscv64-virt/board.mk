# SPDX-License-Identifier: MIT
# QEMU's machine "virt" with two 64-bit harts, in S-mode above OpenSBI: Sv39. The word
# `levels4` makes it Sv48.
TOOL_riscv64-virt  := riscv64-unknown-elf-gcc
FLAGS_riscv64-virt := -misa-spec=2.2 -march=rv64imac -mabi=lp64 -mcmodel=medany \
                      -DREEL_CORES=2 $(SPLIT)
FLAGS_levels4      := -DMACHINE_LEVELS=4
NEED_FOR_riscv64-virt := riscv

BOARD_RUNS  += $(addprefix $(OUT)/riscv64-virt,/suite.elf /port.elf)
MATRIX_RUNS += $(addprefix $(OUT)/riscv64-virt,+checks2+poison1+Os/suite.elf \
                 +levels4/port.elf +levels4/port-icount.elf)
