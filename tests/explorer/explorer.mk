# SPDX-License-Identifier: MIT
# The explorer (see explorer.h): all interleavings of a few calls, under sequential
# consistency and under weak memory; and broken twins of the library that it must
# notice. EXPLORE=1 goes through what `make test` only samples.
# Its memory is words, so nothing is aligned to more, nor padded.

FLAGS_explored        := -Itests -DREEL_ALIGN_DEFAULT=8 -O2
FLAGS_explorer        := $(FLAGS_explored) -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
                         '-DREEL_ATOMICS_HEADER="explorer/model.h"'
FLAGS_explorer-masked := $(FLAGS_explored) $(FLAGS_masked)
FLAGS_explorer-none   := $(FLAGS_explored) $(FLAGS_none)
FLAGS_explorer-llsc   := $(FLAGS_explored) $(FLAGS_llsc)
PATH_tests/explorer := -iquote src

# The library's plain accesses are announced by what -fsanitize=thread puts in; the
# sanitizer's own runtime is not linked. A twin may leave something unused.
OPTIONS_announced  = -fsanitize=thread -iquote $(dir $<)
OPTIONS_twin       = $(if $(filter explorer%,$(words)),-fsanitize=thread -iquote src $(ALL_READS)) -w -O1
ALL_READS         := -mllvm -tsan-instrument-read-before-write

EXPLORED := $(OUT)/gcc+explorer
EXPLORER := $(filter-out %/lock_calls.c,$(wildcard tests/explorer/*.c)) $(addprefix tests/harness/,console.c ledger.c tap.c)
ONE_CORE := masked llsc none
TWINS    := $(shell tests/explorer/twin)
# `make test` has every fifth twin; those of the explorer without atomics are not among them.
TWINS_SOME := $(shell echo $(filter-out %-none-with-handlers,$(TWINS)) | awk '{ for (i = 3; i <= NF; i += 5) print $$i }')

# The build of a twin: explorer or explorer-BACKEND.
explorer_of   = explorer$(addprefix -,$(filter $(ONE_CORE),$(word 2,$(subst -, ,$(1)))))
twins         = $(foreach twin,$(1),$(OUT)/gcc+$(call explorer_of,$(twin))/twin-$(twin))
EXPLORERS     := $(OUT)/gcc+explorer/explorer \
                 $(ONE_CORE:%=$(OUT)/gcc+explorer-%/explorer)
EXPLORER_RUNS := $(filter-out %-none/explorer,$(EXPLORERS)) $(call twins,$(TWINS_SOME))
TWIN_RUNS     := $(call twins,$(TWINS))

define EXPLORER_BUILD
$(OUT)/gcc+$(1)/explored.a: $(call objects,$(2)+$(1)/announced$(3),$(CORE)) \
                             $(call objects,gcc+$(1),tests/explorer/lock_calls.c)
	$$(SAY); rm -f $$@; ar rc $$@ $$^
$(OUT)/gcc+$(1)/explorer: $(call objects,gcc+$(1),$(EXPLORER)) $(OUT)/gcc+$(1)/explored.a
	$$(SAY); $$(LINK)
endef
$(foreach word,explorer explorer-masked explorer-none,$(eval $(call EXPLORER_BUILD,$(word),gcc,)))
$(eval $(call EXPLORER_BUILD,explorer-llsc,clang,-llsc))

OPTIONS_announced-llsc = $(OPTIONS_twin-llsc)
$(call objects,clang+explorer-llsc/announced-llsc,$(CORE)): $(OUT)/twins/llsc/overlay.yaml

# A twin's modules are compiled by clang, which reads the edited text in place of the
# other.
$(OUT)/twins/rules.mk: tests/explorer/twin
	mkdir -p $(@D)
	tests/explorer/twin --rules > $@
include $(OUT)/twins/rules.mk

# A twin has its own of what its edits change in the modules that it is named after; the
# linker takes the others from the archive.
files_of           = $(foreach module,$(1),$(filter $(module) $(module)_%,$(MODULES)))
BROKEN_batch      := $(call files_of,blocks)
BROKEN_heap       := heap_later
BROKEN_pool       := $(call files_of,pool region) gate hooks
BROKEN_rewindable := $(call files_of,rewindable span) gate hooks
BROKEN_temp       := $(call files_of,temp) gate hooks
BROKEN_lock       := lock_calls
BROKEN_lifetimes  := $(call files_of,arena temp blocks pool region rewindable registry)
twin_module  = $(firstword $(subst -, ,$(1)))
twin_named   = $(or $(BROKEN_$(twin_module)),$(call files_of,$(twin_module)))
twin_modules = $(filter $(EDITED_$(1)) lock_calls,$(twin_named))

twin_objects = $(call objects,clang+$(call explorer_of,$(1))/twin-$(1),\
                 $(patsubst src/lock_%,tests/explorer/lock_%,\
                   $(patsubst %,src/%.c,$(twin_modules))))

define TWIN
$(call twin_objects,$(1)): $(OUT)/twins/$(1)/overlay.yaml
$(OUT)/gcc+$(2)/twin-$(1): $(call objects,gcc+$(2),$(EXPLORER)) \
                       $(call twin_objects,$(1)) $(OUT)/gcc+$(2)/explored.a
	$$(SAY); $$(LINK)
endef
$(foreach twin,$(TWINS),$(eval $(call TWIN,$(twin),$(call explorer_of,$(twin)))))

.PHONY: explore
explore: $(EXPLORERS) $(TWIN_RUNS) | $(OUT)/have-perl  ## Run two or three contexts in every order there is
	EXPLORE=1 MOST_CPU=20000 $(PROVE) -v $(EXPLORERS)
	$(PROVE) $(TWIN_RUNS)
