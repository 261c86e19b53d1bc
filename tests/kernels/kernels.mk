# SPDX-License-Identifier: MIT
# Ports to kernels: what a port promises, temps over it, and all cores at once, on each
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

HARNESS      := $(addprefix tests/harness/,tap.c test.c)
PORT_CHECKS  := $(addprefix tests/kernels/,contract.c temps.c crowd.c)
PORT_riscv32-virt := port/riscv/pmp.c tests/kernels/pmp.c
PORT_riscv64-virt := port/mmu/mmu.c tests/kernels/mmu.c
PORT_aarch64-virt := $(PORT_riscv64-virt)

port_of    = $(PORT_$(call who_of,$(1)))
machine_of = $(call machine,$(1),$(call who_of,$(1)))

# What a program runs: its port's own tests, then the others'.
$(OUT)/kernels/%-port.c: tests/kernels/%.c $(PORT_CHECKS) tests/unit/tables
	mkdir -p $(@D)
	tests/unit/tables $(filter %.c,$^) > $@
$(OUT)/kernels/icount.c: tests/kernels/icount.c tests/unit/tables
	mkdir -p $(@D)
	tests/unit/tables $< > $@
tables_of = $(OUT)/kernels/$(basename $(notdir $(lastword $(port_of))))-port.c

# The port and all tests of it.
$(OUT)/%/port.elf: $$(call objects,$$*,$(CORE) $(HARNESS) $(PORT_CHECKS) tests/kernels/board.c \
                     $$(call port_of,$$*) $$(call tables_of,$$*)) \
                   $$(call machine_of,$$*) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# The freestanding tests, with their memory behind the port.
$(OUT)/%/suite.elf: $$(call objects,$$*,$(UNIT) tests/kernels/board.c tests/kernels/suite.c \
                      $$(call port_of,$$*)) $$(call machine_of,$$*) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# Interrupts at every instruction, and what a call takes.
$(OUT)/%/port-icount.elf: $$(call objects,$$*,$(CORE) $(HARNESS) tests/kernels/board.c \
                            tests/kernels/icount.c $(OUT)/kernels/icount.c \
                            $$(call port_of,$$*)) $$(call machine_of,$$*) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

COST_FILES  := $(foreach board,riscv32-virt riscv64-virt aarch64-virt,\
                 $(OUT)/$(board)/port-icount.elf)
NEEDS_tests/kernels/costs.t := $(COST_FILES)
SCRIPT_RUNS += tests/kernels/costs.t
