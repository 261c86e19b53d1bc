# SPDX-License-Identifier: MIT
# Interrupts of shared operations, at every instruction. The builds named `none`
# protect nothing: interrupts.t expects violations of them.

PATH_tests/interrupts := -Itests/boards -iquote src

INTERRUPT_FILES := $(INTERRUPT_BUILDS:%=$(OUT)/%/interrupts-icount.elf)
INTERRUPT_FILES_LATER := $(INTERRUPT_BUILDS_LATER:%=$(OUT)/%/interrupts-icount.elf)
SCRIPT_RUNS     += tests/interrupts/interrupts.t
NEEDS_tests/interrupts/interrupts.t := $(INTERRUPT_FILES)

.PHONY: interrupts
interrupts: $(INTERRUPT_FILES) $(INTERRUPT_FILES_LATER) | $(TEST_TOOLS)  ## Interrupt each instruction, on the boards that `make test` leaves out, too
	EVERY_BOARD=1 prove -v tests/interrupts/interrupts.t

$(OUT)/%/interrupts-icount.elf: \
        $$(call objects,$$*,$(CORE) $(wildcard tests/interrupts/*.c) port/always.c \
          tests/boards/clock/clock.c $(addprefix tests/harness/,ledger.c tap.c) $(BOARD_COMMON)) \
        $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)
