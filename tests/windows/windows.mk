# SPDX-License-Identifier: MIT
# Windows: mingw-w64 compiles, wine runs. Not in `make test`, since wine takes 700 MB.

TOOL_windows     := x86_64-w64-mingw32-gcc-win32
FLAGS_windows    := -DREEL_CORES=64
NEED_FOR_windows := windows
NEED_windows     := gcc-mingw-w64-x86-64-win32=x86_64-w64-mingw32-gcc-win32 \
                    wine64=/usr/lib/wine/wine64

PATH_tests/windows := -Itests/kernels

$(OUT)/windows/tables.c: tests/windows/rig.c $(PORT_CHECKS) tests/unit/tables
	mkdir -p $(@D)
	tests/unit/tables $(filter %.c,$^) > $@

# Weak definitions are not found in PE objects: a program defines every hook.
WINDOWS_COMMON := $(filter-out src/hooks.c,$(CORE)) port/windows/pages.c \
                  tests/windows/rig.c $(addprefix tests/harness/,tap.c test.c)

$(OUT)/%/port.exe: $$(call objects,$$*,$(WINDOWS_COMMON) port/windows/gate.c \
                     $(PORT_CHECKS) $(OUT)/windows/tables.c)
	$(SAY); $(LINK) -lsynchronization

$(OUT)/%/suite.exe: $$(call objects,$$*,$(WINDOWS_COMMON) port/always.c \
                      port/report/report.c tests/windows/spin.c $(UNIT_FILES) \
                      $(OUT)/unit/tables.c)
	$(SAY); $(LINK)

WINDOWS_RUNS := $(addprefix $(OUT)/windows,/port.exe +O2/port.exe +checks2+O2/suite.exe)

.PHONY: test-windows
test-windows: $(WINDOWS_RUNS) | $(TEST_TOOLS)  ## Run the tests as Windows programs (mingw-w64, wine)
	$(PROVE) $(WINDOWS_RUNS)
