# SPDX-License-Identifier: MIT
# reel.hpp: by two compilers, in two standards, with exceptions and RTTI and without
# both, on a host and on a board.

NEED_cxx-board := \
    libnewlib-arm-none-eabi=/usr/lib/arm-none-eabi/lib/libc_nano.a \
    libstdc++-arm-none-eabi-newlib=/usr/include/newlib/c++/*/memory_resource

CXX_HEADERS := $(CASE_HEADERS) $(wildcard tests/cxx/*.hpp) port/cxx/reel.hpp tests/harness/tap.h
CXX_WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wold-style-cast -Wconversion -Wundef \
               -Wzero-as-null-pointer-constant -Werror
CXX_FLAGS    = $(CXX_WARN) -Iinclude -Iport -Itests/harness
CXX_bare    := -fno-exceptions -fno-rtti
CXX_asan    := -fsanitize=address,undefined -fno-sanitize-recover=all

# $(call cxx_host,NAME,COMPILER,FLAGS,LIST)
define CXX_HOST
$(OUT)/cxx/$(1): tests/cxx/reel.cc $(CXX_HEADERS) \
                 $(call objects,gcc+O2,$(CORE) $(CONSOLE) port/always.c)
	$$(SAY); mkdir -p $$(@D)
	$$(CPU) compile $(2) $(3) -O0 $$(CXX_FLAGS) -o $$@ $$< $$(filter %.o,$$^)
$(4) += $(OUT)/cxx/$(1)
endef
cxx_host = $(eval $(call CXX_HOST,$(1),$(2),$(3),$(4)))
$(call cxx_host,g++-17,g++,-std=c++17,HOST_RUNS)
$(call cxx_host,g++-20-bare,g++,-std=c++20 $(CXX_bare),HOST_RUNS)
$(call cxx_host,clang++-20,clang++,-std=c++20 $(CXX_asan),HOST_RUNS)
$(call cxx_host,clang++-17-bare,clang++,-std=c++17 $(CXX_bare),MATRIX_RUNS)

CXX_BOARD := mps2-an385+llsc+Os
# The small libraries are built without exceptions.
CXX_SPECS  = $(if $(findstring bare,$@),--specs=nano.specs)
CXX_LIBC   = -Wl,--start-group -lstdc++ -lm -lc -lgcc -Wl,--end-group

CXX_COMMON = $(call objects,$(1),$(CORE) port/always.c tests/harness/tap.c \
               $(filter-out %/memory.c,$(BOARD_COMMON))) \
             $(call objects,$(CXX_BOARD)/on-newlib,port/libc/malloc.c port/libc/names.c \
               tests/libc/nosys.c) \
             $(BOARD_SCRIPTS) | $(OUT)/have-cxx-board
CXX_LINK   = mkdir -p $(@D); $(CPU) compile arm-none-eabi-g++ $(CXX_SPECS) -mcpu=cortex-m3 -mthumb \
             $(FLAGS_llsc) -Itargets/common -Itests/boards $(1) $(CXX_FLAGS) -o $@ $< \
             $(filter %.o,$^) -nostdlib -Llinker -Ltargets/common \
             -T targets/mps2-an385/mps2-an385.ld $(CXX_LIBC)

# $(call CXX_ON_BOARD,NAME,FLAGS,LIST)
define CXX_ON_BOARD
$(OUT)/$(CXX_BOARD)/$(1)/cxx.elf: tests/cxx/reel.cc $(CXX_HEADERS) $(call CXX_COMMON,$(CXX_BOARD))
	$$(SAY); $$(call CXX_LINK,$(2) -Os)
$(3) += $(OUT)/$(CXX_BOARD)/$(1)/cxx.elf
endef
$(eval $(call CXX_ON_BOARD,cxx17-bare,-std=c++17 $(CXX_bare),MATRIX_RUNS))
$(eval $(call CXX_ON_BOARD,cxx20-bare,-std=c++20 $(CXX_bare),BOARD_RUNS))
$(eval $(call CXX_ON_BOARD,cxx17,-std=c++17,BOARD_RUNS))

# The example on the port's page.
$(OUT)/cxx/readme: port/cxx/README.md $(CXX_HEADERS) $(call objects,gcc+O2,$(CORE))
	$(SAY); mkdir -p $(@D)
	awk '/^```cpp$$/ { on = 1; next } /^```$$/ { if (on) exit } on' $< > $@.cc
	$(CPU) compile g++ -std=c++17 $(CXX_FLAGS) -o $@ $@.cc $(filter %.o,$^)
	$@
TEST_FILES += $(OUT)/cxx/readme

# Time and memory beside the standard's own resources: judges nothing.
$(OUT)/cxx/frames: tests/cxx/frames.cc $(CXX_HEADERS) $(call objects,gcc+O2,$(CORE))
	$(SAY); mkdir -p $(@D)
	$(CPU) compile g++ -std=c++17 $(CXX_FLAGS) -O2 -o $@ $< $(filter %.o,$^)

# And instructions on a board.
CXX_COUNTS := $(OUT)/mps2-an385+llsc+O2/bare/cxx-icount.elf

$(CXX_COUNTS): tests/cxx/counts.cc $(CXX_HEADERS) \
               $(call objects,mps2-an385+llsc+O2,tests/boards/clock/clock.c) \
               $(call CXX_COMMON,mps2-an385+llsc+O2)
	$(SAY); $(call CXX_LINK,-std=c++17 $(CXX_bare) -O2)

.PHONY: frames
frames: $(OUT)/cxx/frames $(CXX_COUNTS) | $(OUT)/have-perl  ## Measure containers on reel.hpp beside pmr's own
	tests/cxx/table $^
