# SPDX-License-Identifier: MIT
# reel: `make check` while you work, `make test` runs everything, `make help` lists
# the rest. Every program is a list of objects, and an object is compiled once:
#
#     build/WORDS/obj/PATH.o            from PATH.c
#     build/WORDS/VARIANT/obj/PATH.o    the same, with a program's own options
#
# WORDS say who runs it, then its options, joined with '+'. Each word brings its
# flags. A variant's options are for the objects of a program, not for the core.

OUT       := build
MAKEFLAGS += --jobs=$(shell nproc 2>/dev/null || echo 2) --output-sync=none

MODULES := $(shell sed -n 's/^\([a-z][a-z_0-9]*\) *|.*/\1/p' src/modules)
CORE := $(MODULES:%=src/%.c)
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wundef -Wshadow \
        -Wmissing-prototypes -Wstrict-prototypes -Wvla -Werror

# ---- words ---------------------------------------------------------------------

TOOL_gcc      := gcc
TOOL_clang    := clang
TOOL_armhf    := arm-linux-gnueabihf-gcc -static
TOOL_i686     := i686-linux-gnu-gcc -static
TOOL_powerpc  := powerpc-linux-gnu-gcc -static
TOOL_rv32imac := riscv64-unknown-elf-gcc
TOOL_x86-64   := gcc -fno-pie

# Packages that a build or a variant needs (see the end of this file); a build those of
# boards by default.
NEED_FOR_gcc      := host
NEED_FOR_clang    := host
NEED_FOR_x86-64   := host
NEED_FOR_armhf    := armhf
NEED_FOR_i686     := i686
NEED_FOR_powerpc  := powerpc
NEED_FOR_rv32imac := rv32

SPLIT             := -ffunction-sections -fdata-sections -fcallgraph-info=su
FLAGS_cortex-m0   := -mcpu=cortex-m0 -mthumb $(SPLIT)
FLAGS_cortex-m3   := -mcpu=cortex-m3 -mthumb $(SPLIT)
FLAGS_rv32imac    := -march=rv32imac -mabi=ilp32 $(SPLIT)
FLAGS_x86-64      := $(SPLIT)

FLAGS_checks0   := -DREEL_CHECKS=0
FLAGS_checks1   := -DREEL_CHECKS=1
FLAGS_checks2   := -DREEL_CHECKS=2
FLAGS_poison0   := -DREEL_POISON=0
FLAGS_poison1   := -DREEL_POISON=1
FLAGS_none      := -DREEL_ATOMICS=REEL_ATOMICS_NONE
FLAGS_native    := -DREEL_ATOMICS=REEL_ATOMICS_NATIVE
FLAGS_llsc      := -DREEL_ATOMICS=REEL_ATOMICS_LLSC
FLAGS_masked    := -DREEL_ATOMICS=REEL_ATOMICS_MASKED
FLAGS_primask   := $(FLAGS_masked) \
                   '-DREEL_PORT_MASK_HEADER="cortex-m/primask.h"'
FLAGS_basepri   := $(FLAGS_masked) -DREEL_PORT_BASEPRI=0x80 \
                   '-DREEL_PORT_MASK_HEADER="cortex-m/basepri.h"'
FLAGS_meddling  := -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
                   '-DREEL_ATOMICS_HEADER="meddling.h"'
FLAGS_watch     := '-DREEL_PORT_WATCH_HEADER="host/watch.h"'
FLAGS_asan      := $(FLAGS_watch) -fsanitize=address,undefined \
                   -fno-sanitize-recover=all
FLAGS_valgrind  := $(FLAGS_watch)
FLAGS_zones     := -DREEL_RED_ZONES=16
FLAGS_history   := '-DREEL_PORT_EVENTS_HEADER="host/history.h"'
FLAGS_events    := '-DREEL_PORT_EVENTS_HEADER="events/to_ring.h"'
FLAGS_tsan      := -fsanitize=thread
FLAGS_wide      := -DREEL_WIDE_LINKS=1
FLAGS_cores2    := -DREEL_CORES=2
FLAGS_c17       := -std=c17
FLAGS_c2x       := -std=c2x
FLAGS_O2        := -O2
FLAGS_Os        := -Os

# ---- from words and paths to commands --------------------------------------------

comma := ,
space := $(subst ,, )

# The target's path below build/, in pieces; its words and its variant.
pieces   = $(subst /,$(space),$(@:$(OUT)/%=%))
words    = $(subst +,$(space),$(firstword $(pieces)))
who      = $(firstword $(words))
variant  = $(if $(word 3,$(pieces)),$(filter-out obj,$(word 2,$(pieces))))
source   = $(lastword $(subst /obj/, ,$(1)))
build_of = $(firstword $(subst /, ,$(1)))
who_of   = $(firstword $(subst +, ,$(build_of)))
board_file = $(wildcard targets/$(call who_of,$(1))/board.mk)
needs    = $(addprefix $(OUT)/have-,$(or $(NEED_FOR_$(call who_of,$(1))),board) \
             $(NEED_FOR_$(word 2,$(subst /, ,$(1)))))

# The core is one object, which compiles in half the time. It is in parts where a test
# looks at single files or puts a broken one in their place: figures, twins, what is
# counted, and builds with the word `parts`, which judge mutants.
WHOLE := $(OUT)/reel/reel.c
PARTS_BUILDS = $(CYCLE_BUILDS) $(CYCLE_BUILDS_LATER) $(INTERRUPT_BUILDS) \
               $(filter-out %+none %+none+O2,$(INTERRUPT_BUILDS_LATER)) \
               gcc+checks2+poison1 gcc+checks1+poison0 gcc+O2 gcc+none+O2 gcc+cores2+O2 rv32imac+Os x86-64+Os
PARTS_WORDS := avr cover fuzzer windows clang-an521 explorer explorer-% parts
is_whole = $(if $(filter $(PARTS_BUILDS),$(build_of))$(filter $(PARTS_WORDS),\
             $(subst +, ,$(build_of))),,yes)
whole_of = $(if $(call is_whole,$(1)),$(if $(filter-out $(2),$(CORE)),,yes))

# Objects of a build: $(call objects,WORDS or WORDS/VARIANT,sources).
objects  = $(patsubst %.c,$(OUT)/$(1)/obj/%.o,\
             $(if $(call whole_of,$(1),$(2)),$(WHOLE) $(filter-out $(CORE),$(2)),$(2)))

TOOL     = $(or $(TOOL_$(who)),arm-none-eabi-gcc)
FLAGS    = $(foreach word,$(words),$(FLAGS_$(word))) $(OPTIONS_$(variant))
# Hosts and the text of tests are compiled without optimisation, which takes a
# third of the time; the core of boards as it is used.
SPEED    = $(or $(SPEED_$(who)),$(if $(filter tests/unit/% tests/harness/%,$<),-O0),\
             $(filter -O%,$(FLAGS)),$(if $(IS_HOSTED),-O0,-O2))
IS_HOSTED = $(filter gcc clang cover fuzzer armhf i686 powerpc windows,$(who))
# Only lines of the tests' text are asked for; and of optimised code only gdb's tests ask
# for variables, which take a quarter of the time.
DEBUG    = $(if $(filter tests/unit/%,$<),-g1,-g) $(if $(findstring gcc,$(TOOL)),\
             $(if $(filter $(GDB_BUILDS),$(firstword $(pieces))),,-fno-var-tracking))
C_FLAGS  = -std=c11 $(DEBUG) $(if $(IS_HOSTED),,-ffreestanding) $(WARN) -Iinclude -Iport -Itests/harness -Itargets/common \
           $(FLAGS) $(SPEED)

CPU      = . tests/tools/cpu; cpu
FOLDER   = [ -d $(@D) ] || mkdir -p $(@D)
SAY      = echo "  building $@"
COMPILE  = $(CPU) compile $(TOOL) $(C_FLAGS) $(PATH_$(patsubst %/,%,$(dir $<))) \
           -MMD -MP -c -o $@ $<
LINK     = $(CPU) link $(TOOL) $(FLAGS) -o $@ $(filter %.o %.a,$^)
LINK_BOARD = $(LINK) -nostdlib -Llinker -Ltargets/common -T targets/$(who)/$(who).ld \
             -Wl,--no-warn-rwx-segments,--no-warn-execstack -lgcc

ifndef V
.SILENT: # V=1 shows each command
endif
.DEFAULT_GOAL := test
.DELETE_ON_ERROR:
.SECONDARY:
.SECONDEXPANSION:
MAKEFLAGS += --no-builtin-rules

$(OUT)/%.o: $$(call source,$$*).c Makefile $$(call board_file,$$*) | $$(call needs,$$*)
	$(FOLDER); $(COMPILE)

