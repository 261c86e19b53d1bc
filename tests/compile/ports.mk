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
