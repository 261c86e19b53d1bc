# Every test program there is, and how it is built.

HOSTS := gcc+checks0+poison0 gcc+checks1+poison0 gcc+checks2+poison0 \
         gcc+checks2+poison1 \
         clang clang+checks2+poison1 \
         gcc+checks2+poison1+asan clang+checks2+poison1+asan \
         gcc+none gcc+masked+checks2 gcc+meddling clang+meddling+checks2 \
         gcc+masked+wide gcc+c2x gcc+O2 clang+O2 \
         armhf
BOARDS := microbit+Os microbit+primask+checks2+Os microbit+checks0+Os \
          mps2-an385 mps2-an385+native+checks2+poison1 \
          mps2-an385+primask+Os mps2-an385+checks0+Os mps2-an385+wide \
          $(TWO_CORES) \
          mps2-an385+basepri+checks2+Os \
          mps2-an385+mpu mps2-an500+mpu mps2-an505+mpu \
          $(foreach board,mps2-an385 mps2-an505,$(board)+mpu+checks2+Os)
LARGE  := gcc gcc+none+wide armhf armhf+none
BASEPRI := $(foreach board,mps2-an385 mps2-an500 mps2-an505,$(board)+basepri+O2) \
           mps2-an385+basepri+checks2+Os
CORES  := cortex-m0+primask cortex-m3 rv32imac x86-64
CYCLES := $(foreach cpu,microbit+primask mps2-an385+llsc mps2-an385+native \
                        mps2-an385+primask mps2-an505+llsc,\
            $(cpu)+Os $(cpu)+O2)

HOST_RUNS   := $(HOSTS:%=$(OUT)/%/tests) \
               $(OUT)/gcc/threads $(OUT)/gcc+tsan/threads \
               $(OUT)/gcc/pool $(OUT)/gcc+tsan/pool \
               $(OUT)/gcc/rewinding $(OUT)/gcc+tsan/rewinding \
               $(OUT)/gcc/regions $(OUT)/gcc+tsan/regions \
               $(OUT)/gcc/reserved $(OUT)/gcc+tsan/reserved \
               $(LARGE:%=$(OUT)/%/large)
BOARD_RUNS  := $(BOARDS:%=$(OUT)/%/tests.elf) $(TWO_CORES_RUNS) \
               $(BASEPRI:%=$(OUT)/%/basepri.elf) $(MPU_RUNS)
CYCLE_FILES := $(CYCLES:%=$(OUT)/%/cycles.elf)
CORE_FILES  := $(foreach core,$(CORES),$(OUT)/$(core)+Os/core.o \
                 $(OUT)/$(core)+O2/core.o)
SYMBOL_FILES := $(CORE_FILES) $(OUT)/cortex-m3+Os/sizes.o $(OUT)/mps2-an385+Os/image-with.bin \
                $(OUT)/mps2-an385+Os/image-without.bin
SIZE_FILES  := $(CORE_FILES) $(CORES:%=$(OUT)/%+Os/sizes.o) \
               $(OUT)/cortex-m0+primask+Os/arena.elf \
               $(OUT)/cortex-m0+primask+Os/arena-blocks.elf \
               $(OUT)/cortex-m0+primask+Os/all-main.elf
WATCH_FILES := $(OUT)/gcc+asan/watched $(OUT)/gcc+valgrind/watched

# Builds that would make `make test` too long: `make matrix`.
MATRIX_RUNS := $(foreach build,gcc+c17 clang+c2x gcc+none+wide gcc+asan \
                 gcc+checks0+poison1 gcc+checks1+poison1 clang+checks0+poison0 \
                 clang+checks0+poison1 clang+checks1+poison1 \
                 clang+checks2+poison0 armhf+checks2+poison1,\
                 $(OUT)/$(build)/tests) \
               $(foreach build,mps2-an386+mpu mps2-an500+mpu mps3-an547+mpu,\
                 $(OUT)/$(build)+checks2+Os/tests.elf) \
               $(OUT)/mps2-an505+basepri+Os/tests.elf \
               $(foreach board,mps2-an500 mps2-an505,\
                 $(OUT)/$(board)+basepri+checks2+Os/basepri.elf) \
               $(foreach board,mps2-an386 mps3-an547,\
                 $(OUT)/$(board)+mpu/tests.elf $(OUT)/$(board)/mpu-icount.elf) \
               $(OUT)/gcc+tsan+checks2/reserved \
               $(foreach build,clang gcc+none gcc+masked+wide+checks2 \
                 armhf+none+wide armhf+masked+wide+checks2,$(OUT)/$(build)/large)