$(WHOLE): port/amalgamation/amalgamate src/modules \
          $(wildcard $(addsuffix *.h,src/ src/*/ include/reel/ include/reel/*/)) $(CORE)
	mkdir -p $(@D)
	port/amalgamation/amalgamate --lines $(@D)

# A board's console, start-up and script, behind every image.
BOARD_COMMON := $(patsubst %,targets/common/%.c,memory semihost startup) \
                port/cortex-m/primask.c
BOARD_SCRIPTS := $(wildcard linker/*.ld targets/*/*.ld)

# In this order: what a folder defines at once, those below it may use.
include port/port.mk \
        $(wildcard targets/*/board.mk) \
        targets/flow-meter/flow-meter.mk \
        targets/kernel-riscv/kernel-riscv.mk \
        targets/examples/examples.mk \
        targets/crash-story/crash-story.mk \
        tests/unit/unit.mk \
        tests/host/host.mk \
        tests/boards/boards.mk \
        tests/explorer/explorer.mk \
        tests/kernels/kernels.mk \
        tests/windows/windows.mk \
        tests/linux/linux.mk \
        tests/interrupts/interrupts.mk \
        tests/heap/heap.mk \
        tests/figures/figures.mk \
        tests/figures/worst/worst.mk \
        tests/figures/traces/traces.mk \
        tests/compile/compile.mk \
        tests/compile/ports.mk \
        tests/libc/libc.mk \
        tests/freertos/freertos.mk \
        tests/cxx/cxx.mk \
        tests/programs/programs.mk \
        tests/mutants/mutants.mk \
        tests/cover/cover.mk \
        tests/fuzz/fuzz.mk \
        tests/proof/proof.mk \
        tests/gdb/gdb.mk \
        tests/list/list.mk \
        tests/events/events.mk \
        tests/picture/picture.mk \
        $(wildcard tests/schedules/schedules.mk) \
        tests/bench/bench.mk \
        tests/misra/misra.mk \
        tests/requirements/requirements.mk \
        tests/lifetimes/lifetimes.mk \
        tests/consumers/consumers.mk \
        tests/tools/tools.mk \
        tests/tests.mk

-include $(shell find $(OUT) -path $(OUT)/linux -prune -o -path $(OUT)/wine -prune -o -name '*.d' -print 2>/dev/null)

.PHONY: demo
demo: $(METER) $(if $(PCAP),,$(METER_INPUT))  ## Meter a capture on an emulated Cortex-M3 (PCAP=file)
	targets/common/emulate $(METER) "$(or $(PCAP),$(METER_INPUT))"
	echo "reel: that fault is the demo's end, and on purpose: it reads memory that was freed"

.PHONY: format
format: | $(OUT)/have-format  ## Rewrite every C file in the house style
	clang-format -i $$(git ls-files '*.c' '*.h')

.PHONY: clean
clean:  ## Remove everything that was built
	rm -rf $(OUT)

.PHONY: help
help:  ## Show this list
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' \
	    $(filter-out %.d,$(MAKEFILE_LIST))

# ---- tools: installed where that is possible, named where it is not ----------

NEED_host   := perl=prove libc6-dev=/usr/include/stdio.h g++ clang \
               'libclang-rt-dev=/usr/lib/llvm-*/lib/clang/*/lib/linux/*asan*' \
               valgrind=/usr/include/valgrind/memcheck.h
NEED_armhf  := gcc-arm-linux-gnueabihf=arm-linux-gnueabihf-gcc \
               libc6-dev-armhf-cross=/usr/arm-linux-gnueabihf/include/stdio.h \
               qemu-user=qemu-arm
NEED_i686   := gcc-i686-linux-gnu=i686-linux-gnu-gcc qemu-user=qemu-i386 \
               libc6-dev-i386-cross=/usr/i686-linux-gnu/include/stdio.h
NEED_powerpc := gcc-powerpc-linux-gnu=powerpc-linux-gnu-gcc qemu-user=qemu-ppc \
                libc6-dev-powerpc-cross=/usr/powerpc-linux-gnu/include/stdio.h
NEED_board  := gcc-arm-none-eabi=arm-none-eabi-gcc qemu-system-arm
NEED_rv32   := gcc-riscv64-unknown-elf=riscv64-unknown-elf-gcc
NEED_tshark := tshark
NEED_perl   := perl=prove
NEED_format := clang-format

$(OUT)/have-%:
	mkdir -p $(@D)
	tests/tools/need $(NEED_$*)
	touch $@
