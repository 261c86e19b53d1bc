# SPDX-License-Identifier: MIT
# Every sequence of calls on a small heap. `make test` has the short ones, `make heap`
# those that take longer.

EXHAUSTIVE := $(OUT)/gcc+O2/exhaustive $(OUT)/armhf+O2/exhaustive
HOST_RUNS  += $(EXHAUSTIVE)
HEAP_RUNS  += $(EXHAUSTIVE)

$(OUT)/%/exhaustive: $$(call objects,$$*,$(CORE) tests/heap/exhaustive.c \
                       tests/harness/tap.c tests/harness/console.c)
	$(SAY); $(LINK)

# On a CPU whose words have 16 bits, emulated by simavr. Its runtime is its libc's.
TOOL_avr     := avr-gcc
NEED_FOR_avr := avr
NEED_avr     := gcc-avr avr-libc=/usr/lib/avr/include/avr/io.h simavr
FLAGS_avr    := -mmcu=atmega1284p -DREEL_ATOMICS=REEL_ATOMICS_NONE \
                -DREEL_NO_LINKER_SCRIPT=1 -ffunction-sections -fdata-sections -Os
AVR_TABLES   := tests/unit/heap.c tests/unit/heap_model.c
AVR_FILES    := $(CORE) $(AVR_TABLES) $(OUT)/avr/tables.c tests/unit/things.c \
                tests/harness/tap.c tests/harness/test.c tests/heap/avr.c

$(OUT)/avr/tables.c: $(AVR_TABLES) tests/unit/tables
	mkdir -p $(@D)
	tests/unit/tables $(AVR_TABLES) > $@

$(OUT)/avr/tests: $(call objects,avr,$(AVR_FILES))
	$(SAY); $(LINK) -Wl,--gc-sections

.PHONY: test-avr
test-avr: $(OUT)/avr/tests | $(TEST_TOOLS)  ## Run the heap's tests on words of 16 bits (simavr)
	prove --exec tests/heap/simavr $<