TEST_RUNS  := tests/layers.t tests/config.t tests/symbols.t tests/size.t \
              tests/cycles.t tests/interrupts.t tests/cores.t tests/watch.t \
              tests/mutants.t $(METER_TESTS) $(EXPLORER_RUNS) \
              $(HOST_RUNS) $(BOARD_RUNS)
TEST_FILES := $(HOST_RUNS) $(BOARD_RUNS) $(EXPLORER_RUNS) $(SYMBOL_FILES) $(SIZE_FILES) \
              $(CYCLE_FILES) $(WORKLOAD_FILES) $(INTERRUPT_FILES) $(WATCH_FILES) $(OUT)/header-checks \
              $(OUT)/readme/example $(OUT)/x86-64+O2/cplusplus $(METER_FILES)

# Many builds of the same: -O0 compiles them in a third of the time.
$(OUT)/%/tests: DEFAULT_SPEED = -O0
$(OUT)/%/tests: $(UNIT) tests/host.c port/host/malloc.c $(HEADERS) | $(OUT)/have-host \
                $(OUT)/have-armhf
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -Itests -o $@ $(filter %.c,$^)

$(OUT)/%/threads: $(CORE) tests/threads.c $(HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.c,$^) -pthread

$(OUT)/%/pool: $(CORE) tests/pool.c $(HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.c,$^) -pthread

