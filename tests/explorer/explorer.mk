# The explorer (see explorer.h): all interleavings of a few calls, under sequential
# consistency and under weak memory; and broken twins of the library that it must
# notice. EXPLORE=1 goes through what `make test` only samples.
# Its memory is words, so nothing is aligned to more, nor padded.

FLAGS_explorer := -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
                  '-DREEL_ATOMICS_HEADER="explorer/model.h"' -Itests \
                  -DREEL_ALIGN_DEFAULT=8 -O2
PATH_tests/explorer := -iquote src

# The library's plain accesses are announced by what -fsanitize=thread puts in; the
# sanitizer's own runtime is not linked. A twin may leave something unused.
OPTIONS_announced  = -fsanitize=thread -iquote $(dir $<)
OPTIONS_twin       = -fsanitize=thread -w -O1 -iquote $(dir $<)

EXPLORED := $(OUT)/gcc+explorer
EXPLORER := $(wildcard tests/explorer/*.c) tests/harness/tap.c
TWINS    := $(shell tests/explorer/twin)
# `make test` has all twins of the oldest modules, and every fourth of the others.
TWINS_OLDEST := arena-% batch-% blocks-% temp-%
TWINS_SOME   := $(filter $(TWINS_OLDEST),$(TWINS)) \
                $(shell echo $(filter-out $(TWINS_OLDEST),$(TWINS)) \
                  | awk '{ for (i = 4; i <= NF; i += 4) print $$i }')
EXPLORER_RUNS := $(EXPLORED)/explorer $(TWINS_SOME:%=$(EXPLORED)/twin-%)
TWIN_RUNS     := $(TWINS:%=$(EXPLORED)/twin-%)

$(EXPLORED)/explored.a: $(call objects,gcc+explorer/announced,$(CORE))
	$(SAY); rm -f $@; ar rc $@ $^

$(EXPLORED)/explorer: $(call objects,gcc+explorer,$(EXPLORER)) $(EXPLORED)/explored.a
	$(SAY); $(LINK)

# A twin's sources. What it does not change keeps its time.
$(OUT)/twins/%/made: tests/explorer/twin $(wildcard src/*.[ch] src/*/*.h)
	mkdir -p $(@D)
	tests/explorer/twin $* $(@D)
	touch $@

define TWIN_SOURCES
$(OUT)/twins/$(1)/%.c: | $(OUT)/twins/$(1)/made ;
$(OUT)/twins/$(1)/%.h: | $(OUT)/twins/$(1)/made ;
endef
$(foreach twin,$(TWINS),$(eval $(call TWIN_SOURCES,$(twin))))

# A twin has its own of the modules that it is named after, edited; the linker takes
# the others from the archive.
BROKEN_batch      := blocks
BROKEN_pool       := pool region gate
BROKEN_rewindable := rewindable rewindable_stats span gate
BROKEN_temp       := temp gate
twin_module  = $(firstword $(subst -, ,$(1)))
twin_modules = $(or $(BROKEN_$(twin_module)),$(twin_module))

$(EXPLORED)/twin-%: $(call objects,gcc+explorer,$(EXPLORER)) \
                    $$(call objects,gcc+explorer/twin,$$(foreach module,$$(call twin_modules,$$*),$(OUT)/twins/$$*/$$(module).c)) \
                    $(EXPLORED)/explored.a
	$(SAY); $(LINK)

.PHONY: explore
explore: $(EXPLORED)/explorer $(TWIN_RUNS) | $(OUT)/have-perl  ## Run two or three contexts in every order there is
	EXPLORE=1 MOST_CPU=20000 prove -v --exec tests/tools/run $(EXPLORED)/explorer
	prove -j2 --exec tests/tools/run $(TWIN_RUNS)
