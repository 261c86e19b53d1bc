# What `make check` and `make test` run. The folders say what there is.

TEST_RUNS  := $(SCRIPT_RUNS) $(EXPLORER_RUNS) $(HOST_RUNS) $(BOARD_RUNS)
TEST_FILES += $(HOST_RUNS) $(BOARD_RUNS) $(EXPLORER_RUNS)
TEST_TOOLS += $(OUT)/have-perl

# Read by tests/tools/cpu: a run of make is a column of its own.
export REEL_START := $(shell date +%s.%N)

PROVE = prove -j2 --exec tests/tools/run

# The inner loop.
CHECK_RUNS := $(OUT)/gcc+checks2+poison1/tests $(OUT)/gcc+checks2+poison1+asan/tests \
              $(UNIT_PARTS:%=$(OUT)/microbit+primask+checks2+Os/tests-%.elf) $(OUT)/mps2-an385/tests.elf \
              tests/compile/layers.t tests/compile/symbols.t tests/mutants/edits.t

.PHONY: check
check: $(CHECK_RUNS) $(SYMBOL_FILES) | $(TEST_TOOLS)  ## The inner loop: unit tests on host, M0 and M3, layers, symbols
	$(PROVE) $(CHECK_RUNS)

.PHONY: test
test: $(TEST_FILES) | $(TEST_TOOLS)  ## Build and run every test: host, emulated boards, tshark
	code=0; $(PROVE) $(TEST_RUNS) || code=1; $(CPU) --table; exit $$code

.PHONY: matrix
matrix: $(MATRIX_RUNS) | $(TEST_TOOLS)  ## Run the builds of the tests that `make test` leaves out
	$(PROVE) $(MATRIX_RUNS)
