# SPDX-License-Identifier: MIT
# Lines, branches and MC/DC of the core, its headers and the host's port, as clang-19
# counts them over unit tests, programs of threads and the explorer's sample. All of
# them must be covered but those of the list `uncovered`, which gives a reason each.

NEED_cover := clang-19 llvm-19=llvm-cov-19 \
              libclang-rt-19-dev=/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.profile-x86_64.a
NEED_FOR_cover := cover
TOOL_cover     := clang-19
# Threads lose no count; in the explorer only one context runs at a time.
COVERED        := -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc \
                  -fprofile-update=atomic
FLAGS_cover    := $(COVERED) -w -ivfsoverlay $(OUT)/cover/overlay.yaml

# So the profile is written although a fault was reported.
FLAGS_recover  := -fsanitize-recover=address

OPTIONS_covered = $(OPTIONS_announced) $(ALL_READS) -O1 -fno-builtin \
                  -fprofile-update=single

COVER_EXPLORERS := $(OUT)/cover+explorer/explorer $(OUT)/cover+explorer-masked/explorer

COVER_RUNS := $(addsuffix /tests,$(addprefix $(OUT)/cover+,checks2+poison1 \
                checks1+poison0 masked+checks2 masked+wide none+checks2 \
                meddling+checks2 checks2+poison1+asan)) \
              $(foreach program,$(THREADED) faults failures,$(OUT)/cover+checks2/$(program)) \
              $(OUT)/cover+events/counted $(OUT)/cover+events+checks2+poison1/tests \
              $(foreach word,rewind reset blocks heap region explain,$(OUT)/cover+asan+recover+history/blamed@$(word)) \
              $(foreach word,roots dump release release-disposed temp-trim,$(OUT)/cover+asan+recover/watched@$(word)) \
              $(OUT)/cover+asan+recover+zones/zoned@4 \
              $(OUT)/cover+checks2/fuzz $(OUT)/cover+checks2/large \
              $(OUT)/cover+checks2+nopie/reported@refused \
              $(foreach word,refused foreign misaligned scope starved unknown,$(OUT)/cover+checks2/reported@$(word)) \
              $(COVER_EXPLORERS)

# clang sees no condition inside a macro's argument, so these are functions here.
$(OUT)/cover/overlay.yaml: tests/cover/plain tests/tools/overlay.pm src/check.h \
                           include/reel/detail/compiler.h
	mkdir -p $(@D)
	tests/cover/plain $(@D)
$(OUT)/have-cover: $(OUT)/cover/overlay.yaml

define COVER_EXPLORER
$(OUT)/cover+$(1)/explorer: $(call objects,gcc+$(1),$(EXPLORER) tests/explorer/lock_calls.c) \
                            $(call objects,cover+$(1)/covered,$(CORE))
	$$(SAY); $$(LINK) -Wl,--defsym=__tsan_memcpy=memcpy,--defsym=__tsan_memset=memset
endef
$(foreach word,explorer explorer-masked,$(eval $(call COVER_EXPLORER,$(word))))

# The unit tests with events, which go to a ring that is not read.
$(OUT)/cover+events+checks2+poison1/tests: $$(call objects,cover+events+checks2+poison1,$$(EVENT_PORT))

.PHONY: cover
cover: $(sort $(foreach run,$(COVER_RUNS),$(firstword $(subst @, ,$(run))))) | $(OUT)/have-perl  ## Lines, branches and MC/DC of what the host runs (LIST=1: each that is not)
	tests/cover/cover $(COVER_RUNS)
