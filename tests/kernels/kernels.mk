# Ports to kernels: what a port promises, temps over it, and everyone at once, on each
# machine by the same files. rig.h says what a machine supplies.

PATH_tests/kernels := -Itests/kernels

NEED_aarch64 := gcc-aarch64-linux-gnu=aarch64-linux-gnu-gcc qemu-system-arm
NEED_riscv   := gcc-riscv64-unknown-elf=riscv64-unknown-elf-gcc \
                qemu-system-misc=qemu-system-riscv64

# Assembler is compiled like C.
$(OUT)/%.o: $$(call source,$$*).S Makefile | $$(call needs,$$*)
	mkdir -p $(@D)
	$(COMPILE)

# What is behind each image of such a board.
MACHINE := targets/common/memory.c targets/common/semihost.c
machine = $(call objects,$(1),$(MACHINE) targets/$(2)/machine.c) \
          $(OUT)/$(1)/obj/targets/$(2)/start.o

KERNEL_CHECKS := $(CORE) port/always.c $(addprefix tests/harness/,tap.c test.c) \
                 $(addprefix tests/kernels/,board.c checks.c contract.c temps.c crowd.c)
PORT_riscv32-virt := port/riscv/pmp.c tests/kernels/pmp.c
PORT_riscv64-virt := port/mmu/mmu.c tests/kernels/mmu.c
PORT_aarch64-virt := port/mmu/mmu.c tests/kernels/mmu.c

board_of = $(firstword $(subst +, ,$(firstword $(subst /, ,$(1)))))

# The port and everyone on it.
$(OUT)/%/kernel.elf: $$(call objects,$$*,$(KERNEL_CHECKS) $$(PORT_$$(call board_of,$$*))) \
                     $$(call machine,$$*,$$(call board_of,$$*)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# The freestanding tests, with their memory behind the port.
$(OUT)/%/suite.elf: $$(call objects,$$*,$(UNIT) tests/kernels/board.c tests/kernels/suite.c \
                      $$(PORT_$$(call board_of,$$*))) \
                    $$(call machine,$$*,$$(call board_of,$$*)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# Interrupts at every instruction, and what a call takes.
$(OUT)/%/port-icount.elf: $$(call objects,$$*,$(CORE) port/always.c $(addprefix tests/harness/,tap.c test.c) \
                            $(addprefix tests/kernels/,board.c icount.c) \
                            $$(PORT_$$(call board_of,$$*))) \
                          $$(call machine,$$*,$$(call board_of,$$*)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

COST_FILES  := $(foreach board,riscv32-virt riscv64-virt aarch64-virt,\
                 $(OUT)/$(board)/port-icount.elf)
TEST_FILES  += $(COST_FILES)
SCRIPT_RUNS += tests/kernels/costs.t