$(OUT)/%/rewinding: $(CORE) $(wildcard port/host/*.c) tests/rewinding.c $(HEADERS) \
                    | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.c,$^) -pthread

$(OUT)/%/regions: $(CORE) port/host/malloc.c tests/regions.c $(HEADERS) \
                  | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.c,$^) -pthread

$(OUT)/%/reserved: $(CORE) $(wildcard port/host/*.c) tests/reserved.c \
                   $(HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.c,$^) -pthread

$(OUT)/%/large: $(CORE) port/host/pages.c tests/large.c tests/tap.c \
                $(HEADERS) | $(OUT)/have-host $(OUT)/have-armhf
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -Itests -o $@ $(filter %.c,$^)

$(OUT)/%/watched: $(CORE) port/always.c tests/watched.c $(HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.c,$^)

# The core as it is used; the tests, which are most of the text, without
# optimisation where there is room for that.
$(OUT)/microbit%/tests.elf: words = $(subst +, ,microbit$*)
$(OUT)/microbit%/tests.elf: $(UNIT) tests/board.c $(BOARD) $(MPU_PORT) $(HEADERS) \
                            linker/*.ld | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc

$(OUT)/%/tests.elf: $(UNIT) tests/board.c $(BOARD) $(MPU_PORT) $(HEADERS) linker/*.ld \
                    | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE_COMPILE) -O0 -r -o $@.o $(filter tests/%.c,$^)
	$(BARE) -o $@ $(filter-out tests/%.c,$(filter %.c,$^)) $@.o -lgcc

$(OUT)/%/basepri.elf: $(CORE) tests/basepri.c tests/tap.c targets/common/*.c \
                      $(HEADERS) linker/*.ld | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc

$(OUT)/%/cycles.elf: $(CORE) port/always.c tests/cycles/*.c tests/clock/clock.c $(BOARD) \
                     $(HEADERS) linker/*.ld | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc

# The core as one object, and beside it each module's object and call graph.
$(OUT)/%/core.o: $(CORE) $(HEADERS) | $(OUT)/have-board $(OUT)/have-rv32
	$(SAY); mkdir -p $(@D)
	for file in $(CORE); do \
	    $(TOOL) $(FREE) -ffunction-sections -fdata-sections -fcallgraph-info=su -c $$file \
	        -o $(@D)/$$(basename $$file .c).o || exit 1; \
	done
	$(TOOL) $(FREE) -nostdlib -r -o $@ \
	    $(patsubst src/%.c,$(@D)/%.o,$(CORE))

# What a program pays that uses an arena's five main functions; with them a block
# pool's three; and the main functions of all modules, without the allocator
# interface, statistics and checks of validity.
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
LINK_SUBSET      = $(TOOL) $(FREE) -nostdlib -Wl,--gc-sections -Wl,-e,reel_arena_init \
                   -o $@ $(patsubst src/%.c,$(@D)/%.o,$(CORE)) -lgcc \
                   $(patsubst %,-Wl$(comma)-u$(comma)%,$(1))

$(OUT)/%/arena.elf: $(OUT)/%/core.o
	$(call LINK_SUBSET,$(ARENA_MAIN))

$(OUT)/%/arena-blocks.elf: $(OUT)/%/core.o
	$(call LINK_SUBSET,$(ARENA_MAIN) $(BLOCKS_MAIN))

$(OUT)/%/all-main.elf: $(OUT)/%/core.o
	$(call LINK_SUBSET,$(ALL_MAIN))

$(OUT)/%/sizes.o: tests/size/sizes.c $(HEADERS) | $(OUT)/have-board \
                  $(OUT)/have-rv32
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(FREE) -c -o $@ $<

# An image whose linker script knows nothing of reel.ld, with a static arena and
# without.
$(OUT)/%/image-with.elf: tests/size/image.c $(HEADERS) | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(FREE) -DWITH_ARENA=1 -nostdlib -T tests/size/plain.ld -o $@ $<

$(OUT)/%/image-without.elf: tests/size/image.c $(HEADERS) | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(FREE) -DWITH_ARENA=0 -nostdlib -T tests/size/plain.ld -o $@ $<

%.bin: %.elf
	arm-none-eabi-objcopy -O binary $< $@

# Each header alone, as C11 and as C++11, warnings being errors.
$(OUT)/header-checks: $(HEADERS) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	for header in reel/allocator reel/arena reel/base reel/blocks reel/config reel/pages \
	    reel/port reel/reel reel/pool reel/region reel/registry reel/rewindable reel/span reel/temp \
	    $(patsubst include/%.h,%,$(wildcard include/reel/detail/*.h)) always \
	    host/malloc host/pages cortex-m/fault cortex-m/mpu7 cortex-m/mpu8; do \
	    for tool in gcc clang; do \
	        printf '#include "%s.h"\nextern int unit;\n' $$header > $@.c; \
	        $$tool -std=c11 $(WARN) -Iinclude -Iport -fsyntax-only $@.c \
	        && $$tool -std=c++11 $(filter-out %-prototypes,$(WARN)) -Iinclude \
	            -Iport -fsyntax-only -x c++ $@.c || exit 1; \
	    done; \
	done
	touch $@

# A C++11 program on top of the core.
$(OUT)/x86-64+O2/cplusplus: tests/cplusplus.cc $(OUT)/x86-64+O2/core.o \
                           | $(OUT)/have-host
	for tool in clang++ g++; do \
	    $$tool -std=c++11 $(filter-out %-prototypes,$(WARN)) -Iinclude \
	        -no-pie -o $@ $^ && $@ || exit 1; \
	done

# The example in the README is what a newcomer types first: it must run.
$(OUT)/readme/example.c: README.md
	$(SAY); mkdir -p $(@D)
	awk '/^```c$$/ { on = 1; next } /^```$$/ { if (on) exit } on' $< > $@

$(OUT)/readme/example: $(OUT)/readme/example.c $(CORE) $(HEADERS) \
                       | $(OUT)/have-host
	gcc -std=c11 $(WARN) -Iinclude -o $@ $< $(CORE)
	$@

comma := ,
