# Fixed sequences of requests on the boards: reel's image, and one each for the
# malloc of newlib-nano and of picolibc, as Debian built them.

NEED_peers := libnewlib-arm-none-eabi=/usr/lib/arm-none-eabi/lib/libc_nano.a \
              picolibc-arm-none-eabi=/usr/lib/picolibc/arm-none-eabi/lib/libc.a

WORKLOAD_BUILDS := $(foreach cpu,microbit+primask mps2-an385+llsc mps2-an505+llsc,\
                     $(cpu)+Os $(cpu)+O2)
PEER_BUILDS     := microbit+Os mps2-an385+Os mps2-an505+Os
WORKLOAD_FILES  := $(WORKLOAD_BUILDS:%=$(OUT)/%/workloads.elf) \
                   $(PEER_BUILDS:%=$(OUT)/%/workloads-newlib.elf) \
                   $(PEER_BUILDS:%=$(OUT)/%/workloads-picolibc.elf)

WORKLOADS    := tests/cycles/workloads/workloads.c tests/clock/clock.c
WORKLOAD_ANY := $(HEADERS) $(wildcard tests/cycles/workloads/*.h linker/*.ld)

$(OUT)/%/workloads.elf: $(WORKLOADS) tests/cycles/workloads/reel.c $(CORE) \
                        port/always.c $(BOARD) $(WORKLOAD_ANY) | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc

LINK_PEER = $(BARE) --specs=$(1).specs '-DCONTESTANT="$(2)"' -o $@ \
                $(filter %.c,$^) $(3) -lgcc
PEER      = $(WORKLOADS) tests/cycles/workloads/malloc.c \
            $(filter-out %/memory.c,$(wildcard targets/common/*.c)) $(WORKLOAD_ANY)

$(OUT)/%/workloads-newlib.elf: $(PEER) | $(OUT)/have-board $(OUT)/have-peers
	$(SAY); mkdir -p $(@D)
	$(call LINK_PEER,nano,newlib,-lc_nano)

$(OUT)/%/workloads-picolibc.elf: $(PEER) | $(OUT)/have-board $(OUT)/have-peers
	$(SAY); mkdir -p $(@D)
	$(call LINK_PEER,picolibc,picolibc,-lc)
