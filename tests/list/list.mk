# SPDX-License-Identifier: MIT
# The list of static instances at run time, in builds with it and without.

FLAGS_list := -DREEL_LIST=1
LIST       := $(CORE) port/always.c port/list/list.c tests/list/list.c

$(OUT)/%/list: $$(call objects,$$*,$(LIST) $(CONSOLE))
	$(SAY); $(LINK)
$(OUT)/%/list.elf: $$(call objects,$$*,$(LIST) tests/harness/tap.c $(BOARD_COMMON)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD) -Wl,--gc-sections

HOST_RUNS  += $(OUT)/gcc+list/list $(OUT)/gcc/list
BOARD_RUNS += $(OUT)/mps2-an385+list/list.elf
