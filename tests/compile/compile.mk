# SPDX-License-Identifier: MIT
# What is checked without being run: the tree and its headers, options, symbols.

CASE_HEADERS := $(wildcard include/reel/*.h include/reel/*/*.h src/*.h src/*/*.h \
                  port/*.h port/*/*.h)
CASE_FLAGS   := -std=c11 -Wall -Wextra -ffreestanding -Iinclude -Iport -Isrc

# One compilation a case.
$(OUT)/compile/cases.mk: tests/compile/cases tests/compile/cases.pm
	mkdir -p $(@D)
	tests/compile/cases > $@
include $(OUT)/compile/cases.mk
$(CASES): | $(OUT)/have-host $(OUT)/have-armhf $(OUT)/have-board $(OUT)/have-rv32

# The core and a program that uses it, in each dialect of `inline` and among a kernel's
# macros.
DIALECT_c11   := -std=c11 -Wunused-const-variable
DIALECT_gnu89 := -std=c11 -fgnu89-inline
DIALECT_macros := -std=gnu11 -nostdinc -include tests/compile/hostile_types.h \
                  -DREEL_ALIGN_DEFAULT=8 -I. -Wno-unused \
                  '-DREEL_TYPES_HEADER="tests/compile/hostile_types.h"'
DIALECT_TOOL_gcc   := gcc
DIALECT_TOOL_clang := clang
DIALECT_TOOL_m3    := arm-none-eabi-gcc $(FLAGS_cortex-m3)

# $(call dialect_of,TOOL,DIALECT)
dialect_of = $(FOLDER); $(CPU) compile $(DIALECT_TOOL_$(1)) $(DIALECT_$(2)) -Wall -Wextra \
             -ffreestanding -Iinclude -S -o $@ $< 2> $@.said || { cat $@.said; exit 1; }

define DIALECT
$(3) += $(MODULES:%=$(OUT)/dialects/$(1)/$(2)/%.s) $(OUT)/dialects/$(1)/$(2)/user.s
$(OUT)/dialects/$(1)/$(2)/%.s: src/%.c $(CASE_HEADERS) | $(OUT)/have-host $(OUT)/have-board
	$$(call dialect_of,$(1),$(2))
$(OUT)/dialects/$(1)/$(2)/user.s: tests/compile/user.c $(CASE_HEADERS) | $(OUT)/have-host $(OUT)/have-board
	$$(call dialect_of,$(1),$(2))
endef
$(foreach dialect,c11 gnu89 macros,$(eval $(call DIALECT,gcc,$(dialect),DIALECTS)))
$(foreach tool,clang m3,$(eval $(call DIALECT,$(tool),macros,DIALECTS))\
  $(foreach dialect,c11 gnu89,$(eval $(call DIALECT,$(tool),$(dialect),DIALECTS_LATER))))
TEST_FILES += $(DIALECTS)

# Who calls whom in the core, and in the inline functions of its headers.
CALL_GRAPHS := $(MODULES:%=$(OUT)/callers/%.o) $(OUT)/callers/user.o
CALL_GRAPH   = mkdir -p $(@D); $(CPU) compile gcc -std=c11 -O0 -fcallgraph-info \
               -fkeep-inline-functions -Iinclude -c -o $@ $<
$(CALL_GRAPHS): $(CASE_HEADERS) | $(OUT)/have-host
$(OUT)/callers/%.o: src/%.c
	$(CALL_GRAPH)
$(OUT)/callers/user.o: tests/compile/user.c
	$(CALL_GRAPH)

# Each header alone, as C11 and as C++11, warnings being errors.
PUBLIC_HEADERS := $(patsubst include/%,%,$(wildcard include/reel/*.h include/reel/*/*.h)) \
                  $(addsuffix .h,always clang/lifetimes host/malloc host/pages libc/malloc cortex-m/fault \
                    cortex-m/mpu7 cortex-m/mpu8 riscv/fault riscv/pmp aarch64/fault \
                    mmu/mmu windows/pages)
