# SPDX-License-Identifier: MIT
# Recorded traces on hosts and boards (README.md). `make test` has the small ones on the
# boards, `make heap` all of them.

TRACES     := $(patsubst tests/figures/traces/%.txt.xz,%,\
                $(wildcard tests/figures/traces/*.txt.xz))
TRACE_FILE := $(TRACES:%=$(OUT)/traces/%)
NEED_xz    := xz-utils=xz

$(OUT)/traces/%: tests/figures/traces/%.txt.xz tests/figures/traces/pack | $(OUT)/have-xz
	mkdir -p $(@D)
	tests/figures/traces/pack $< $@

TRACE_HOSTS := $(OUT)/gcc+O2/traces $(OUT)/armhf+O2/traces

$(OUT)/%/traces: $$(call objects,$$*,$(CORE) tests/figures/traces/host.c)
	$(SAY); $(LINK)

TRACE_BOARDS := $(foreach cpu,microbit+primask mps2-an385+llsc,\
                  $(EACH_SPEED:%=$(OUT)/$(cpu)+%/traces-icount.elf))
TRACE_BARE   := $(foreach cpu,microbit+primask mps2-an385+llsc,$(OUT)/$(cpu)+O2+checks0/traces-icount.elf)
TRACE_PEERS  := $(foreach peer,newlib picolibc,$(OUT)/mps2-an385+Os/$(peer)/traces-icount.elf)
TRACE_BOARD  := tests/figures/traces/board.c

PATH_tests/figures/traces := -Itests/boards

# The small board's memory.
FLAGS_microbit += -DTRACE_HEAP=10240u -DTRACE_SLOTS=256u

$(OUT)/%/traces-icount.elf: $$(call objects,$$*,$(CORE) $(CYCLES) $(TRACE_BOARD) \
                              tests/figures/traces/heap.c) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

define TRACE_PEER
$(OUT)/%/$(1)/traces-icount.elf: \
        $$$$(call objects,$$$$*/$(1),$(TRACE_BOARD) tests/figures/traces/malloc.c \
          $$(filter-out %/memory.c,$(CYCLES))) $(BOARD_SCRIPTS)
	$$(SAY); $$(subst -lgcc,$(LIBC_$(1)) -lgcc,$$(LINK_BOARD))
endef
$(foreach peer,newlib picolibc,$(eval $(call TRACE_PEER,$(peer))))

SCRIPT_RUNS += tests/figures/traces/traces.t
NEEDS_tests/figures/traces/traces.t := $(TRACE_FILE) $(TRACE_HOSTS) $(TRACE_BOARDS) $(TRACE_PEERS)

.PHONY: heap
heap: $(NEEDS_tests/figures/traces/traces.t) $(TRACE_BARE) $(HEAP_RUNS) | $(OUT)/have-perl  ## Replay all recorded traces on a heap; every sequence of calls up to 10
	$(foreach run,$(HEAP_RUNS),MORE_CALLS=6 tests/tools/run $(run) &&) true
	HEAP=1 $(PROVE) -v tests/figures/traces/traces.t

# How far a heap reaches while a trace runs in it.
plots: heap-plots
.PHONY: heap-plots
heap-plots: $(TRACE_FILE) $(OUT)/gcc+O2/traces | $(OUT)/have-plots
	tests/figures/traces/plot $(OUT)/gcc+O2/traces $(OUT)/traces $(TRACES)
