# SPDX-License-Identifier: MIT
# What a call takes: exact instructions on the boards, one by one and over fixed
# sequences of requests; bytes of code, of control blocks and of stack.

EACH_SPEED := Os O2

# ---- instructions ------------------------------------------------------------------

CYCLE_FILES       := $(CYCLE_BUILDS:%=$(OUT)/%/cycles-icount.elf)
CYCLE_FILES_LATER := $(CYCLE_BUILDS_LATER:%=$(OUT)/%/cycles-icount.elf)

CYCLES := port/always.c tests/boards/clock/clock.c $(BOARD_COMMON)

$(OUT)/%/cycles-icount.elf: $$(call objects,$$*,$(CORE) $(CYCLES) \
                              $(wildcard tests/figures/cycles/*.c)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# reel's image, and one each for the malloc of newlib-nano and of picolibc, as
# Debian built them.
NEED_peers := libnewlib-arm-none-eabi=/usr/lib/arm-none-eabi/lib/libc_nano.a \
              picolibc-arm-none-eabi=/usr/lib/picolibc/arm-none-eabi/lib/libc.a

WORKLOAD_BUILDS := $(foreach cpu,microbit+primask mps2-an385+llsc mps2-an505+llsc,\
                     $(EACH_SPEED:%=$(cpu)+%))
PEER_BUILDS     := microbit+Os mps2-an385+Os mps2-an505+Os
WORKLOAD_FILES  := $(WORKLOAD_BUILDS:%=$(OUT)/%/workloads-icount.elf) \
                   $(foreach peer,newlib picolibc,\
                     $(PEER_BUILDS:%=$(OUT)/%/$(peer)/workloads-icount.elf))
WORKLOADS       := tests/figures/workloads/workloads.c

$(OUT)/%/workloads-icount.elf: $$(call objects,$$*,$(CORE) $(CYCLES) $(WORKLOADS) \
                                 tests/figures/workloads/reel.c) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

OPTIONS_newlib    := --specs=nano.specs '-DCONTESTANT="newlib"'
OPTIONS_picolibc  := --specs=picolibc.specs '-DCONTESTANT="picolibc"'
NEED_FOR_newlib   := peers
NEED_FOR_picolibc := peers
LIBC_newlib       := -lc_nano
LIBC_picolibc     := -lc
PEER             := $(WORKLOADS) tests/figures/workloads/malloc.c \
                    $(filter-out %/memory.c,$(CYCLES))

define PEER_PROGRAM
$(OUT)/%/$(1)/workloads-icount.elf: \
        $$$$(call objects,$$$$*/$(1),$(PEER)) $(BOARD_SCRIPTS)
	$$(SAY); $$(subst -lgcc,$(LIBC_$(1)) -lgcc,$$(LINK_BOARD))
endef
$(foreach peer,newlib picolibc,$(eval $(call PEER_PROGRAM,$(peer))))

# ---- bytes -------------------------------------------------------------------------

# The same objects as those of the instructions, where there are such.
SIZE_CORES  := microbit+primask mps2-an385+llsc rv32imac x86-64
CORE_BUILDS := $(foreach core,$(SIZE_CORES),$(EACH_SPEED:%=$(core)+%))
CORE_FILES  := $(CORE_BUILDS:%=$(OUT)/%/core.o)
SIZES       := $(SIZE_CORES:%=$(OUT)/%+Os/obj/tests/figures/size/sizes.o)
SUBSETS     := $(addprefix $(OUT)/microbit+primask+Os/,arena.elf arena-blocks.elf \
                 all-main.elf)
SIZE_FILES  := $(CORE_FILES) $(SIZES) $(SUBSETS)

# The core as one object.
$(OUT)/%/core.o: $$(call objects,$$*,$(CORE))
	$(SAY); $(LINK) -nostdlib -r

# What a program pays that uses an arena's five main functions; with them a block
# pool's three; and the main functions of all modules without the heap. Caches, locks,
# the allocator interface, statistics and checks of validity are left out.
ARENA_MAIN      := $(addprefix reel_arena_,init alloc mark rewind_to reset)
BLOCKS_MAIN     := $(addprefix reel_blocks_,init alloc free)
TEMP_MAIN       := $(addprefix reel_temp_,init alloc rewind reset)
REWINDABLE_MAIN := $(addprefix reel_rewindable_,init alloc free rewind dispose)
SPAN_MAIN       := $(addprefix reel_span_,open alloc close)
POOL_MAIN       := $(addprefix reel_pool_,init claim release dispose)
REGION_MAIN     := $(addprefix reel_region_,open alloc close)
REGISTRY_MAIN   := $(addprefix reel_registry_,init register get)
ALL_MAIN        := $(ARENA_MAIN) $(BLOCKS_MAIN) $(TEMP_MAIN) $(REWINDABLE_MAIN) \
                   $(SPAN_MAIN) $(POOL_MAIN) $(REGION_MAIN) $(REGISTRY_MAIN)

MAIN_arena        := $(ARENA_MAIN)
MAIN_arena-blocks := $(ARENA_MAIN) $(BLOCKS_MAIN)
MAIN_all-main     := $(ALL_MAIN)

$(SUBSETS): $(call objects,microbit+primask+Os,$(CORE))
	$(SAY); $(LINK) -nostdlib -Wl,--gc-sections -Wl,-e,reel_arena_init -lgcc \
	    $(patsubst %,-Wl$(comma)-u$(comma)%,$(MAIN_$(basename $(@F))))

SCRIPT_RUNS += tests/figures/cycles.t tests/figures/size.t tests/figures/bounds.t
NEEDS_tests/figures/cycles.t := $(CYCLE_FILES) $(WORKLOAD_FILES)
NEEDS_tests/figures/size.t   := $(SIZE_FILES)
BOUND_FILES := $(foreach speed,$(EACH_SPEED),\
                 $(addprefix $(OUT)/microbit+primask+$(speed)/,cycles-icount.elf workloads-icount.elf worst.elf))
NEEDS_tests/figures/bounds.t := $(filter %/cycles-icount.elf,$(BOUND_FILES))

.PHONY: size
size: $(SIZE_FILES) | $(OUT)/have-perl  ## Print bytes of code, control blocks and stack, against the budget
	$(PROVE) -v tests/figures/size.t

.PHONY: cycles
cycles: $(CYCLE_FILES) $(CYCLE_FILES_LATER) $(WORKLOAD_FILES) | $(OUT)/have-perl  ## Print exact instructions per call on M0, M3 and M33, against the budget
	CYCLES=1 $(PROVE) -v tests/figures/cycles.t

.PHONY: bounds
bounds: $(BOUND_FILES) | $(OUT)/have-perl  ## Compute the most cycles of each call on a Cortex-M0+, and see that none takes more
	BOUNDS=1 $(PROVE) -v tests/figures/bounds.t
