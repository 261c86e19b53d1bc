# The flow meter: firmware, the same as host programs, and its captures.

METER       := $(OUT)/mps2-an385/flow-meter.elf
METER_INPUT := $(OUT)/captures/real.pcap
METER_HOST  := $(OUT)/gcc+checks2+poison1+asan/flow-meter \
               $(OUT)/gcc+checks2+poison1+asan+starved/flow-meter \
               $(OUT)/gcc+checks2+poison1+asan+unrewound/flow-meter \
               $(OUT)/gcc+checks2+poison1+asan+unclosed/flow-meter \
               $(OUT)/gcc+checks2+poison1+asan+shallow/flow-meter
METER_TESTS := tests/meter.t tests/tshark.t
# With few packet buffers, and no room for a flow or the result of an interval;
# and with a pool that takes no care of interrupts.
METER_TWINS := $(OUT)/mps2-an385+dry/flow-meter.elf \
               $(OUT)/mps2-an385+none/flow-meter.elf
METER_FILES := $(METER) $(METER_HOST) $(METER_TWINS) $(OUT)/captures/all $(OUT)/have-tshark

METER_SOURCES := $(filter-out %/host_main.c %/semihost_main.c %/semihost_timer.c,\
                   $(wildcard targets/flow-meter/*.c))

FLAGS_starved := -DMETER_FLOW_BYTES=2048u -DMETER_FLOW_PAGE=256u \
                 -DMETER_FLOW_PAGES=6u -DMETER_FLOW_BUCKETS=4u \
                 -DMETER_FRAME_BYTES=256u \
                 -DMETER_BUFFER_BYTES=128u -DMETER_BUFFERS=14u \
                 -DMETER_INTERVAL_BLOCK=64u -DMETER_INTERVAL_BLOCKS=2u
FLAGS_dry     := -DMETER_BUFFERS=4u -DMETER_INTERVAL_BLOCK=16u \
                 -DMETER_FLOW_BYTES=1024u
# Many rebuilds, until a page can list no more pieces of the table.
FLAGS_shallow := -DMETER_FLOW_PAGE=128u -DMETER_FLOW_BUCKETS=4u
# Whoever rewinds a rewindable only has it checked.
FLAGS_unrewound := -Wl,--wrap=reel_rewindable_rewind \
    -Wl,--defsym=__wrap_reel_rewindable_rewind=reel_rewindable_is_valid
# Whoever closes a region only has it checked.
FLAGS_unclosed := -Wl,--wrap=reel_region_close \
    -Wl,--defsym=__wrap_reel_region_close=reel_region_is_valid

$(OUT)/%/flow-meter.elf: $(CORE) $(METER_SOURCES) $(BOARD) \
        port/cortex-m/mpu7.c port/cortex-m/fault.c \
        $(wildcard targets/flow-meter/semihost_*.c) $(HEADERS) linker/*.ld \
        | $(OUT)/have-board
	$(SAY); mkdir -p $(@D)
	$(BARE) -o $@ $(filter %.c,$^) -lgcc

$(OUT)/%/flow-meter: $(CORE) $(METER_SOURCES) \
        port/always.c targets/flow-meter/host_main.c $(HEADERS) \
        | $(OUT)/have-host
	$(SAY); mkdir -p $(@D)
	$(TOOL) $(C_FLAGS) -o $@ $(filter %.c,$^)

$(METER_INPUT): | $(OUT)/have-board
	mkdir -p $(@D)
	tests/captures $(@D) real

$(OUT)/captures/all: tests/captures | $(METER_INPUT)
	tests/captures $(@D)
	touch $@
