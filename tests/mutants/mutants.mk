# SPDX-License-Identifier: MIT
# The code broken in one place at a time (operators.pm, edits.pm). `make test` has a few
# of those that were noticed.

MUTANT_JUDGES := $(shell perl -Itests/mutants -Itests/tools -Mjudges -e 'print "@judges::judges"')
MUTANT_FEW    := $(shell perl -Itests/mutants -Itests/tools -Mjudges -e 'print "@judges::few"')

SCRIPT_RUNS += tests/mutants/mutants.t tests/mutants/edits.t
NEEDS_tests/mutants/mutants.t := $(MUTANT_FEW)

.PHONY: mutants
mutants: $(MUTANT_JUDGES) | $(OUT)/have-perl  ## Break the code in some 2,600 of 7,800 places and see the tests fail (SAMPLE=1: all; MUTANTS=path, JOBS=n)
	tests/mutants/mutants $(MUTANTS)
