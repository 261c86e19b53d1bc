# SPDX-License-Identifier: MIT
# The code broken in one place at a time (mutants.pm). `make test` has a few of them.

ifneq ($(filter mutants,$(MAKECMDGOALS)),)
MUTANTS ?= all
endif
export MUTANTS

MUTANT_SOURCES := $(UNIT) $(addprefix tests/harness/,host.c console.c) port/host/malloc.c
MUTANT_RULES   := $(OUT)/mutants/$(or $(subst /,-,$(MUTANTS)),some).mk

$(MUTANT_RULES): tests/mutants/mutant tests/mutants/mutants.pm
	mkdir -p $(@D)
	tests/mutants/mutant > $@
include $(MUTANT_RULES)

SCRIPT_RUNS += tests/mutants/mutants.t tests/mutants/edits.t
NEEDS_tests/mutants/mutants.t := $(MUTANTS_CHOSEN)

.PHONY: mutants
mutants: $(MUTANTS_CHOSEN) | $(OUT)/have-perl  ## Break the code in each of many places and see the tests fail (MUTANTS=path)
	$(PROVE) tests/mutants/mutants.t
