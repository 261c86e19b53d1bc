# SPDX-License-Identifier: MIT
# The port to FreeRTOS: against stubs of its headers in `make test`; on the kernel itself,
# in QEMU, by `make test-freertos FREERTOS=path`.

FREERTOS_GLUE := port/freertos/heap_reel.c port/freertos/hooks.c

OPTIONS_freertos-stubs := -Itests/freertos/stub

$(OUT)/%/freertos-stubs/stubs: $$(call objects,$$*,$(CORE) $(CONSOLE)) \
        $$(call objects,$$*/freertos-stubs,$(FREERTOS_GLUE) tests/freertos/stubs.c)
	$(SAY); $(LINK)

HOST_RUNS += $(foreach build,gcc+O2 clang+checks2+poison1 gcc+checks0+poison0,\
               $(OUT)/$(build)/freertos-stubs/stubs)

# ---- the kernel itself ----------------------------------------------------------------

FREERTOS_HEAP    := 32768
FREERTOS_BOARD   := mps2-an385+llsc+Os
FREERTOS_CPU     = $(FREERTOS)/portable/GCC/ARM_CM3
FREERTOS_SOURCES = $(addprefix $(FREERTOS)/,tasks.c queue.c list.c timers.c) $(FREERTOS_CPU)/port.c
FREERTOS_FLAGS   = -std=gnu11 -g -ffreestanding -Os $(FLAGS_cortex-m3) $(FLAGS_llsc) \
                -DKERNEL_HEAP=$(FREERTOS_HEAP) -Itests/freertos -I$(FREERTOS)/include \
                -I$(FREERTOS_CPU) -Iinclude -Iport -Itests/harness -Itests/boards \
                -Itargets/common -Llinker -Ltargets/common

# $(call FREERTOS_PROGRAM,NAME,HEAP,FLAGS)
define FREERTOS_PROGRAM
$(OUT)/$(FREERTOS_BOARD)/freertos-$(1)/kernel-icount.elf: tests/freertos/kernel.c \
        tests/freertos/FreeRTOSConfig.h $(2) \
        $(call objects,$(FREERTOS_BOARD),$(CORE) tests/harness/tap.c tests/boards/clock/clock.c \
          $(BOARD_COMMON)) $(BOARD_SCRIPTS)
	$$(SAY); mkdir -p $$(@D)
	arm-none-eabi-objcopy --weaken-symbol=sys_tick_handler \
	    $(OUT)/$(FREERTOS_BOARD)/obj/tests/boards/clock/clock.o $$(@D)/clock.o
	$$(CPU) link arm-none-eabi-gcc $$(FREERTOS_FLAGS) $(3) -o $$@ $$< $(2) $$(FREERTOS_SOURCES) \
	    $$(@D)/clock.o $$(filter-out %/clock.o,$$(filter %.o,$$^)) -nostdlib -Wl,--gc-sections \
	    -T targets/mps2-an385/mps2-an385.ld -lgcc
endef
$(eval $(call FREERTOS_PROGRAM,reel,$(FREERTOS_GLUE),-DWITH_REEL=1))
$(eval $(call FREERTOS_PROGRAM,heap-4,$$(FREERTOS)/portable/MemMang/heap_4.c,-DWITH_REEL=0))

FREERTOS_IMAGES := $(foreach heap,reel heap-4,$(OUT)/$(FREERTOS_BOARD)/freertos-$(heap)/kernel-icount.elf)

.PHONY: test-freertos
test-freertos: $(if $(FREERTOS),$(FREERTOS_IMAGES)) | $(OUT)/have-board $(OUT)/have-perl  ## Run tasks of FreeRTOS on a heap, beside heap_4 (FREERTOS=path of its kernel)
	$(if $(FREERTOS),,$(error FREERTOS=path: where FreeRTOS-Kernel was unpacked))
	tests/freertos/table $(FREERTOS_IMAGES)
