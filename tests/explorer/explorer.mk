# The explorer (see explorer.h): all interleavings of a few calls, under sequential
# consistency and under weak memory; and broken twins of the library that it must
# notice. EXPLORE=1 goes through what `make test` only samples.

FLAGS_explorer := -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
                  '-DREEL_ATOMICS_HEADER="explorer/model.h"' -Itests

EXPLORED         := allocator arena blocks registry rewindable rewindable_questions \
                    span status temp
EXPLORER         := $(wildcard tests/explorer/*.c) tests/tap.c
EXPLORER_HEADERS := $(HEADERS) $(wildcard tests/explorer/*.h src/list/*.h)
EXPLORER_TWINS   := $(shell tests/explorer/twin)
EXPLORER_RUNS    := $(OUT)/gcc+explorer/explorer \
                    $(EXPLORER_TWINS:%=$(OUT)/gcc+explorer/twin-%)

# The library's plain accesses are announced by what -fsanitize=thread puts in; the
# sanitizer's own runtime is not linked. Folder of the sources, of the objects,
# modules.
explored = mkdir -p $(2); for module in $(3); do \
               $(TOOL) $(C_FLAGS) -iquote $(1) -fsanitize=thread -c \
                   $(1)/$$module.c -o $(2)/$$module.o || exit 1; \
           done

$(OUT)/%/explored.a: $(CORE) $(EXPLORER_HEADERS) | $(OUT)/have-host
	$(SAY); rm -f $@
	$(call explored,src,$@-objects,$(EXPLORED))
	ar rc $@ $(EXPLORED:%=$@-objects/%.o)

# All but main.c.
$(OUT)/%/explorer-parts.o: $(EXPLORER) $(EXPLORER_HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -iquote src -r -o $@ $(filter-out %/main.c,$(EXPLORER))

EXPLORER_PARTS = tests/explorer/main.c $(OUT)/$(1)/explorer-parts.o $(OUT)/$(1)/explored.a

$(OUT)/%/explorer: $(call EXPLORER_PARTS,%)
	$(SAY)
	$(TOOL) $(C_FLAGS) -o $@ $^

# A twin has its own of the module that it is named after, edited; the linker takes
# the others from the archive.
twin_module      = $(firstword $(subst -, ,$*))
TWINS_rewindable := rewindable rewindable_questions span
TWINS_batch      := blocks

$(OUT)/gcc+explorer/twin-%: words = gcc explorer
$(OUT)/gcc+explorer/twin-%: $(call EXPLORER_PARTS,gcc+explorer) tests/explorer/twin
	$(SAY); rm -rf $@-src; mkdir -p $@-src
	tests/explorer/twin $* $@-src
	$(call explored,$@-src,$@-src,$(or $(TWINS_$(twin_module)),$(twin_module)))
	$(TOOL) $(C_FLAGS) '-DEXPLORER_TWIN="$*"' -o $@ $(filter %.c,$^) $@-src/*.o \
	    $(filter %.o %.a,$^)

.PHONY: explore
explore: $(EXPLORER_RUNS) | $(OUT)/have-perl  ## Run two or three contexts in every order there is
	EXPLORE=1 prove -v --exec env $(OUT)/gcc+explorer/explorer
	prove -j2 --exec env $(filter-out %/explorer,$(EXPLORER_RUNS))
