# Arm MPS2+ with image AN521: two Cortex-M33.
FLAGS_mps2-an521  := $(FLAGS_mps2-an505)
FLAGS_clang-an521 := -mcpu=cortex-m33+nodsp -mthumb -mfloat-abi=soft

TWO_CORES  := $(OUT)/mps2-an521+native+cores2
BOARD_RUNS += $(TWO_CORES)/tests.elf $(TWO_CORES)/cores.elf $(TWO_CORES)/cores-twin.elf
