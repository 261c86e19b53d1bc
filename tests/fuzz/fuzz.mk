# SPDX-License-Identifier: MIT
# Random trees of allocators against a shadow of every block (see fuzz.h): by a plain
# driver, of 64 and of 32 bits, and by libFuzzer, which keeps inputs in build/fuzz.

NEED_fuzz := clang-19 \
             libclang-rt-19-dev=/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer-x86_64.a
NEED_FOR_fuzzer := fuzz
TOOL_fuzzer     := clang-19
FLAGS_fuzzer    := -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

PATH_tests/fuzz := -Itests/fuzz
FUZZ_BODY   := $(CORE) $(addprefix tests/fuzz/,body.c kinds.c)
FUZZ_BUILDS := gcc+O2 gcc+checks2+O2 gcc+meddling+checks2+O2 gcc+masked+poison1+O2 \
               i686+O2 i686+checks2+O2 gcc+asan+zones
OPERATIONS  := 1000000000

$(OUT)/%/fuzz: $$(call objects,$$*,$(FUZZ_BODY) tests/fuzz/driver.c)
	$(SAY); $(LINK)
$(OUT)/%/libfuzzer: $$(call objects,$$*,$(FUZZ_BODY) tests/fuzz/libfuzzer.c)
	$(SAY); $(LINK)

FUZZ_RUNS := $(addprefix $(OUT)/,$(addsuffix /fuzz,gcc+O2 gcc+checks2+O2 \
               gcc+meddling+checks2+O2 gcc+asan+zones))
HOST_RUNS += $(FUZZ_RUNS)
FUZZERS   := $(FUZZ_BUILDS:%=$(OUT)/%/fuzz)

.PHONY: fuzz
fuzz: $(FUZZERS) $(OUT)/fuzzer+checks2/libfuzzer | $(OUT)/have-perl  ## Random trees of allocators with shadow contents (OPERATIONS=1000000000)
	tests/fuzz/fuzz $(OPERATIONS) $(OUT)/fuzzer+checks2/libfuzzer $(FUZZERS)
