# SPDX-License-Identifier: MIT
# What is compiled, and linked, for machines and systems that are not here.

# ---- macOS and the BSDs: the host port, against stand-ins for their headers ----------

SYSTEMS := arm64-apple-macos11 x86_64-apple-macos11 x86_64-unknown-freebsd13 \
           x86_64-unknown-openbsd7 x86_64-unknown-netbsd9
SYSTEM_SOURCES := $(wildcard $(addprefix port/host/,pages.c malloc.c yield.c)) \
                  src/hooks.c tests/compile/user.c
SYSTEM_CHECKS  := $(foreach system,$(SYSTEMS),\
                    $(SYSTEM_SOURCES:%=$(OUT)/systems/$(system)/%.ok))

$(SYSTEM_CHECKS): $(CASE_HEADERS) $(wildcard tests/compile/systems/*.h \
                    tests/compile/systems/*/*.h) | $(OUT)/have-host
define SYSTEM_CHECK
$(OUT)/systems/$(1)/%.ok: %
	mkdir -p $$(@D)
	$$(CPU) compile clang --target=$(1) $$(filter-out -Wmissing-prototypes,$$(WARN)) \
	    -std=c11 -ffreestanding -nostdlibinc -isystem tests/compile/systems \
	    -Iinclude -Iport -fsyntax-only $$< && touch $$@
endef
$(foreach system,$(SYSTEMS),$(eval $(call SYSTEM_CHECK,$(system))))

TEST_FILES += $(SYSTEM_CHECKS)

# ---- builds that are not tuned, and clang's: no libc, no warning, short masks -------

TOOL_clang-m0     := clang --target=arm-none-eabi
TOOL_clang-x86-64 := clang -fno-pie
FLAGS_clang-m0    := -mcpu=cortex-m0 -ffunction-sections -fdata-sections
FLAGS_O0          := -O0
FLAGS_Og          := -Og

NEED_FOR_clang-m0     := host
NEED_FOR_clang-x86-64 := host

UNTUNED := microbit+primask+O0 microbit+primask+Og clang-m0+primask+O0 \
           clang-m0+primask+Og clang-m0+primask+Os clang-m0+primask+O2 clang-x86-64+O0
UNTUNED_OBJECTS := $(foreach build,$(UNTUNED),$(call objects,$(build),$(CORE)))
MASK_IMAGES     := $(foreach build,$(filter-out %+O0,$(UNTUNED)) microbit+primask+Os \
                     microbit+primask+O2,$(OUT)/$(build)/core.elf)

# All of the core at addresses of its own. What it calls is nowhere.
$(OUT)/%/core.elf: $$(call objects,$$*,$(CORE)) | $(OUT)/have-board
	$(SAY); arm-none-eabi-ld -e 0 -Ttext=0 --unresolved-symbols=ignore-all -o $@ $^

SCRIPT_RUNS += tests/compile/untuned.t
NEEDS_tests/compile/untuned.t := $(UNTUNED_OBJECTS) $(MASK_IMAGES)

# ---- links that must fail, and say why, beside those that must not ------------------
# One link a case; what the linker says, and "linked" if it does. linking.t reads it.

LINKING := $(OUT)/linking
BOARD   := mps2-an385+llsc+Os
HOST    := gcc+O2
LIBRARY = $(LINKING)/$(1)/libreel.a

$(LINKING)/%/libreel.a: $$(call objects,$$*,$(CORE))
	mkdir -p $(@D)
	rm -f $@; ar rc $@ $^
# Without the weak defaults; and an archive that has what is missing.
$(LINKING)/hooks.o: src/hooks.c $(CASE_HEADERS) | $(OUT)/have-board
	mkdir -p $(@D)
	arm-none-eabi-gcc $(FLAGS_cortex-m3) -std=c11 -Os $(WARN) -Iinclude \
	    -DREEL_WEAK_HOOKS=0 -c -o $@ $<
$(LINKING)/hookless.a: $(LINKING)/hooks.o $(call objects,mps2-an385+llsc+Os,$(filter-out %/hooks.c,$(CORE)))
	rm -f $@; ar rc $@ $^
$(LINKING)/libbsp.a: tests/compile/board_hooks.c $(CASE_HEADERS) | $(OUT)/have-board
	mkdir -p $(@D)
	arm-none-eabi-gcc $(FLAGS_cortex-m3) -std=c11 -Os $(WARN) -Iinclude -c -o $@.o $<
	rm -f $@; ar rc $@ $@.o

LINKER_gnu  := arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -ffunction-sections
LINKER_lld  := clang --target=arm-none-eabi -mcpu=cortex-m3 -ffunction-sections
LINKER_FLAGS := -std=c11 -Os -Iinclude -nostdlib -Llinker -Wl,--gc-sections
LINKER_host := gcc -std=c11 -O2 -Iinclude
LINKER_clang := clang -std=c11 -O2 -Iinclude

# $(call link_case,NAME,FILES,COMMAND)
define LINK_CASE
LINK_CASES += $(LINKING)/$(1).said
$(LINKING)/$(1).said: $(2) $(wildcard tests/compile/*_user.c tests/compile/scripts/*.ld) \
                      linker/reel.ld $(CASE_HEADERS) | $(OUT)/have-host
	mkdir -p $$(@D)
	rm -f $$@.elf
	{ $(3) -o $$@.elf && echo linked; } > $$@ 2>&1 || true
endef
link_case = $(eval $(call LINK_CASE,$(1),$(2),$(3)))
board_case = $(call link_case,$(1)-$(2),$(call LIBRARY,$(BOARD)),\
  $(LINKER_$(1)) $(LINKER_FLAGS) -T tests/compile/scripts/$(3).ld $(4) $(call LIBRARY,$(BOARD)))
STATIC := tests/compile/static_user.c
INITS  := tests/compile/init_user.c

OTHER_wide   := -DREEL_WIDE_LINKS=1
OTHER_cores  := -DREEL_CORES=2
OTHER_masked := $(FLAGS_primask) -Iport
OTHER_align  := -DREEL_ALIGN_DEFAULT=16
OTHER_poison := -DREEL_POISON=1
OTHERS       := wide cores masked align poison

$(foreach linker,gnu lld,\
  $(call board_case,$(linker),without,bare,$(STATIC)) \
  $(call board_case,$(linker),placed,bare,-DREEL_NO_LINKER_SCRIPT=1 $(STATIC)) \
  $(call board_case,$(linker),unnamed,unnamed,$(STATIC)) \
  $(call board_case,$(linker),whole,whole,$(STATIC)) \
  $(call board_case,$(linker),inits,bare,$(INITS)) \
  $(call board_case,$(linker),checks,whole,-DREEL_CHECKS=0 $(STATIC)) \
  $(foreach other,$(OTHERS),\
    $(call board_case,$(linker),$(other),whole,$(OTHER_$(other)) $(STATIC)) \
    $(call board_case,$(linker),$(other)-inits,whole,$(OTHER_$(other)) $(INITS))))

hook_case = $(call link_case,$(1),$(LINKING)/hookless.a $(LINKING)/libbsp.a,\
  $(LINKER_gnu) $(LINKER_FLAGS) -T tests/compile/scripts/whole.ld $(STATIC) \
  $(LINKING)/hookless.a $(2))
$(call hook_case,hooks-missing,)
$(call hook_case,hooks-archive,$(LINKING)/libbsp.a)

host_case = $(call link_case,$(1)-$(2),$(call LIBRARY,$(HOST)),$(LINKER_$(1)) $(3) \
  $(call LIBRARY,$(HOST)))
$(foreach linker,host clang,\
  $(call host_case,$(linker),same,$(STATIC)) \
  $(call host_case,$(linker),same-inits,$(INITS)) \
  $(call host_case,$(linker),none,-DREEL_ATOMICS=REEL_ATOMICS_NONE $(STATIC)) \
  $(call host_case,$(linker),none-inits,-DREEL_ATOMICS=REEL_ATOMICS_NONE $(INITS)) \
  $(call host_case,$(linker),poison,-DREEL_POISON=1 $(STATIC)) \
  $(call host_case,$(linker),watch,$(FLAGS_watch) -Iport $(STATIC)) \
  $(call host_case,$(linker),events,$(FLAGS_events) -Iport $(STATIC)))
# Library and program in one, optimised as a whole.
$(call link_case,lto-gcc,$(CORE),gcc -std=c11 -O1 -flto -Iinclude $(STATIC) $(CORE))
$(call link_case,lto-clang,$(CORE),clang -std=c11 -O1 -flto -fuse-ld=lld -Iinclude \
  $(STATIC) $(CORE))
$(call link_case,lto-board,$(CORE),$(LINKER_gnu) $(LINKER_FLAGS) -flto \
  -T tests/compile/scripts/whole.ld $(STATIC) $(CORE))

SCRIPT_RUNS += tests/compile/linking.t
NEEDS_tests/compile/linking.t := $(LINK_CASES)

# ---- static instances in C++, and what C++ projects warn of -------------------------

STRICT_c++ := -Wall -Wextra -Wold-style-cast -Wzero-as-null-pointer-constant -Wshadow \
              -Werror -O2 -Iinclude -Iport
STATICS    := $(OUT)/statics/g++ $(OUT)/statics/clang++
$(OUT)/statics/%: tests/compile/statics.cc $(CASE_HEADERS) \
                  $(call objects,x86-64+O2,$(CORE) port/always.c)
	$(SAY); mkdir -p $(@D)
	$(CPU) compile $* -std=c++11 $(STRICT_c++) $(if $(filter g++,$*),-Wuseless-cast) \
	    -no-pie -o $@ $< $(filter %.o,$^)
	$@
# On a board: no memory of an instance has contents.
$(OUT)/statics/board.o: tests/compile/statics.cc $(CASE_HEADERS) | $(OUT)/have-board
	mkdir -p $(@D)
	$(CPU) compile arm-none-eabi-gcc -x c++ -std=c++17 $(FLAGS_cortex-m3) $(STRICT_c++) \
	    -Wuseless-cast -fno-exceptions -fno-rtti -c -o $@ $<
	! arm-none-eabi-objdump -h $@ | grep -A1 noinit | grep CONTENTS

TEST_FILES += $(STATICS) $(OUT)/statics/board.o

# Instances in sections of the application's: they run, and take no flash.
$(OUT)/statics/placed: tests/compile/placed.c $(CASE_HEADERS) \
                       $(call objects,x86-64+O2,$(CORE) port/always.c)
	$(SAY); $(CPU) compile gcc -std=c11 $(WARN) -Iinclude -Iport -no-pie -o $@ $< $(filter %.o,$^)
	$@
	arm-none-eabi-gcc $(FLAGS_cortex-m3) -std=c11 -Iinclude -Iport -c -o $@.o $<
	! arm-none-eabi-objdump -h $@.o | grep -A1 noinit | grep CONTENTS
	arm-none-eabi-objdump -h $@.o | grep -q 'noinit.psram'

TEST_FILES += $(OUT)/statics/placed
