# SPDX-License-Identifier: MIT
# The heap in the shape of malloc: on a host, with the linker's --wrap.

MALLOC_NAMES := malloc calloc realloc reallocarray free aligned_alloc memalign \
                posix_memalign malloc_usable_size
WRAP_MALLOC  := $(MALLOC_NAMES:%=-Wl,--wrap=%)

OPTIONS_wrapped := -DREEL_MALLOC_WRAP=1 -D_DEFAULT_SOURCE -fno-builtin

$(OUT)/%/wrapped/malloc: \
        $$(call objects,$$*,$(CORE) port/host/gate.c tests/harness/threads.c $(CONSOLE)) \
        $$(call objects,$$*/wrapped,port/libc/malloc.c port/libc/names.c tests/libc/malloc.c)
	$(SAY); $(LINK) $(WRAP_MALLOC) -pthread

HOST_RUNS += $(foreach build,gcc+O2 gcc+checks0+poison0 clang+checks2+poison1 gcc+O2+tsan armhf+O2,\
               $(OUT)/$(build)/wrapped/malloc)

# On a board: newlib-nano and picolibc over the heap, and what others keep in it.
NEED_libc := $(NEED_peers) uthash-dev=/usr/include/uthash.h \
             libstb-dev=/usr/include/stb/stb_ds.h

LIBC_BOARD   := mps2-an385+llsc+Os
LIBC_HEADERS := $(OUT)/libc/uthash.h $(OUT)/libc/stb_ds.h

# Their headers, without those of the host beside them.
$(LIBC_HEADERS): | $(OUT)/have-libc
	mkdir -p $(@D)
	cp /usr/include/uthash.h /usr/include/stb/stb_ds.h $(@D)

OPTIONS_on-newlib    := -std=gnu11 --specs=nano.specs -fno-builtin
OPTIONS_on-picolibc  := -std=gnu11 --specs=picolibc.specs -fno-builtin
NEED_FOR_on-newlib   := libc
NEED_FOR_on-picolibc := libc
LIBC_on-newlib       := -lc_nano -u _printf_float
LIBC_on-picolibc     := -lc
LIBC_COMMON         := port/libc/malloc.c port/libc/names.c tests/libc/board.c tests/libc/nosys.c
PATH_tests/libc     := -isystem $(OUT)/libc

define LIBC_PROGRAM
$(OUT)/%/$(1)/libc.elf: \
        $$$$(call objects,$$$$*,$(CORE) tests/harness/tap.c $$(filter-out %/memory.c,$(BOARD_COMMON))) \
        $$$$(call objects,$$$$*/$(1),$(LIBC_COMMON)) $(BOARD_SCRIPTS)
	$$(SAY); $$(subst -lgcc,$$(LIBC_$(1)) -lgcc,$$(LINK_BOARD))
	! arm-none-eabi-nm $$@ | grep sbrk # the library has no heap of its own left
$(call objects,$(LIBC_BOARD)/$(1),tests/libc/board.c): $(LIBC_HEADERS)
BOARD_RUNS += $(OUT)/$(LIBC_BOARD)/$(1)/libc.elf
endef
$(foreach libc,on-newlib on-picolibc,$(eval $(call LIBC_PROGRAM,$(libc))))
