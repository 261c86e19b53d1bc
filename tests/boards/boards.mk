# SPDX-License-Identifier: MIT
# Programs of the boards' own: commit by the MPU; interrupts behind BASEPRI; two
# cores at work on the same objects, and on a twin of the library whose list has no
# version, which must be noticed.

PATH_tests/boards             := -Itests/boards
PATH_tests/boards/mpu         := -Itests/boards
PATH_tests/boards/clock       := -Itests/boards
PATH_tests/figures/cycles     := -Itests/boards
PATH_tests/figures/workloads  := -Itests/boards

in_folder = $(addprefix tests/boards/$(1)/,$(addsuffix .c,$(2)))

MPU_COMMON := tests/harness/tap.c $(call in_folder,mpu,design probe) \
              $(addprefix port/cortex-m/,fault.c mpu7.c mpu8.c)

$(OUT)/%/mpu.elf: $$(call objects,$$*,$(CORE) $(MPU_COMMON) $(BOARD_COMMON) \
                    $(call in_folder,mpu,mpu access refusals strict truth)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

$(OUT)/%/mpu-icount.elf: $$(call objects,$$*,$(MPU_COMMON) $(BOARD_COMMON) \
                           $(call in_folder,mpu,interrupts twin) \
                           tests/boards/clock/clock.c src/hooks.c) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

$(OUT)/%/basepri.elf: $$(call objects,$$*,$(CORE) tests/boards/basepri.c \
                        tests/harness/tap.c \
                        $(filter-out %/primask.c,$(BOARD_COMMON))) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

CORES_COMMON := tests/harness/tap.c $(call in_folder,cores,both heap pool regions spin_lock) \
                $(BOARD_COMMON)

$(OUT)/%/cores.elf: $$(call objects,$$*,$(CORE) $(CORES_COMMON) \
                      $(call in_folder,cores,cores frees heap pages stacks rewindables)) \
                    $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# Compiled by clang, as the explorer's twins are.
TOOL_clang-an521 := clang --target=arm-none-eabi -ffreestanding
NEED_FOR_clang-an521 := host
TWIN_AN521       := clang-an521+native+cores2/twin-blocks-no-version

$(call objects,$(TWIN_AN521),$(CORE)): $(OUT)/twins/blocks-no-version/overlay.yaml

$(OUT)/%/cores-twin.elf: $(call objects,$(TWIN_AN521),$(CORE)) \
                         $$(call objects,$$*,$(CORES_COMMON) tests/boards/cores/twin.c) \
                         $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)
