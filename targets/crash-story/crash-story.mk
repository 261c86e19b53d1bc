# SPDX-License-Identifier: MIT
# A firmware that uses rewound memory, and says who allocated it and who rewound it.

# The clock of its events: a timer of the board, since QEMU has no cycle counter.
FLAGS_timer0 := '-DREEL_EVENTS_TIME=~*(volatile uint32_t *)0x40000004'

# A call in place of a return would hide its caller.
OPTIONS_callers := -fno-optimize-sibling-calls

CRASH       := $(OUT)/mps2-an385+events+timer0+Os/callers/crash-story.elf
CRASH_TRACE := $(OUT)/events/crash

$(OUT)/%/crash-story.elf: \
        $$(call objects,$$(firstword $$(subst /, ,$$*)),$(CORE) $(BOARD_COMMON) \
          $(addprefix port/cortex-m/,mpu7.c fault.c) $(addprefix port/events/,ring.c ctf.c story.c)) \
        $$(call objects,$$*,targets/crash-story/main.c) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

.PHONY: demo-crash
demo-crash: $(CRASH)  ## Let a firmware use rewound memory on an emulated Cortex-M3, and see whose it was
	mkdir -p $(CRASH_TRACE)
	targets/common/emulate $(CRASH) $(CRASH_TRACE) | port/events/reel-trace places --elf $(CRASH)
	port/events/reel-trace report $(CRASH_TRACE) --elf $(CRASH)
