# SPDX-License-Identifier: MIT
# Requirements and what shows them.

SCRIPT_RUNS += tests/requirements/requirements.t

.PHONY: requirements
requirements: | $(OUT)/have-perl  ## Check that each requirement has tests that are there
	$(PROVE) tests/requirements/requirements.t