HEADER_UNITS   := $(PUBLIC_HEADERS:%=$(OUT)/headers/%.c)
HEADER_CHECKS  := $(foreach tool,gcc clang,$(foreach language,c c++,$(OUT)/headers/$(tool).$(language)))
WARN_c++       := $(filter-out %-prototypes,$(WARN))

$(HEADER_UNITS): $(OUT)/headers/%.c: tests/compile/compile.mk
	$(FOLDER); printf '#include "$*"\nextern int unit;\n' > $@

define HEADER_CHECK
$(OUT)/headers/$(1).$(2): $(CASE_HEADERS) $(HEADER_UNITS) | $(OUT)/have-host
	$$(CPU) compile $(1) -std=$(2)11 $(or $(WARN_$(2)),$(WARN)) -Iinclude -Iport \
	    -fsyntax-only -x $(2) $(HEADER_UNITS) && touch $$@
endef
$(foreach tool,gcc clang,$(foreach language,c c++,\
  $(eval $(call HEADER_CHECK,$(tool),$(language)))))

# A C++11 program on top of the core, by two compilers.
CPLUSPLUS := $(OUT)/x86-64+O2/cplusplus-clang++ $(OUT)/x86-64+O2/cplusplus-g++
$(CPLUSPLUS): $(OUT)/x86-64+O2/cplusplus-%: tests/compile/cplusplus.cc $(OUT)/x86-64+O2/core.o
	$(SAY); $(CPU) compile $* -std=c++11 $(WARN_c++) -Iinclude -MMD -MP -no-pie \
	    -o $@ $(filter %.cc %.o,$^)
	$@

# The example in the README is what a newcomer types first: the program compiles without
# a warning, and runs by the command on the page.
first_block = awk '/^```$(1)$$/ { on = 1; next } /^```$$/ { if (on) exit } on' README.md
$(OUT)/readme/demo.c: README.md
	mkdir -p $(@D)
	ln -sfn ../../include ../../src $(@D)
	$(call first_block,c) > $@

EXAMPLE := $(OUT)/readme/example
$(EXAMPLE): $(OUT)/readme/demo.c $(CORE) $(CASE_HEADERS) | $(OUT)/have-host
	$(SAY); $(CPU) compile gcc -std=c11 $(WARN) -Iinclude -o $@ $< $(CORE)
	$(call first_block,sh) > $@.sh
	cd $(@D) && sh -ex example.sh

# An image whose linker script knows nothing of reel.ld, with a static arena and
# without.
OPTIONS_with    := -DWITH_ARENA=1 -DREEL_NO_LINKER_SCRIPT=1
OPTIONS_without := -DWITH_ARENA=0
IMAGES := $(foreach image,with without,$(OUT)/mps2-an385+llsc+Os/$(image)/image.bin)

$(OUT)/%/image.elf: $$(call objects,$$*,tests/figures/size/image.c) \
                    $$(call objects,$$(firstword $$(subst /, ,$$*)),src/status.c) \
                    tests/figures/size/plain.ld
	$(SAY); $(LINK) -nostdlib -Wl,--gc-sections -T tests/figures/size/plain.ld
$(OUT)/%.bin: $(OUT)/%.elf
	arm-none-eabi-objcopy -O binary $< $@

SYMBOL_FILES := $(CORE_FILES) $(SIZES) $(IMAGES)
TEST_FILES   += $(HEADER_CHECKS) $(CPLUSPLUS) $(EXAMPLE)
SCRIPT_RUNS  += $(addprefix tests/compile/,layers.t licences.t callers.t guarantees.t texts.t config.t symbols.t cores.t evidence.t)
NEEDS_tests/compile/callers.t := $(CALL_GRAPHS)
NEEDS_tests/compile/config.t  := $(CASES)
NEEDS_tests/compile/cores.t   := $(CASES)
NEEDS_tests/compile/symbols.t := $(SYMBOL_FILES)

.PHONY: layers
layers: | $(OUT)/have-perl  ## Check the tree, who includes whom, and the comments
	$(PROVE) tests/compile/layers.t

.PHONY: symbols
symbols: $(SYMBOL_FILES) | $(OUT)/have-perl  ## Prove that the core needs no libc, no .data and no .bss
	$(PROVE) -v tests/compile/symbols.t
