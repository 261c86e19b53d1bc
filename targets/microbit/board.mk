# SPDX-License-Identifier: MIT
# BBC micro:bit: nRF51, Cortex-M0, 256 KiB of flash, 16 KiB of RAM, no MPU. Only
# small code has room, so the tests are optimised like the core and come in parts.
FLAGS_microbit := $(FLAGS_cortex-m0)
SPEED_microbit  = $(or $(filter -O%,$(FLAGS)),-Os)

BOARD_RUNS += $(foreach build,microbit+Os microbit+primask+checks2+Os microbit+checks0+Os,\
                $(foreach part,1 2 3,$(OUT)/$(build)/tests-$(part).elf)) \
              $(OUT)/microbit/mpu.elf
INTERRUPT_BUILDS += microbit+primask+O2 microbit+none+O2
