# Commit by the MPU, checked on each board that has one; the micro:bit has none
# and says so. The programs named *-icount.elf need -icount shift=10.

MPU_BOARDS := mps2-an385 mps2-an386 mps2-an500 mps2-an505 mps3-an547
MPU_BUILDS := $(MPU_BOARDS) mps2-an385+Os mps2-an505+Os
MPU_RUNS   := $(foreach build,$(MPU_BUILDS) microbit,$(OUT)/$(build)/mpu.elf) \
              $(foreach build,mps2-an385 mps2-an500 mps2-an505 mps2-an385+Os \
                mps2-an505+Os,$(OUT)/$(build)/mpu-icount.elf)

MPU_PORT    := port/cortex-m/fault.c port/cortex-m/mpu7.c port/cortex-m/mpu8.c
MPU_COMMON  := tests/tap.c tests/mpu/design.c tests/mpu/probe.c $(MPU_PORT) \
               $(wildcard targets/common/*.c)
MPU_HEADERS := $(HEADERS) $(wildcard tests/mpu/*.h linker/*.ld)

$(OUT)/%/mpu.elf: $(addprefix tests/mpu/,mpu.c access.c refusals.c strict.c) \
                  $(CORE) port/cortex-m/primask.c \
                  $(MPU_COMMON) $(MPU_HEADERS) | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc

$(OUT)/%/mpu-icount.elf: $(addprefix tests/mpu/,interrupts.c twin.c) \
                         tests/clock/clock.c $(MPU_COMMON) $(MPU_HEADERS) | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc
