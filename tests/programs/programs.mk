# SPDX-License-Identifier: MIT
# Debian's libraries on reel: `make test` has three of them, `make programs` all.

NEED_programs := liblua5.4-dev=/usr/include/lua5.4/lua.h \
    libsqlite3-dev=/usr/include/sqlite3.h libmbedtls-dev=/usr/include/mbedtls/ssl.h

NEED_all-programs := zlib1g-dev=/usr/include/zlib.h libbz2-dev=/usr/include/bzlib.h \
    libpng-dev=/usr/include/png.h libcjson-dev=/usr/include/cjson/cJSON.h \
    libexpat1-dev=/usr/include/expat.h libpcre2-dev=/usr/include/pcre2.h \
    libzstd-dev=/usr/include/zstd.h libjansson-dev=/usr/include/jansson.h \
    libfreetype-dev=/usr/include/freetype2/ft2build.h \
    libyajl-dev=/usr/include/yajl/yajl_parse.h \
    fonts-dejavu-core=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

LIBRARIES := lua sqlite mbedtls jansson pcre2 expat yajl freetype zlib bzip2 zstd png cjson
TESTED    := lua sqlite mbedtls

LINK_lua     := -llua5.4
LINK_sqlite  := -lsqlite3
LINK_mbedtls := -Wl,--wrap=calloc,--wrap=free -Wl,-Bstatic -lmbedtls -lmbedx509 \
                -lmbedcrypto -Wl,-Bdynamic
LINK_jansson  := -ljansson
LINK_pcre2    := -lpcre2-8
LINK_expat    := -lexpat
LINK_yajl     := -lyajl
LINK_freetype := -lfreetype
LINK_zlib     := -lz
LINK_bzip2    := -lbz2
LINK_zstd     := -lzstd
LINK_png      := -lpng
LINK_cjson    := -lcjson
# What a library's file needs besides.
WITH_mbedtls := port/libc/names.c

PROGRAMS     := $(OUT)/gcc+O2/programs
PROGRAM_WRAP := $(addprefix -Wl$(comma)--wrap=reel_,heap_alloc heap_alloc_zeroed \
                  heap_realloc heap_free arena_alloc_slow)
OPTIONS_programs := -DREEL_MALLOC_WRAP=1 -Wno-missing-prototypes -Itests/programs \
                    -isystem /usr/include/freetype2

$(PROGRAMS)/%: $(call objects,gcc+O2,$(CORE) $(CONSOLE)) \
        $(call objects,gcc+O2/programs,port/libc/malloc.c tests/programs/rig.c) \
        $$(call objects,gcc+O2/programs,tests/programs/$$*.c $$(WITH_$$*))
	$(SAY); $(LINK) -rdynamic $(PROGRAM_WRAP) $(LINK_$*)

# The objects of these need packages, and so do those of the others.
program_objects = $(call objects,gcc+O2/programs,$(1:%=tests/programs/%.c))
$(call program_objects,$(TESTED)): | $(OUT)/have-programs
$(call program_objects,$(filter-out $(TESTED),$(LIBRARIES))): | $(OUT)/have-all-programs

HOST_RUNS += $(TESTED:%=$(PROGRAMS)/%)

# malloc of whole processes.
FLAGS_pic   := -fPIC -ftls-model=initial-exec
NEED_preload := lua5.4 sqlite3 python3 git

$(OUT)/gcc+O2+pic/preload.so: $(call objects,gcc+O2+pic,$(CORE) port/host/gate.c \
        port/libc/malloc.c port/libc/names.c tests/programs/preload.c)
	$(SAY); $(LINK) -shared -pthread

.PHONY: programs
programs: $(LIBRARIES:%=$(PROGRAMS)/%) $(OUT)/gcc+O2+pic/preload.so | $(OUT)/have-preload $(OUT)/have-perl  ## Run Debian's libraries on reel, and whole processes; what each needs
	tests/programs/table $(LIBRARIES:%=$(PROGRAMS)/%)
	$(PROVE) -v tests/programs/preload.t
