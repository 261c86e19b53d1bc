# SPDX-License-Identifier: MIT
# Arm MPS2+ with image AN505: Cortex-M33, MPU of Armv8-M.
FLAGS_mps2-an505 := -mcpu=cortex-m33+nodsp -mthumb -mfloat-abi=soft $(SPLIT)

FLAGS_for-armv7 := -mcpu=cortex-m3

BOARD_RUNS  += $(addprefix $(OUT)/mps2-an505,/mpu.elf +Os/mpu-icount.elf \
                 +basepri/basepri.elf +for-armv7/mpu.elf)
MATRIX_RUNS += $(addprefix $(OUT)/mps2-an505,+checks2+Os/mpu/tests.elf +Os/mpu.elf \
                 /mpu-icount.elf /mpu/tests.elf +basepri+Os/tests.elf \
                 +basepri+checks2+Os/basepri.elf)
INTERRUPT_BUILDS_LATER += mps2-an505
CYCLE_BUILDS           += mps2-an505+llsc+Os mps2-an505+llsc+O2
