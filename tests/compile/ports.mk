# What is compiled, and linked, for machines and systems that are not here.

# ---- macOS and the BSDs: the host port, against stand-ins for their headers ----------

SYSTEMS := arm64-apple-macos11 x86_64-apple-macos11 x86_64-unknown-freebsd13 \
           x86_64-unknown-openbsd7 x86_64-unknown-netbsd9
SYSTEM_SOURCES := $(wildcard $(addprefix port/host/,pages.c malloc.c yield.c)) \
                  src/hooks.c tests/compile/user.c
SYSTEM_CHECKS  := $(foreach system,$(SYSTEMS),\
                    $(SYSTEM_SOURCES:%=$(OUT)/systems/$(system)/%.ok))

$(SYSTEM_CHECKS): $(CASE_HEADERS) $(wildcard tests/compile/systems/*.h \
                    tests/compile/systems/*/*.h) | $(OUT)/have-host
define SYSTEM_CHECK
$(OUT)/systems/$(1)/%.ok: %
	mkdir -p $$(@D)
	$$(CPU) compile clang --target=$(1) $$(filter-out -Wmissing-prototypes,$$(WARN)) \
	    -std=c11 -ffreestanding -nostdlibinc -isystem tests/compile/systems \
	    -Iinclude -Iport -fsyntax-only $$< && touch $$@
endef
$(foreach system,$(SYSTEMS),$(eval $(call SYSTEM_CHECK,$(system))))

TEST_FILES += $(SYSTEM_CHECKS)
