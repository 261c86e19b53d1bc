# SPDX-License-Identifier: MIT
# The commands for gdb, on a host's program, its core file, and boards.

GDB_BUILDS   := mps2-an385 microbit+primask+Os
GDB_PROGRAMS := $(OUT)/gcc/objects $(OUT)/gcc+asan+zones/objects $(foreach build,$(GDB_BUILDS),\
                  $(OUT)/$(build)/objects.elf)

$(OUT)/%/objects: $$(call objects,$$*,$(CORE) port/always.c tests/gdb/objects.c)
	$(SAY); $(LINK)
$(OUT)/%/objects.elf: $$(call objects,$$*,$(CORE) port/always.c tests/gdb/objects.c $(BOARD_COMMON)) \
                      $(BOARD_SCRIPTS)
	$(SAY); $(LINK_BOARD)

SCRIPT_RUNS += tests/gdb/gdb.t
NEEDS_tests/gdb/gdb.t := $(GDB_PROGRAMS) $(OUT)/have-gdb
NEED_gdb := gdb-multiarch

.PHONY: budget
budget: $(if $(ELF),,$(METER)) | $(OUT)/have-gdb  ## RAM by static instance: of ELF=image, with TRACE=folder peaks, judged by BUDGET=file
	port/gdb/budget "$(or $(ELF),$(METER))" "$(TRACE)" "$(BUDGET)"

SCRIPT_RUNS += tests/gdb/budget.t
NEEDS_tests/gdb/budget.t := $(GDB_PROGRAMS) $(METER) $(OUT)/have-gdb
