# SPDX-License-Identifier: MIT
# Every order of the compiled code of several contexts, on a second emulator. It comes
# from npm, and is used here only.

SCHEDULED := $(foreach build,microbit+rp2040+Os microbit+rp2040+O2 microbit+primask+Os \
               microbit+primask+O2 microbit+alone+O2 microbit+rp2040-unlocked+Os,\
               $(OUT)/$(build)/schedules.elf)
PATH_tests/schedules := -Isrc

# Two Cortex-M0+ without compare-and-swap; and twins that protect too little.
FLAGS_rp2040          := -mcpu=cortex-m0plus -DREEL_CORES=2 -DREEL_PORT_SPIN_LOCK=31 \
                         -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM \
                         '-DREEL_ATOMICS_HEADER="rp2040/atomics.h"'
FLAGS_rp2040-unlocked := $(FLAGS_primask)
FLAGS_alone           := $(FLAGS_none)

$(OUT)/%/schedules.elf: $$(call objects,$$*,$(CORE) $(wildcard tests/schedules/*.c) port/always.c \
                          $(BOARD_COMMON)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# The second emulator: this version, with these contents.
$(OUT)/have-rp2040js: tests/schedules/rp2040js.sum
	tests/tools/need nodejs=node npm
	@echo "reel: installing rp2040js 1.4.1 from npm into $(OUT)/npm"
	npm install --silent --no-audit --no-fund --no-save --prefix $(OUT)/npm rp2040js@1.4.1
	cd $(OUT)/npm/node_modules/rp2040js && sha256sum --quiet --check $(CURDIR)/$<
	touch $@

# What both emulators run.
AGREED := $(UNIT_PARTS:%=$(OUT)/microbit+primask+checks2+Os/tests-%.elf) \
          $(foreach speed,Os O2,$(addprefix $(OUT)/microbit+primask+$(speed)/,\
            cycles-icount.elf workloads-icount.elf))

.PHONY: schedules
schedules: $(SCHEDULED) $(AGREED) $(OUT)/have-rp2040js | $(TEST_TOOLS)  ## Every order of the compiled code of two Cortex-M0+ and of nested handlers; two emulators agree (npm)
	prove -v tests/schedules/second.t tests/schedules/schedules.t
