# SPDX-License-Identifier: MIT
# QEMU's machine "virt" with a 32-bit hart in M-mode: PMP. The word `imc` leaves the
# A extension out, and with it every instruction that exchanges a word.
TOOL_riscv32-virt  := riscv64-unknown-elf-gcc
FLAGS_riscv32-virt  = -misa-spec=2.2 -march=rv32i$(if $(filter imc,$(words)),,m)$(if \
                        $(filter imc,$(words)),mc,ac) -mabi=ilp32 -mcmodel=medany $(SPLIT)
FLAGS_imc          := $(FLAGS_masked) '-DREEL_PORT_MASK_HEADER="riscv/mstatus.h"'
NEED_FOR_riscv32-virt := riscv

BOARD_RUNS  += $(addprefix $(OUT)/riscv32-virt,/port.elf +imc/port.elf)
MATRIX_RUNS += $(addprefix $(OUT)/riscv32-virt,/suite.elf +imc+checks2+Os/suite.elf \
                 +imc+Os/port-icount.elf)
