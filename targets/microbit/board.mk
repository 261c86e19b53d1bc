# BBC micro:bit: nRF51, Cortex-M0, 256 KiB of flash, 16 KiB of RAM, no MPU. Only
# small code has room, so the tests are optimised like the core, and say less.
FLAGS_microbit := $(FLAGS_cortex-m0) -DTEST_TEXTS=0
SPEED_microbit  = $(or $(filter -O%,$(FLAGS)),-Os)

BOARD_RUNS += $(addprefix $(OUT)/microbit,+Os/tests.elf +primask+checks2+Os/tests.elf \
                +checks0+Os/tests.elf /mpu.elf)
INTERRUPT_BUILDS += microbit+primask+O2 microbit+none+O2
