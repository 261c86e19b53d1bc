# The explorer (see explorer.h): all interleavings of a few calls, under sequential
# consistency and under weak memory; and broken twins of the library that it must
# notice. EXPLORE=1 goes through what `make test` only samples.
# Its memory is words, so nothing is aligned to more, nor padded.

FLAGS_explorer := -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
                  '-DREEL_ATOMICS_HEADER="explorer/model.h"' -Itests \
                  -DREEL_ALIGN_DEFAULT=8

EXPLORED         := allocator arena blocks gate pool region registry rewindable \
                    rewindable_stats span status temp
EXPLORER         := $(wildcard tests/explorer/*.c) tests/tap.c
EXPLORER_HEADERS := $(HEADERS) $(wildcard tests/explorer/*.h src/list/*.h)
EXPLORER_TWINS   := $(shell tests/explorer/twin)
# `make test` has all twins of the oldest modules, and every fourth of the others.
EXPLORER_OLDEST  := arena-% batch-% blocks-% temp-%
EXPLORER_SOME    := $(filter $(EXPLORER_OLDEST),$(EXPLORER_TWINS)) \
                    $(shell echo $(filter-out $(EXPLORER_OLDEST),$(EXPLORER_TWINS)) \
                      | awk '{ for (i = 4; i <= NF; i += 4) print $$i }')
EXPLORER_RUNS    := $(OUT)/gcc+explorer/explorer \
                    $(EXPLORER_SOME:%=$(OUT)/gcc+explorer/twin-%)
EXPLORER_TWIN_RUNS := $(EXPLORER_TWINS:%=$(OUT)/gcc+explorer/twin-%)

# The library's plain accesses are announced by what -fsanitize=thread puts in; the
# sanitizer's own runtime is not linked. Folder of the sources, of the objects,
# modules, and flags; a twin may leave something unused.
explored = mkdir -p $(2); for module in $(3); do \
               $(TOOL) $(C_FLAGS) -iquote $(1) -fsanitize=thread $(4) -c \
                   $(1)/$$module.c -o $(2)/$$module.o || exit 1; \
           done

$(OUT)/%/explored.a: $(CORE) $(EXPLORER_HEADERS) | $(OUT)/have-host
	$(SAY); rm -f $@
	$(call explored,src,$@-objects,$(EXPLORED))
	ar rc $@ $(EXPLORED:%=$@-objects/%.o)

$(OUT)/%/scenes.o: $(EXPLORER) $(EXPLORER_HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -iquote src -r -o $@ $(EXPLORER)

$(OUT)/%/explorer: $(OUT)/%/scenes.o $(OUT)/%/explored.a
	$(SAY)
	$(TOOL) $(C_FLAGS) -o $@ $^

# A twin has its own of the modules that it is named after, edited; the linker takes
# the others from the archive.
twin_module  = $(firstword $(subst -, ,$*))
twin_modules = $(or $(BROKEN_$(twin_module)),$(twin_module))

BROKEN_batch      := blocks
BROKEN_pool       := pool region gate
BROKEN_rewindable := rewindable rewindable_stats span gate
BROKEN_temp       := temp gate

$(OUT)/gcc+explorer/twin-%: words = gcc explorer
$(OUT)/gcc+explorer/twin-%: $(OUT)/gcc+explorer/scenes.o $(OUT)/gcc+explorer/explored.a \
                            tests/explorer/twin
	$(SAY); rm -rf $@-src; mkdir -p $@-src
	tests/explorer/twin $* $@-src
	$(call explored,$@-src,$@-src,$(twin_modules),-w -O1)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.o,$^) $@-src/*.o $(filter %.a,$^)

.PHONY: explore
explore: $(EXPLORER_RUNS) $(EXPLORER_TWIN_RUNS) | $(OUT)/have-perl  ## Run two or three contexts in every order there is
	EXPLORE=1 prove -v --exec env $(OUT)/gcc+explorer/explorer
	prove -j2 --exec env $(EXPLORER_TWIN_RUNS)
