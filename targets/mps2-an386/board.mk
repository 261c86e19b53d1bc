# SPDX-License-Identifier: MIT
# Arm MPS2 with image AN386: Cortex-M4, MPU of Armv7-M.
FLAGS_mps2-an386 := -mcpu=cortex-m4 -mthumb -mfloat-abi=soft $(SPLIT)

MATRIX_RUNS += $(addprefix $(OUT)/mps2-an386,/mpu.elf +checks2+Os/mpu/tests.elf /mpu/tests.elf \
                 /mpu-icount.elf)
