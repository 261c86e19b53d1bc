# SPDX-License-Identifier: MIT
# What `make check` and `make test` run. The folders say what there is.

TEST_RUNS  := $(SCRIPT_RUNS) $(EXPLORER_RUNS) $(HOST_RUNS) $(BOARD_RUNS)
TEST_TOOLS += $(OUT)/have-perl

# Read by tests/tools/cpu: a run of make is a column of its own.
export REEL_START := $(shell date +%s.%N)

PROVE = prove -j2 --timer --exec tests/tools/run

# What a run needs: a program itself, a script what its folder says.
needs_of = $(foreach run,$(1),$(filter $(OUT)/%,$(run)) $(NEEDS_$(run)))

# ---- make test T=NAME ------------------------------------------------------------
# Programs and scripts whose path has NAME, whole; unit tests and scenes of the
# explorer that are named so.

UNIT_RUNS  := $(foreach run,$(TEST_RUNS),\
                $(if $(findstring /tests,$(run))$(findstring /suite.,$(run)),$(run)))
mentioning = $(shell grep -lE -e '$(1)' $(wildcard $(2)))
named_path = $(foreach run,$(TEST_RUNS),$(if $(findstring $(T),$(run)),$(run)))
named_unit = $(if $(call mentioning,TEST.[a-z_0-9]*$(T)|^const test_case [a-z_0-9]*$(T)[a-z_0-9]*_tests,\
               tests/unit/*.c),$(UNIT_RUNS))
named_scene = $(if $(call mentioning,^ *[{] "[^"]*$(T),tests/explorer/*.c),$(EXPLORED)/explorer)

ifdef T
export ONLY := $(T)
CHOSEN := $(sort $(named_path) $(named_unit) $(named_scene))
CHOSEN_FILES := $(call needs_of,$(CHOSEN))
else
CHOSEN := $(TEST_RUNS)
CHOSEN_FILES := $(TEST_FILES) $(call needs_of,$(CHOSEN))
endif

# ---- targets ---------------------------------------------------------------------

# The inner loop.
CHECK_RUNS := $(OUT)/gcc+checks2+poison1/tests $(OUT)/gcc+checks2+poison1+asan/tests \
              $(UNIT_PARTS:%=$(OUT)/microbit+primask+checks2+Os/tests-%.elf) $(OUT)/mps2-an385/tests.elf \
              tests/compile/layers.t tests/compile/licences.t tests/compile/symbols.t \
              tests/mutants/edits.t

.PHONY: check
check: $$(filter %/gcc/macros/%,$$(DIALECTS)) $(call needs_of,$(CHECK_RUNS)) | $(TEST_TOOLS)  ## The inner loop: unit tests on host, M0 and M3, layers, symbols
	$(PROVE) $(CHECK_RUNS)

.PHONY: test
test: $(CHOSEN_FILES) | $(TEST_TOOLS)  ## Build and run every test, or those named T: host, emulated boards, tshark
	$(if $(CHOSEN),,$(error no test, scene, program or script is named like '$(T)'))
	code=0; $(PROVE) $(CHOSEN) || code=1; $(CPU) --table; exit $$code

EVERY_BOARD = $(BOARD_RUNS) $(filter %.elf,$(MATRIX_RUNS))

.PHONY: boards
boards: $(EVERY_BOARD) | $(TEST_TOOLS)  ## Run every program of every emulated board
	$(PROVE) $(EVERY_BOARD)

.PHONY: matrix
matrix: $(MATRIX_RUNS) $(DIALECTS_LATER) $(CASES) | $(TEST_TOOLS)  ## Run the builds of the tests that `make test` leaves out
	$(PROVE) $(MATRIX_RUNS) tests/compile/config.t
