# SPDX-License-Identifier: MIT
# reel against what Debian packages, on this host: see bench.h. Contestants are C++,
# as some of the peers are; reel itself is compiled as C, at -O2, file by file.

NEED_bench := perl=prove libc6-dev=/usr/include/stdio.h g++ valgrind \
              libmimalloc-dev=/usr/include/mimalloc.h \
              libjemalloc-dev=/usr/include/jemalloc/jemalloc.h \
              libgoogle-perftools-dev=/usr/include/gperftools/tcmalloc.h \
              libapr1-dev=/usr/include/apr-1.0/apr_pools.h \
              libtalloc-dev=/usr/include/talloc.h \
              libboost-dev=/usr/include/boost/pool/pool.hpp \
              libck-dev=/usr/include/ck_stack.h \
              'liburcu-dev=/usr/include/*/urcu/lfstack.h'

BENCH         := $(OUT)/bench
BENCH_FILES   := $(patsubst tests/bench/%.cc,$(BENCH)/%.o,\
                   $(filter-out %/alone.cc,$(wildcard tests/bench/*.cc)))
BENCH_HEADERS := $(CASE_HEADERS) $(wildcard tests/bench/*.h)
BENCH_CXX     := g++ -std=c++17 -O2 -g -Wall -Wextra -Werror -Iinclude -Iport \
                 -Itests/bench
BENCH_ALONE   := -DREEL_ATOMICS=REEL_ATOMICS_NONE

FLAGS_apr := -D_GNU_SOURCE -isystem /usr/include/apr-1.0
FLAGS_ck  := -fpermissive

$(BENCH)/%.o: tests/bench/%.cc $(BENCH_HEADERS) | $(OUT)/have-bench
	$(SAY); mkdir -p $(@D)
	$(BENCH_CXX) $(FLAGS_cores2) $(FLAGS_$*) -c -o $@ $<

BENCH_CORE := $(call objects,gcc+cores2+O2,$(CORE) $(HOST_PORT))

# A second copy of the core, built for a single context. Only its table of
# contestants can be seen from outside.
$(BENCH)/alone.o: tests/bench/alone.cc $(call objects,gcc+none+O2,$(CORE)) \
                  $(BENCH_HEADERS) | $(OUT)/have-bench
	$(SAY); mkdir -p $(@D)
	$(BENCH_CXX) $(BENCH_ALONE) -c -o $@.contestants.o $<
	ld -r -o $@ $@.contestants.o $(filter %.o,$^)
	objcopy --wildcard --localize-symbol='!reel_alone_entries' \
	    --localize-symbol='reel_*' $@

$(BENCH)/bench: $(BENCH_FILES) $(BENCH_CORE) $(BENCH)/alone.o | $(TRACE_FILE)
	$(SAY)
	g++ -o $@ $^ -pthread -lapr-1 -ltalloc -lck -lurcu-cds -lurcu-common

BENCH_RUN := GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384

.PHONY: bench
bench: $(BENCH)/bench | $(OUT)/have-bench  ## Measure reel against malloc, pools and arenas that Debian has (ROW=start)
	rm -rf $(BENCH)/counts; mkdir $(BENCH)/counts
	$(BENCH_RUN) $(BENCH)/bench "$(ROW)" > $(BENCH)/times.csv
	$(BENCH_RUN) valgrind --quiet --tool=callgrind \
	    --callgrind-out-file=$(BENCH)/counts/out $(BENCH)/bench --count "$(ROW)"
	tests/bench/table $(BENCH)/times.csv $(OUT)/bench.csv $(BENCH)/counts/*

# ---- what an operation costs as things grow ----------------------------------

NEED_plots := gnuplot-nox=gnuplot

$(BENCH)/scale: $(call objects,gcc+cores2+O2,tests/bench/scale/scale.c) $(BENCH_CORE)
	mkdir -p $(@D)
	$(SAY); gcc -o $@ $^ -pthread

.PHONY: plots
plots: $(BENCH)/scale | $(OUT)/have-plots  ## Plot cost against live objects, threads and ranges
	$(BENCH)/scale > $(BENCH)/scale.csv
	tests/bench/scale/plot $(BENCH)/scale.csv $(BENCH)
