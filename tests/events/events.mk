# SPDX-License-Identifier: MIT
# Events: a model that sees nothing else, and files of events.

PATH_tests/events := -Itests/events -Itests/boards
EVENT_PORT := port/always.c port/events/ring.c port/events/host_clock.c
EVENT_RIG  := tests/events/churn.c

$(OUT)/%/replayed: $$(call objects,$$*,$(CORE) $(EVENT_PORT) $(EVENT_RIG) tests/events/replay.c \
                     tests/events/replayed.c $(CONSOLE))
	$(SAY); $(LINK)
HOST_RUNS   += $(OUT)/gcc+events/replayed $(OUT)/clang+events+asan+checks2+zones/replayed
$(OUT)/%/exact: $$(call objects,$$*,$(CORE) $(EVENT_PORT) tests/events/exact.c $(CONSOLE))
	$(SAY); $(LINK)
HOST_RUNS   += $(OUT)/gcc+events/exact $(OUT)/clang+events+asan+checks2/exact
$(OUT)/%/ring_threads: $$(call objects,$$*,src/hooks.c src/gate.c port/events/ring.c port/events/host_clock.c \
                         tests/events/ring_threads.c $(RIG))
	$(SAY); $(LINK) -pthread
HOST_RUNS   += $(addsuffix /ring_threads,$(OUT)/gcc+events+O2 $(OUT)/gcc+events+O2+tsan)
$(OUT)/%/counted: $$(call objects,$$*,$(CORE) $(EVENT_PORT) port/events/counts.c tests/events/counted.c $(RIG))
	$(SAY); $(LINK) -pthread
HOST_RUNS   += $(OUT)/gcc+events/counted
MATRIX_RUNS += $(foreach build,gcc+events+O2 gcc+events+masked+Os gcc+events+none clang+events+Os \
                 armhf+events+O2,$(OUT)/$(build)/replayed $(OUT)/$(build)/exact)

$(OUT)/%/record: $$(call objects,$$*,$(CORE) $(EVENT_PORT) port/events/ctf.c $(EVENT_RIG) tests/events/record.c)
	$(SAY); $(LINK) -no-pie

# Random calls on allocators of each kind, as a trace: build/events/churn. EVENTS=number
# of calls.
EVENTS := 10000
CHURN  := $(OUT)/events/churn
$(CHURN)/events: $(OUT)/gcc+events+O2/record
	mkdir -p $(@D)
	$< $(@D) $(EVENTS)

# What an event costs.
$(OUT)/%/event-cost-icount.elf: $$(call objects,$$*,src/hooks.c src/gate.c port/events/ring.c tests/boards/clock/clock.c \
                                  $(BOARD_COMMON) tests/events/cost.c) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)
BOARD_RUNS += $(EACH_SPEED:%=$(OUT)/mps2-an385+events+%/event-cost-icount.elf)

SCRIPT_RUNS += tests/events/trace.t tests/events/crash.t
NEED_trace  := babeltrace2 python3 perl=prove binutils=addr2line
NEEDS_tests/events/trace.t := $(CHURN)/events $(OUT)/gcc+events+O2/record $(OUT)/have-trace
NEEDS_tests/events/crash.t := $(CRASH) $(OUT)/have-trace $(OUT)/have-board

# More of the same: a million events, and more damage.
.PHONY: events
events: $(OUT)/gcc+events+O2/record | $(OUT)/have-trace  ## Convert a million events, each in 5 s of CPU; 2,000 damaged traces
	mkdir -p $(CHURN)
	$< $(CHURN) 950000
	EVENTS_SECONDS=5 EVENTS_DAMAGED=2000 tests/tools/run tests/events/trace.t
	rm $(CHURN)/events
