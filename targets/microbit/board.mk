# SPDX-License-Identifier: MIT
# BBC micro:bit: nRF51, Cortex-M0, 256 KiB of flash, 16 KiB of RAM, no MPU. Only
# small code has room, so the tests are optimised like the core and come in parts.
FLAGS_microbit := $(FLAGS_cortex-m0)
SPEED_microbit  = $(or $(filter -O%,$(FLAGS)),-Os)

in_parts    = $(foreach part,$(UNIT_PARTS),$(OUT)/$(1)/tests-$(part).elf)
BOARD_RUNS  += $(call in_parts,microbit+primask+checks2+Os) $(OUT)/microbit/mpu.elf
MATRIX_RUNS += $(call in_parts,microbit+checks0+Os) $(call in_parts,microbit+Os)
INTERRUPT_BUILDS       += microbit+primask+O2
INTERRUPT_BUILDS_LATER += microbit+none+O2
CYCLE_BUILDS           += microbit+primask+Os microbit+primask+O2
