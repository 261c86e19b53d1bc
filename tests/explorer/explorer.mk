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
OPTIONS_twin       = $(if $(filter explorer,$(words)),-fsanitize=thread -iquote src) -w -O1

EXPLORED := $(OUT)/gcc+explorer
EXPLORER := $(wildcard tests/explorer/*.c) $(addprefix tests/harness/,console.c tap.c)
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

# A twin's modules are compiled by clang, which reads the edited text in place of the
# other.
$(OUT)/twins/rules.mk: tests/explorer/twin
	mkdir -p $(@D)
	tests/explorer/twin --rules > $@
include $(OUT)/twins/rules.mk

# A twin has its own of the modules that it is named after, edited; the linker takes
# the others from the archive.
BROKEN_batch      := blocks
BROKEN_pool       := pool region gate hooks
BROKEN_rewindable := rewindable rewindable_stats span gate hooks
BROKEN_temp       := temp gate hooks
BROKEN_lifetimes  := arena temp blocks pool region rewindable rewindable_allocator registry
twin_module  = $(firstword $(subst -, ,$(1)))
twin_modules = $(or $(BROKEN_$(twin_module)),$(twin_module))

twin_objects = $(call objects,clang+explorer/twin-$(1),\
                 $(patsubst %,src/%.c,$(twin_modules)))

define TWIN
$(call twin_objects,$(1)): $(OUT)/twins/$(1)/overlay.yaml
$(EXPLORED)/twin-$(1): $(call objects,gcc+explorer,$(EXPLORER)) \
                       $(call twin_objects,$(1)) $(EXPLORED)/explored.a
	$$(SAY); $$(LINK)
endef
$(foreach twin,$(TWINS),$(eval $(call TWIN,$(twin))))

.PHONY: explore
explore: $(EXPLORED)/explorer $(TWIN_RUNS) | $(OUT)/have-perl  ## Run two or three contexts in every order there is
	EXPLORE=1 MOST_CPU=20000 $(PROVE) -v $(EXPLORED)/explorer
	$(PROVE) $(TWIN_RUNS)
