# SPDX-License-Identifier: MIT
# The small kernel: an image of its own for riscv64-virt.

KERNEL       := $(OUT)/riscv64-virt/kernel-riscv.elf
KERNEL_FILES := $(wildcard targets/kernel-riscv/*.c)

PATH_targets/kernel-riscv := -Itargets/kernel-riscv

$(OUT)/%/kernel-riscv.elf: $$(call objects,$$*,$(CORE) port/mmu/mmu.c $(KERNEL_FILES)) \
                           $(OUT)/%/obj/targets/kernel-riscv/user.o \
                           $$(call machine,$$*,riscv64-virt) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

TEST_FILES  += $(KERNEL)
SCRIPT_RUNS += tests/kernels/kernel.t

.PHONY: demo-kernel
demo-kernel: $(KERNEL)  ## Boot a small RISC-V kernel that is built on reel
	targets/common/emulate $(KERNEL)
	echo "reel: what was caught is wrong on purpose; the kernel went on and ended as it should"
