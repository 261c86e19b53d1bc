# SPDX-License-Identifier: MIT
# Arm MPS2 with image AN385: Cortex-M3, MPU of Armv7-M.
FLAGS_mps2-an385 := $(FLAGS_cortex-m3)

# Built for the architecture whose MPU is another one: each part runs it.
FLAGS_for-armv8 := -mcpu=cortex-m33+nodsp -mfloat-abi=soft

BOARD_RUNS += $(addprefix $(OUT)/mps2-an385,/tests.elf +checks2+Os/mpu/tests.elf \
                +basepri+checks2+Os/basepri.elf /mpu.elf /mpu-icount.elf +for-armv8/mpu.elf)
MATRIX_RUNS += $(addprefix $(OUT)/mps2-an385,+basepri/basepri.elf +Os/mpu.elf +Os/mpu-icount.elf \
                 +primask+Os/tests.elf +wide/tests.elf \
                 +native+checks2+poison1/tests.elf +checks0+Os/tests.elf /mpu/tests.elf \
                 +basepri+checks2+Os/tests.elf)
INTERRUPT_BUILDS       += mps2-an385
INTERRUPT_BUILDS_LATER += mps2-an385+primask mps2-an385+none
CYCLE_BUILDS           += mps2-an385+llsc+Os mps2-an385+llsc+O2
CYCLE_BUILDS_LATER     += mps2-an385+native+Os mps2-an385+native+O2 mps2-an385+primask+Os \
                          mps2-an385+primask+O2
