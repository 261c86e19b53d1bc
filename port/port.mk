# SPDX-License-Identifier: MIT
# reel for others to build with: an installation, archives, one file of all sources.
# These need a compiler and Perl, and none of the tools of the tests.

VERSION := $(shell sed -n 's/^\#define REEL_VERSION  *"\(.*\)"/\1/p' include/reel/version.h)

# Where releases are published.
URL ?= https://example.invalid/reel

# ---- make install ---------------------------------------------------------------

PREFIX  ?= /usr/local
LIBDIR  ?= lib
AR      ?= ar
OPTIONS ?=
# Of reel/config.h; reel.pc has them, too. CC and CFLAGS as usual.
INSTALL_CFLAGS = $(or $(CFLAGS),-O2 -g)

# A build for each compiler and set of options.
LIBRARY_WORDS = $(CC) $(INSTALL_CFLAGS) $(OPTIONS)
LIBRARY      := $(OUT)/library/$(subst ",,$(subst ',,$(subst $(space),,$(subst /,_,$(LIBRARY_WORDS)))))

$(MODULES:%=$(LIBRARY)/%.o): $(LIBRARY)/%.o: src/%.c $(wildcard include/reel/*.h \
        include/reel/*/*.h src/*.h src/*/*.h)
	mkdir -p $(@D)
	$(CC) -std=c11 -ffreestanding -ffunction-sections -fdata-sections \
	    $(INSTALL_CFLAGS) $(OPTIONS) -Iinclude -Iport -c -o $@ $<

$(LIBRARY)/libreel.a: $(MODULES:%=$(LIBRARY)/%.o)
	rm -f $@
	$(AR) rcs $@ $^

.PHONY: install
install: $(LIBRARY)/libreel.a  ## Install library, headers, ports and reel.pc (DESTDIR= PREFIX= CC= CFLAGS= OPTIONS=)
	DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' VERSION='$(VERSION)' \
	    URL='$(URL)' port/install $<

export OPTIONS

# ---- make amalgamation, make dist -----------------------------------------------

NAME_PREFIX ?= reel

.PHONY: amalgamation
amalgamation:  ## Write reel as few files, in C and C++ (NAME_PREFIX=reel)
	mkdir -p $(OUT)/amalgamation
	port/amalgamation/amalgamate $(OUT)/amalgamation c $(NAME_PREFIX)
	port/amalgamation/amalgamate $(OUT)/amalgamation c++ $(NAME_PREFIX)
	echo "$(OUT)/amalgamation has:" && ls $(OUT)/amalgamation

.PHONY: reference
reference:  ## Write what the headers say as one page
	mkdir -p $(OUT)/reference
	port/dist/reference $(OUT)/reference/reel.html
	echo $(OUT)/reference/reel.html

.PHONY: sbom
sbom:  ## Write bills of material, CycloneDX and SPDX, with hashes (URL=)
	mkdir -p $(OUT)/sbom
	port/dist/sbom $(OUT)/sbom '$(URL)'
	ls $(OUT)/sbom/*

# The lint of what is published: an archive has LICENSES/, which the tree has not.
NEED_reuse := reuse

.PHONY: reuse
reuse: dist | $(OUT)/have-reuse  ## Lint the licences of an archive by reuse
	cd $(OUT)/dist/tree/reel-$(VERSION) && GIT_CEILING_DIRECTORIES=$(abspath $(OUT)/dist/tree) reuse --root . lint

.PHONY: dist
dist:  ## Write archives for package managers (URL=)
	port/dist/dist $(OUT)/dist '$(URL)'
