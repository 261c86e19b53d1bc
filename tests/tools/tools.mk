# SPDX-License-Identifier: MIT
# The tests of the tests: what must fail does. A new machine gets the packages it needs.

FAULTY := $(OUT)/mps2-an385/faulty.elf

$(FAULTY): $(call objects,mps2-an385,tests/tools/faulty.c tests/harness/tap.c \
             $(BOARD_COMMON)) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

SCRIPT_RUNS += tests/tools/tools.t tests/tools/needs.t
NEEDS_tests/tools/tools.t := $(FAULTY) $(OUT)/gcc+checks2+poison1/tests \
                             $(EXPLORED)/explorer $(OUT)/captures/all
