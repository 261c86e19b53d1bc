# SPDX-License-Identifier: MIT
# The flow meter: firmware, the same as host programs, and its captures.

METER        := $(OUT)/mps2-an385/flow-meter.elf
METER_INPUT  := $(OUT)/captures/real.pcap
METER_BUILD  := gcc+checks2+poison1+asan
METER_LINKED := unrewound unclosed
METER_HOST   := $(OUT)/$(METER_BUILD)/flow-meter \
                $(foreach variant,starved shallow $(METER_LINKED),\
                  $(OUT)/$(METER_BUILD)/$(variant)/flow-meter)
# With few packet buffers, and no room for a flow or the result of an interval;
# and with a pool that takes no care of interrupts.
METER_TWINS  := $(OUT)/mps2-an385/dry/flow-meter.elf $(OUT)/mps2-an385+none/flow-meter.elf

METER_SOURCES := $(filter-out %/host_main.c %/semihost_main.c %/semihost_timer.c,\
                   $(wildcard targets/flow-meter/*.c))
METER_BOARD   := $(METER_SOURCES) $(wildcard targets/flow-meter/semihost_*.c)
METER_ON_HOST := $(METER_SOURCES) targets/flow-meter/host_main.c

OPTIONS_starved := -DMETER_FLOW_BYTES=2048u -DMETER_FLOW_PAGE=256u \
                   -DMETER_FLOW_PAGES=6u -DMETER_FLOW_BUCKETS=4u \
                   -DMETER_FRAME_BYTES=256u \
                   -DMETER_BUFFER_BYTES=128u -DMETER_BUFFERS=14u \
                   -DMETER_INTERVAL_BLOCK=64u -DMETER_INTERVAL_BLOCKS=2u
OPTIONS_dry     := -DMETER_BUFFERS=4u -DMETER_INTERVAL_BLOCK=16u \
                   -DMETER_FLOW_BYTES=1024u
# Many rebuilds, until a page can list no more pieces of the table.
OPTIONS_shallow := -DMETER_FLOW_PAGE=128u -DMETER_FLOW_BUCKETS=4u
# A rewindable is only checked instead of rewound; a region instead of closed.
WRAP = -Wl,--wrap=$(1) -Wl,--defsym=__wrap_$(1)=$(2)
WRAP_unrewound := $(call WRAP,reel_rewindable_rewind,reel_rewindable_is_valid)
WRAP_unclosed  := $(call WRAP,reel_region_close,reel_region_is_valid)

METER_EVENTS := $(addprefix port/events/,ring.c ctf.c)
METER_PORT := $(CORE) $(BOARD_COMMON) $(addprefix port/cortex-m/,mpu7.c fault.c)

$(OUT)/%/flow-meter.elf: \
        $$(call objects,$$(firstword $$(subst /, ,$$*)),$(METER_PORT)) \
        $$(call objects,$$*,$(METER_BOARD)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# The same with events, which `trace FOLDER CAPTURE` writes.
FLAGS_many-events := -DREEL_EVENTS_CAPACITY=16384u
METER_TRACED := $(OUT)/mps2-an385+events+timer0+many-events/callers/flow-meter-traced.elf
$(OUT)/%/flow-meter-traced.elf: \
        $$(call objects,$$(firstword $$(subst /, ,$$*)),$(METER_PORT) $(METER_EVENTS)) \
        $$(call objects,$$*,$(METER_BOARD)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

$(OUT)/%/flow-meter: $$(call objects,$$(firstword $$(subst /, ,$$*)),$(CORE) port/always.c) \
                     $$(call objects,$$*,$(METER_ON_HOST))
	$(SAY); $(LINK)
$(METER_LINKED:%=$(OUT)/$(METER_BUILD)/%/flow-meter): \
        $(call objects,$(METER_BUILD),$(CORE) port/always.c $(METER_ON_HOST))
	$(SAY); $(FOLDER); $(LINK) $(WRAP_$(variant))

$(METER_INPUT): | $(OUT)/have-board
	mkdir -p $(@D)
	tests/meter/captures $(@D) real

$(OUT)/captures/all: tests/meter/captures | $(METER_INPUT)
	tests/meter/captures $(@D)
	touch $@

SCRIPT_RUNS += tests/meter/meter.t tests/meter/tshark.t
NEEDS_tests/meter/meter.t  := $(METER) $(METER_HOST) $(METER_TWINS) $(OUT)/captures/all
NEEDS_tests/meter/tshark.t := $(METER) $(OUT)/captures/all $(OUT)/have-tshark
