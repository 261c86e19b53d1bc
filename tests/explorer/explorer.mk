# The explorer (see explorer.h): all interleavings of a few calls, under sequential
# consistency and under weak memory; and broken twins of the library that it must
# notice. EXPLORE=1 goes through what `make test` only samples.

FLAGS_explorer := -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
                  '-DREEL_ATOMICS_HEADER="explorer/model.h"' -Itests

EXPLORED         := allocator arena blocks registry status temp
EXPLORER         := $(wildcard tests/explorer/*.c) tests/tap.c
EXPLORER_HEADERS := $(HEADERS) $(wildcard tests/explorer/*.h src/list/*.h)
EXPLORER_TWINS   := $(shell tests/explorer/twin)
EXPLORER_RUNS    := $(OUT)/gcc+explorer/explorer \
                    $(EXPLORER_TWINS:%=$(OUT)/gcc+explorer/twin-%)

# The library's plain accesses are announced by what -fsanitize=thread puts in; the
# sanitizer's own runtime is not linked.
explored = for module in $(EXPLORED); do \
               $(TOOL) $(C_FLAGS) -iquote $(1) -fsanitize=thread -c \
                   $(1)/$$module.c -o $(2)/$$module.o || exit 1; \
           done

$(OUT)/%/explorer: $(CORE) $(EXPLORER) $(EXPLORER_HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $@-objects
	$(call explored,src,$@-objects)
	$(TOOL) $(C_FLAGS) -iquote src -o $@ $(EXPLORER) $@-objects/*.o

$(OUT)/gcc+explorer/twin-%: words = gcc explorer
$(OUT)/gcc+explorer/twin-%: $(CORE) $(EXPLORER) $(EXPLORER_HEADERS) \
                            tests/explorer/twin | $(OUT)/have-host
	$(SAY); rm -rf $@-src; mkdir -p $@-src
	tests/explorer/twin $* $@-src
	$(call explored,$@-src,$@-src)
	$(TOOL) $(C_FLAGS) -iquote $@-src '-DEXPLORER_TWIN="$*"' -o $@ \
	    $(EXPLORER) $@-src/*.o

.PHONY: explore
explore: $(EXPLORER_RUNS) | $(OUT)/have-perl  ## Run two or three contexts in every order there is
	EXPLORE=1 prove -v --exec env $(OUT)/gcc+explorer/explorer
	prove -j2 --exec env $(filter-out %/explorer,$(EXPLORER_RUNS))
