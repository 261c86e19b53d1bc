# SPDX-License-Identifier: MIT
# Arm MPS2 with image AN500: Cortex-M7, MPU of Armv7-M.
FLAGS_mps2-an500 := -mcpu=cortex-m7 -mthumb -mfloat-abi=soft $(SPLIT)

BOARD_RUNS  += $(OUT)/mps2-an500/mpu.elf
MATRIX_RUNS += $(addprefix $(OUT)/mps2-an500,/mpu-icount.elf +basepri/basepri.elf \
                 /mpu/tests.elf +checks2+Os/mpu/tests.elf \
                 +basepri+checks2+Os/basepri.elf)
