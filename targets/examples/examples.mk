# SPDX-License-Identifier: MIT
# One small program for each way to use reel, on the boards that targets/ has. Each
# ends with 0 if it works.

EXAMPLE_BUILD := mps2-an385+Os
EXAMPLE_NAMES := main_loop interrupt_pool dma_buffers requests temp_fault library_heap
EXAMPLE_PORTS := $(addprefix port/cortex-m/,mpu7.c fault.c)
EXAMPLES := $(EXAMPLE_NAMES:%=$(OUT)/$(EXAMPLE_BUILD)/examples/%.elf) \
            $(OUT)/$(EXAMPLE_BUILD)/examples/two_rams.elf \
            $(OUT)/mps2-an521+native+cores2/examples/two_cores.elf
EXAMPLES_ON_HOST := $(addprefix $(OUT)/examples/,host_test cxx freertos)

example_link = $(SAY); mkdir -p $(@D); $(LINK) -nostdlib -Llinker -Ltargets/common \
    -T $(1) -Wl,--gc-sections,--no-warn-rwx-segments,--no-warn-execstack -lgcc

$(EXAMPLE_NAMES:%=$(OUT)/$(EXAMPLE_BUILD)/examples/%.elf): $(OUT)/$(EXAMPLE_BUILD)/examples/%.elf: \
        $(OUT)/$(EXAMPLE_BUILD)/obj/targets/examples/%.o \
        $(call objects,$(EXAMPLE_BUILD),$(CORE) $(BOARD_COMMON) $(EXAMPLE_PORTS)) $(BOARD_SCRIPTS)
	$(call example_link,targets/mps2-an385/mps2-an385.ld)

$(OUT)/$(EXAMPLE_BUILD)/examples/two_rams.elf: targets/examples/two_rams.ld \
        $(call objects,$(EXAMPLE_BUILD),targets/examples/two_rams.c $(CORE) $(BOARD_COMMON)) \
        $(BOARD_SCRIPTS)
	$(call example_link,$<)

PATH_targets/examples := -Itests/boards/cores
$(OUT)/%/examples/two_cores.elf: $$(call objects,$$*,targets/examples/two_cores.c \
        targets/examples/launch_an521.c tests/boards/cores/both.c $(CORE) $(BOARD_COMMON)) \
        $(BOARD_SCRIPTS)
	$(call example_link,targets/mps2-an521/mps2-an521.ld)

# For the RP2040 itself, which no emulator of Debian's has: it compiles.
EXAMPLE_ON_PICO := $(OUT)/examples/two_cores-rp2040.o
$(EXAMPLE_ON_PICO): targets/examples/two_cores.c $(CASE_HEADERS) | $(OUT)/have-board
	mkdir -p $(@D)
	$(CPU) compile arm-none-eabi-gcc -std=c11 -ffreestanding -mcpu=cortex-m0plus -mthumb $(WARN) \
	    -DREEL_CORES=2 -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
	    '-DREEL_ATOMICS_HEADER="rp2040/atomics.h"' -Iinclude -Iport -c -o $@ $<

# The example's own command is on its page.
$(OUT)/examples/host_test: targets/examples/host_test.c \
        $(call objects,gcc+checks2+poison1+asan,$(CORE)) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(CPU) compile gcc -std=c11 -g $(WARN) $(FLAGS_asan) $(FLAGS_checks2) $(FLAGS_poison1) -Iinclude -Iport -o $@ $(filter %.c %.o,$^)

$(OUT)/examples/cxx: targets/examples/cxx.cc port/cxx/reel.hpp $(CASE_HEADERS) \
        $(call objects,gcc+O2,$(CORE)) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(CPU) compile g++ -std=c++17 -fno-exceptions -fno-rtti -Wall -Wextra -Werror -Iinclude -Iport -o $@ \
	    $(filter %.cc %.o,$^)

# FreeRTOS is not in Debian: its tasks are threads of the host.
$(OUT)/examples/freertos: targets/examples/freertos.c $(wildcard tests/examples/freertos/*) \
        $(call objects,gcc+O2,$(CORE)) | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(CPU) compile gcc -std=c11 -D_POSIX_C_SOURCE=200809L -g $(WARN) -Iinclude -Itests/examples/freertos -o $@ \
	    $(filter %.c %.o,$^) -pthread

SCRIPT_RUNS += tests/examples/examples.t
NEEDS_tests/examples/examples.t := $(EXAMPLES) $(EXAMPLES_ON_HOST) $(EXAMPLE_ON_PICO)

.PHONY: examples
examples: $(NEEDS_tests/examples/examples.t) | $(OUT)/have-perl  ## Build and run the programs of targets/examples
	$(PROVE) -v tests/examples/examples.t
