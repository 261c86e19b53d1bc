# SPDX-License-Identifier: MIT
# Arm MPS2+ with image AN521: two Cortex-M33.
FLAGS_mps2-an521  := $(FLAGS_mps2-an505)
FLAGS_clang-an521 := -mcpu=cortex-m33+nodsp -mthumb -mfloat-abi=soft -fshort-enums

# As if the cores had no compare-and-swap.
FLAGS_spin-lock   := -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM -Itests/boards/cores \
                     '-DREEL_ATOMICS_HEADER="spin_lock.h"'

TWO_CORES  := $(OUT)/mps2-an521+native+cores2
BOARD_RUNS += $(TWO_CORES)/tests.elf $(TWO_CORES)/cores.elf $(TWO_CORES)/cores-twin.elf
BOARD_RUNS += $(OUT)/mps2-an521+spin-lock+cores2/cores.elf
