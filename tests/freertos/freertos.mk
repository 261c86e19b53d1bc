# SPDX-License-Identifier: MIT
# The port to FreeRTOS: against stubs of its headers in `make test`; on the kernel itself,
# in QEMU, by `make test-freertos FREERTOS=path`.

FREERTOS_PORT := port/freertos/heap_reel.c port/freertos/hooks.c

OPTIONS_freertos-stubs := -Itests/freertos/stub

$(OUT)/%/freertos-stubs/stubs: $$(call objects,$$*,$(CORE) $(CONSOLE)) \
        $$(call objects,$$*/freertos-stubs,$(FREERTOS_PORT) tests/freertos/stubs.c)
	$(SAY); $(LINK)

HOST_RUNS += $(foreach build,gcc+O2 clang+checks2+poison1 gcc+checks0+poison0,\
               $(OUT)/$(build)/freertos-stubs/stubs)

# ---- the kernel itself ----------------------------------------------------------------

KERNEL_HEAP  := 32768
KERNEL_BOARD := mps2-an385+llsc+Os
KERNEL_PORT   = $(FREERTOS)/portable/GCC/ARM_CM3
KERNEL        = $(addprefix $(FREERTOS)/,tasks.c queue.c list.c timers.c) $(KERNEL_PORT)/port.c
KERNEL_FLAGS  = -std=gnu11 -g -ffreestanding -Os $(FLAGS_cortex-m3) $(FLAGS_llsc) \
                -DKERNEL_HEAP=$(KERNEL_HEAP) -Itests/freertos -I$(FREERTOS)/include \
                -I$(KERNEL_PORT) -Iinclude -Iport -Itests/harness -Itests/boards \
                -Itargets/common -Llinker -Ltargets/common

# $(call KERNEL_PROGRAM,NAME,HEAP,FLAGS)
define KERNEL_PROGRAM
$(OUT)/$(KERNEL_BOARD)/freertos-$(1)/kernel-icount.elf: tests/freertos/kernel.c \
        tests/freertos/FreeRTOSConfig.h $(2) \
        $(call objects,$(KERNEL_BOARD),$(CORE) tests/harness/tap.c tests/boards/clock/clock.c \
          $(BOARD_COMMON)) $(BOARD_SCRIPTS)
	$$(SAY); mkdir -p $$(@D)
	arm-none-eabi-objcopy --weaken-symbol=sys_tick_handler \
	    $(OUT)/$(KERNEL_BOARD)/obj/tests/boards/clock/clock.o $$(@D)/clock.o
	$$(CPU) link arm-none-eabi-gcc $$(KERNEL_FLAGS) $(3) -o $$@ $$< $(2) $$(KERNEL) \
	    $$(@D)/clock.o $$(filter-out %/clock.o,$$(filter %.o,$$^)) -nostdlib -Wl,--gc-sections \
	    -T targets/mps2-an385/mps2-an385.ld -lgcc
endef
$(eval $(call KERNEL_PROGRAM,reel,$(FREERTOS_PORT),-DWITH_REEL=1))
$(eval $(call KERNEL_PROGRAM,heap-4,$$(FREERTOS)/portable/MemMang/heap_4.c,-DWITH_REEL=0))

KERNELS := $(foreach heap,reel heap-4,$(OUT)/$(KERNEL_BOARD)/freertos-$(heap)/kernel-icount.elf)

.PHONY: test-freertos
test-freertos: $(if $(FREERTOS),$(KERNELS)) | $(OUT)/have-board $(OUT)/have-perl  ## Run tasks of FreeRTOS on a heap, beside heap_4 (FREERTOS=path of its kernel)
	$(if $(FREERTOS),,$(error FREERTOS=path: where FreeRTOS-Kernel was unpacked))
	tests/freertos/table $(KERNELS)
