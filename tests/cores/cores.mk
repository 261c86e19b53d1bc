# Two cores at work on the same objects, in the emulator's threads; and on a twin
# of the library whose list has no version, which must be noticed.

FLAGS_mps2-an521 := $(FLAGS_mps2-an505)
FLAGS_cores2     := -DREEL_CORES=2

TWO_CORES      := mps2-an521+native+cores2
TWO_CORES_RUNS := $(OUT)/$(TWO_CORES)/cores.elf $(OUT)/$(TWO_CORES)/cores-twin.elf

CORES_COMMON  := $(addprefix tests/cores/,both.c pool.c regions.c) tests/tap.c \
                 $(wildcard targets/common/*.c)
CORES_HEADERS := $(HEADERS) $(wildcard tests/cores/*.h linker/*.ld)

$(OUT)/%/cores.elf: $(addprefix tests/cores/,cores.c frees.c pages.c stacks.c \
                      rewindables.c) $(CORE) \
                    $(CORES_COMMON) $(CORES_HEADERS) | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc

$(OUT)/%/cores-twin.elf: tests/cores/twin.c $(CORE) $(CORES_COMMON) \
                         $(CORES_HEADERS) tests/explorer/twin | $(OUT)/have-board
	$(SAY); rm -rf $@-src; mkdir -p $@-src
	tests/explorer/twin blocks-no-version $@-src
	$(BARE) -o $@ tests/cores/twin.c $(CORES_COMMON) $@-src/*.c -lgcc
