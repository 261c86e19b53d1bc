# Interrupts of shared operations, at every instruction. The builds named `none`
# protect nothing: interrupts.t expects violations of them.

INTERRUPT_BUILDS := microbit+primask mps2-an385 mps2-an385+primask mps2-an505 \
                    microbit+none mps2-an385+none
INTERRUPT_FILES  := $(INTERRUPT_BUILDS:%=$(OUT)/%/interrupts-icount.elf)

$(OUT)/%/interrupts-icount.elf: $(wildcard tests/interrupts/*.c) $(CORE) port/always.c \
                                tests/clock/clock.c tests/tap.c $(BOARD) \
                                $(HEADERS) $(wildcard tests/interrupts/*.h linker/*.ld) \
                                | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc
