# SPDX-License-Identifier: MIT
# Every sequence of calls on a small heap. `make test` has the short ones, `make heap`
# those that take longer.

EXHAUSTIVE := $(OUT)/gcc+O2/exhaustive $(OUT)/armhf+O2/exhaustive
HOST_RUNS  += $(EXHAUSTIVE)
HEAP_RUNS  += $(EXHAUSTIVE)

$(OUT)/%/exhaustive: $$(call objects,$$*,$(CORE) tests/heap/exhaustive.c \
                       tests/harness/tap.c tests/harness/console.c)
	$(SAY); $(LINK)
