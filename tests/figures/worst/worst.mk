# SPDX-License-Identifier: MIT
# What each of a million calls takes, of random workloads: on boards in cycles or
# instructions, exactly, by a plugin of QEMU; on this host by the processor's clock.
# `make test` has a sample.

WORST_BUILDS  := microbit+primask+Os microbit+primask+O2 mps2-an385+llsc+O2
WORST_SAMPLE  := microbit+primask+Os
WORST_CALLS   := $(addprefix tests/figures/worst/,inlined.c calls.c stacks.c lists.c chunks.c \
                   heaps.c registry.c)
WORST_METER   := $(OUT)/worst/meter.so
WORST_HOST    := $(OUT)/gcc+cores2+O2/worst
CALLS         ?= 1000000

# The core comes first, and then what cannot be inside a call (worst.t).
$(OUT)/%/worst.elf: $$(call objects,$$*,$(CORE) port/always.c $(BOARD_COMMON) \
                      $(WORST_CALLS) tests/figures/worst/board.c) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

$(WORST_METER): tests/figures/worst/meter.c | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(CPU) compile gcc -std=c11 -O2 $(WARN) -fPIC -fvisibility=hidden -shared -o $@ $<

# What is flushed comes last (host.c): the objects; what is inlined, and the core.
$(WORST_HOST): $(call objects,gcc+cores2+O2,$(HOST_PORT) port/always.c \
                 tests/figures/worst/host.c $(filter-out %/inlined.c,$(WORST_CALLS)) \
                 tests/figures/worst/inlined.c $(CORE))
	$(SAY); $(LINK) -pthread

SCRIPT_RUNS += tests/figures/worst/worst.t
NEEDS_tests/figures/worst/worst.t := $(OUT)/$(WORST_SAMPLE)/worst.elf $(WORST_METER)

.PHONY: worst
worst: $(WORST_BUILDS:%=$(OUT)/%/worst.elf) $(WORST_METER) $(WORST_HOST) | $(OUT)/have-perl  ## Measure each of 1,000,000 calls of each function, on boards and on this host (CALLS=)
	WORST="$(WORST_BUILDS)" CALLS=$(CALLS) $(PROVE) -v tests/figures/worst/worst.t
