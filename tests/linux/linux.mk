# SPDX-License-Identifier: MIT
# Linux: the port and the freestanding tests as modules, in Debian's kernels and in one
# that is built with KASAN. Not in `make test`, since they are fetched (about 50 MB).

NEED_linux       := qemu-system-x86=qemu-system-x86_64 cpio gcc-12 libelf1=/usr/lib/*/libelf.so.1 \
                    sparse perl=prove
NEED_linux-kasan := $(NEED_linux) libelf-dev=/usr/include/libelf.h flex bison bc xz-utils=xz

LINUX         := $(OUT)/linux
LINUX_SOURCES  = $(shell find src include port/linux port/always.c tests/linux tests/unit \
                   tests/harness tests/kernels -type f)

.SECONDARY:
$(LINUX)/kasan/headers: | $(OUT)/have-linux-kasan $(LINUX)/cloud-amd64/headers
	+tests/linux/kasan $(LINUX)/kasan
$(LINUX)/%/headers: | $(OUT)/have-linux
	tests/linux/fetch $* $(LINUX)/$*

$(LINUX)/%/root.gz: $$(LINUX_SOURCES) | $(LINUX)/%/headers
	+$(SAY); tests/linux/build $(LINUX)/$*/headers $(LINUX)/$* \
	    $(LINUX)/cloud-amd64/bin/busybox

# Nothing that gcc with W=1 or sparse would say of the core and the port.
$(LINUX)/%/lint.ok: $$(LINUX_SOURCES) tests/linux/lint | $(LINUX)/%/headers
	+$(SAY); tests/linux/lint $(LINUX)/$*/headers $(LINUX)/$* && touch $@

.PHONY: test-linux test-linux-rt test-linux-kasan
test-linux: $(LINUX)/cloud-amd64/root.gz $(LINUX)/cloud-amd64/lint.ok  ## Run the tests as modules of Debian's Linux (QEMU)
	LINUX=$(LINUX)/cloud-amd64 prove tests/linux/linux.t

test-linux-rt: $(LINUX)/cloud-amd64/headers $(LINUX)/rt-amd64/root.gz  ## The same with PREEMPT_RT
	LINUX=$(LINUX)/rt-amd64 prove tests/linux/linux.t

test-linux-kasan: $(LINUX)/kasan/root.gz  ## The same with KASAN and lockdep, in a kernel built here (8 minutes of CPU)
	LINUX=$(LINUX)/kasan prove tests/linux/linux.t
