# SPDX-License-Identifier: MIT
# The freestanding tests: on a host in many builds, and on the boards. A file of
# tests/unit that has a table of tests is in the list of tables by itself.

UNIT_FILES := $(wildcard tests/unit/*.c)
UNIT       := $(CORE) $(UNIT_FILES) $(OUT)/unit/tables.c port/always.c port/report/report.c \
              tests/harness/tap.c tests/harness/test.c
UNIT_BOARD := $(UNIT) $(BOARD_COMMON) \
              $(addprefix port/cortex-m/,fault.c mpu7.c mpu8.c)
# With a program's own options: the board's main.
OPTIONS_mpu := -DTEST_MPU=1

UNIT_HOSTS := gcc+checks0+poison0 gcc+checks1+poison0 gcc+checks2+poison1 clang \
              gcc+checks2+poison1+asan gcc+meddling
HOST_RUNS  += $(UNIT_HOSTS:%=$(OUT)/%/tests)
MATRIX_RUNS += $(foreach build,gcc+none gcc+masked+checks2 gcc+c17 gcc+c2x clang+c2x gcc+none+wide gcc+masked+wide \
                 gcc+asan gcc+checks2+poison0 gcc+O2 clang+checks2+poison1 clang+O2 \
                 clang+checks2+poison1+asan \
                 clang+meddling+checks2 \
                 gcc+checks0+poison1 gcc+checks1+poison1 clang+checks0+poison0 \
                 clang+checks0+poison1 clang+checks1+poison1 \
                 clang+checks2+poison0 armhf armhf+checks2+poison1 \
                 i686+checks2 powerpc,\
                 $(OUT)/$(build)/tests)

# The folder changes if a file comes or goes.
$(OUT)/unit/tables.c: $(UNIT_FILES) tests/unit tests/unit/tables
	mkdir -p $(@D)
	tests/unit/tables $(filter %.c,$^) > $@

$(OUT)/%/tests: $$(call objects,$$*,$(UNIT) $(addprefix tests/harness/,host.c console.c) port/host/malloc.c)
	$(SAY); $(LINK)

# Of a variant only the main differs.
$(OUT)/%/tests.elf: $$(call objects,$$(firstword $$(subst /, ,$$*)),$(UNIT_BOARD)) \
                    $$(call objects,$$*,tests/harness/board.c) $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

# A board that is too small for all tests has them in parts: every third file in each.
UNIT_TESTS := $(shell grep -l '^const test_case ' $(UNIT_FILES))
UNIT_RIGS  := $(filter-out $(UNIT_TESTS),$(UNIT_FILES))
UNIT_PARTS := 1 2 3

define UNIT_PART
UNIT_PART_$(1) := $(shell echo $(UNIT_TESTS) | tr ' ' '\n' | awk 'NR % 3 == $(1) % 3')
$(OUT)/unit/tables-$(1).c: $$(UNIT_PART_$(1)) tests/unit tests/unit/tables
	mkdir -p $$(@D)
	tests/unit/tables $$(filter %.c,$$^) > $$@

$(OUT)/%/tests-$(1).elf: \
        $$$$(call objects,$$$$*,$$(filter-out $(UNIT_FILES) $(OUT)/unit/tables.c,$(UNIT_BOARD)) \
          $(UNIT_RIGS) $$(UNIT_PART_$(1)) $(OUT)/unit/tables-$(1).c tests/harness/board.c) \
        $(BOARD_SCRIPTS)
	$$(SAY); $$(LINK_BOARD)
endef
$(foreach part,$(UNIT_PARTS),$(eval $(call UNIT_PART,$(part))))
