# SPDX-License-Identifier: MIT
# MISRA C:2012, with its documented deviations.

NEED_misra := cppcheck perl=prove

SCRIPT_RUNS += tests/misra/misra.t
NEEDS_tests/misra/misra.t := $(OUT)/have-misra

.PHONY: misra
misra: | $(OUT)/have-misra  ## Judge the core by MISRA C:2012; deviations are in tests/misra/deviations
	MISRA=all $(PROVE) tests/misra/misra.t
