# SPDX-License-Identifier: MIT
# Arm MPS3 with image AN547: Cortex-M55, MPU of Armv8-M.
FLAGS_mps3-an547 := -mcpu=cortex-m55+nomve.fp -mthumb -mfloat-abi=soft $(SPLIT)

BOARD_RUNS  += $(OUT)/mps3-an547/mpu.elf
MATRIX_RUNS += $(addprefix $(OUT)/mps3-an547,+checks2+Os/mpu/tests.elf /mpu/tests.elf \
                 /mpu-icount.elf)
