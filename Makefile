# reel: `make test` runs everything; `make help` lists the rest.

OUT       := build
MAKEFLAGS += --jobs=$(shell nproc 2>/dev/null || echo 2) --output-sync=none

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wundef -Wshadow \
        -Wmissing-prototypes -Wstrict-prototypes -Wvla -Werror
CORE := $(wildcard src/*.c)
HEADERS := $(wildcard include/reel/*.h include/reel/*/*.h src/*.h src/*/*.h port/*.h \
             port/*/*.h tests/*.h tests/clock/*.h targets/*/*.h) $(MAKEFILE_LIST)
UNIT := $(CORE) port/always.c tests/tap.c $(wildcard tests/test*.c)
BOARD := $(wildcard targets/common/*.c) port/cortex-m/primask.c

# A build's folder is named by words joined with '+': first who runs it, then
# its options. Each word brings its flags.
words = $(subst +, ,$*)
FLAGS = $(foreach word,$(words),$(FLAGS_$(word)))
TOOL  = $(or $(TOOL_$(firstword $(words))),arm-none-eabi-gcc)
SPEED = $(or $(filter -O%,$(FLAGS)),$(DEFAULT_SPEED))

TOOL_gcc      := gcc
TOOL_clang    := clang
TOOL_armhf    := arm-linux-gnueabihf-gcc -static
TOOL_rv32imac := riscv64-unknown-elf-gcc
TOOL_x86-64   := gcc -fno-pie

FLAGS_cortex-m0  := -mcpu=cortex-m0 -mthumb
FLAGS_cortex-m3  := -mcpu=cortex-m3 -mthumb
FLAGS_rv32imac   := -march=rv32imac -mabi=ilp32
FLAGS_microbit   := $(FLAGS_cortex-m0)
FLAGS_mps2-an385 := $(FLAGS_cortex-m3)
FLAGS_mps2-an386 := -mcpu=cortex-m4 -mthumb -mfloat-abi=soft
FLAGS_mps2-an500 := -mcpu=cortex-m7 -mthumb -mfloat-abi=soft
FLAGS_mps2-an505 := -mcpu=cortex-m33+nodsp -mthumb -mfloat-abi=soft
FLAGS_mps3-an547 := -mcpu=cortex-m55+nomve.fp -mthumb -mfloat-abi=soft

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
FLAGS_tsan      := -fsanitize=thread
FLAGS_wide      := -DREEL_WIDE_LINKS=1
FLAGS_mpu       := -DTEST_MPU=1
FLAGS_c17       := -std=c17
FLAGS_c2x       := -std=c2x
FLAGS_O2        := -O2
FLAGS_Os        := -Os

C_FLAGS = -std=c11 -g $(WARN) -Iinclude -Iport $(SPEED) $(FLAGS)
FREE    = $(C_FLAGS) -ffreestanding

DEFAULT_SPEED = -O2
BARE_COMPILE = $(TOOL) $(FREE) -Itargets/common -Itests -nostdlib
BARE = $(BARE_COMPILE) -Llinker \
       -T linker/$(firstword $(words)).ld -Wl,--no-warn-rwx-segments

ifndef V
.SILENT: # V=1 shows each command
endif
SAY = echo "  building $@"

.DEFAULT_GOAL := test
.DELETE_ON_ERROR:
.SECONDARY:

include targets/flow-meter/flow-meter.mk tests/mpu/mpu.mk tests/cores/cores.mk \
        tests/explorer/explorer.mk tests/interrupts/interrupts.mk \
        tests/cycles/workloads/workloads.mk tests/bench/bench.mk tests/tests.mk

.PHONY: test
test: $(TEST_FILES) | $(OUT)/have-perl  ## Build and run every test: host, emulated boards, tshark
	prove -j2 --exec tests/run $(TEST_RUNS)

.PHONY: matrix
matrix: $(MATRIX_RUNS) | $(OUT)/have-perl  ## Run the builds of the tests that `make test` leaves out
	prove -j2 --exec tests/run $(MATRIX_RUNS)

.PHONY: demo
demo: $(METER) $(if $(PCAP),,$(METER_INPUT))  ## Meter a capture on an emulated Cortex-M3 (PCAP=file)
	targets/flow-meter/run $(METER) "$(or $(PCAP),$(METER_INPUT))"

.PHONY: layers
layers: | $(OUT)/have-perl  ## Check the tree, who includes whom, and the comments
	prove tests/layers.t

.PHONY: symbols
symbols: $(SYMBOL_FILES) | $(OUT)/have-perl  ## Prove that the core needs no libc, no .data and no .bss
	prove -v tests/symbols.t

.PHONY: size
size: $(SIZE_FILES) | $(OUT)/have-perl  ## Print bytes of code, control blocks and stack, against the budget
	prove -v tests/size.t

.PHONY: cycles
cycles: $(CYCLE_FILES) $(WORKLOAD_FILES) | $(OUT)/have-perl  ## Print exact instructions per call on M0, M3 and M33, against the budget
	prove -v tests/cycles.t

.PHONY: mutants
mutants: | $(OUT)/have-host  ## Break the code in each of many places and see the tests fail
	MUTANTS=all prove tests/mutants.t

.PHONY: format
format: | $(OUT)/have-format  ## Rewrite every C file in the house style
	clang-format -i $$(git ls-files '*.c' '*.h')

.PHONY: clean
clean:  ## Remove everything that was built
	rm -rf $(OUT)

.PHONY: help
help:  ## Show this list
	awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' \
	    $(MAKEFILE_LIST)

# ---- tools: installed where that is possible, named where it is not ----------

NEED_host   := perl=prove libc6-dev=/usr/include/stdio.h g++ clang \
               'libclang-rt-dev=/usr/lib/llvm-*/lib/clang/*/lib/linux/*asan*' \
               valgrind=/usr/include/valgrind/memcheck.h
NEED_armhf  := gcc-arm-linux-gnueabihf=arm-linux-gnueabihf-gcc \
               libc6-dev-armhf-cross=/usr/arm-linux-gnueabihf/include/stdio.h \
               qemu-user=qemu-arm
NEED_board  := gcc-arm-none-eabi=arm-none-eabi-gcc qemu-system-arm
NEED_rv32   := gcc-riscv64-unknown-elf=riscv64-unknown-elf-gcc
NEED_tshark := tshark
NEED_perl   := perl=prove
NEED_format := clang-format

$(OUT)/have-%:
	mkdir -p $(@D)
	tests/need $(NEED_$*)
	touch $@
