# SPDX-License-Identifier: MIT
# Programs of a host's own: threads, natively and under ThreadSanitizer; reserved
# address space; pools above 4 GiB; memory that a checker watches.

THREADED := $(addsuffix _threads,arena blocks region rewindable) gates reserved
LARGE    := gcc+O2 armhf+O2

HOST_RUNS   += $(foreach program,$(THREADED),\
                 $(OUT)/gcc+O2/$(program) $(OUT)/gcc+O2+tsan/$(program)) \
               $(OUT)/gcc+O2+checks2/arena_threads $(OUT)/gcc+O2+tsan+checks2/arena_threads $(LARGE:%=$(OUT)/%/large)
MATRIX_RUNS += $(OUT)/gcc+O2+tsan+checks2/reserved \
               $(foreach build,clang+O2 gcc+none+O2 gcc+none+wide+O2 armhf+none+O2 gcc+masked+wide+checks2+O2 \
                 armhf+none+wide+O2 armhf+masked+wide+checks2+O2,$(OUT)/$(build)/large)
HOST_PORT   := $(wildcard port/host/*.c) port/report/report.c
# What each links of the port; one that counts yields brings its own.
PORT_region_threads     := port/host/malloc.c
PORT_rewindable_threads := $(HOST_PORT)
PORT_reserved           := $(HOST_PORT)
PORT_gates              := $(HOST_PORT)

CONSOLE := $(addprefix tests/harness/,console.c tap.c)
RIG     := $(CONSOLE) tests/harness/threads.c

define THREADED_PROGRAM
$(OUT)/%/$(1): $$$$(call objects,$$$$*,$(CORE) $(PORT_$(1)) tests/host/$(1).c $(RIG))
	$$(SAY); $$(LINK) -pthread
endef
$(foreach program,$(THREADED),$(eval $(call THREADED_PROGRAM,$(program))))

$(OUT)/%/large: $$(call objects,$$*,$(CORE) port/host/pages.c tests/host/large.c \
                  $(CONSOLE))
	$(SAY); $(LINK)

# The port's calls of the system go through the program, which refuses some.
WRAPPED := posix_memalign free sysconf mmap munmap mprotect madvise mlock munlock

$(OUT)/%/faults: $$(call objects,$$*,$(CORE) $(addprefix port/host/,malloc.c pages.c) tests/host/faults.c \
                   $(CONSOLE))
	$(SAY); $(LINK) $(WRAPPED:%=-Wl,--wrap=%)
HOST_RUNS += $(OUT)/gcc/faults

# Reports and histories, with answers of the program's own in place of addr2line's.
$(OUT)/%/failures: $$(call objects,$$*,$(CORE) $(addprefix port/host/,history.c report.c) \
                     port/report/report.c tests/host/failures.c $(CONSOLE))
	$(SAY); $(LINK) $(addprefix -Wl$(comma)--wrap=,popen pclose dladdr)
HOST_RUNS += $(OUT)/gcc+checks2/failures

WATCHED     := $(OUT)/gcc+asan/watched $(OUT)/gcc+O2+valgrind/watched
SCRIPT_RUNS += tests/host/watch.t
NEEDS_tests/host/watch.t := $(WATCHED)

$(OUT)/%/watched: $$(call objects,$$*,$(CORE) port/always.c $(addprefix port/host/,malloc.c pages.c) \
                    tests/host/watched.c)
	$(SAY); $(LINK)

# What fails says where it was called.
FLAGS_nopie := -fno-pie -no-pie
REPORTED    := $(foreach build,gcc+checks2 clang+checks2 gcc+O2+checks2 gcc+checks2+nopie,\
                 $(OUT)/$(build)/reported)
SCRIPT_RUNS += tests/host/report.t
NEEDS_tests/host/report.t := $(REPORTED)

$(OUT)/%/reported: $$(call objects,$$*,$(CORE) port/host/report.c port/report/report.c tests/host/reported.c)
	$(SAY); $(LINK)

# Static instances in C and C++, used before main().
WATCHED_STATICS := $(foreach build,gcc+asan clang+asan gcc+O2+valgrind,$(OUT)/$(build)/watched_statics) \
                   $(foreach cxx,g++ clang++,$(OUT)/gcc+asan/watched_statics-$(cxx))
NEEDS_tests/host/watch.t += $(WATCHED_STATICS)

$(OUT)/%/watched_statics: $$(call objects,$$*,$(CORE) port/always.c tests/host/watched_statics.c)
	$(SAY); $(LINK)
$(OUT)/gcc+asan/watched_statics-g++ $(OUT)/gcc+asan/watched_statics-clang++: \
$(OUT)/gcc+asan/watched_statics-%: tests/host/watched_statics.cc tests/host/watched_statics.c \
        $(call objects,gcc+asan,$(CORE) port/always.c)
	$(SAY); $(CPU) compile $* -std=c++11 -g -Wall -Wextra -Werror -Wno-deprecated -Iinclude -Iport \
	    $(FLAGS_watch) -fsanitize=address,undefined -MMD -MP -o $@ $(filter %.cc %.o,$^)

# Two neighbours, with a red zone between them and without, in C, and in C++ by clang.
ZONED       := $(foreach build,gcc+asan+zones clang+asan+zones gcc+valgrind+zones gcc+asan,\
                 $(OUT)/$(build)/zoned) \
               $(OUT)/gcc+asan+zones/zoned-clang++
SCRIPT_RUNS += tests/host/zones.t
NEEDS_tests/host/zones.t := $(ZONED)

$(OUT)/%/zoned: $$(call objects,$$*,$(CORE) port/always.c tests/host/zoned.c)
	$(SAY); $(LINK)
$(OUT)/gcc+asan+zones/zoned-clang++: tests/host/zoned.c $(call objects,gcc+asan+zones,$(CORE) port/always.c)
	$(SAY); $(CPU) compile clang++ -g -Wall -Wextra -Werror -Wno-deprecated -Iinclude -Iport \
	    $(FLAGS_asan) $(FLAGS_zones) -MMD -MP -o $@ -x c++ -std=c++11 $< -x none $(filter %.o,$^)

# What AddressSanitizer reports begins with who allocated and who freed.
BLAMED      := $(foreach build,gcc+asan+history clang+asan+history,$(OUT)/$(build)/blamed)
SCRIPT_RUNS += tests/host/blame.t
NEEDS_tests/host/blame.t := $(BLAMED)

$(OUT)/%/blamed: $$(call objects,$$*,$(CORE) $(addprefix port/host/,history.c report.c) \
                   port/report/report.c tests/host/blamed.c)
	$(SAY); $(LINK)

# A thread that leaves a gate and ends while another one asks for it; a kernel that lets no thread wait.
$(OUT)/%/holder: $$(call objects,$$*,$(CORE) port/host/gate.c tests/host/holder.c $(CONSOLE))
	$(SAY); $(LINK) -Wl,--wrap=syscall,--wrap=nanosleep -pthread
HOST_RUNS += $(OUT)/gcc/holder
