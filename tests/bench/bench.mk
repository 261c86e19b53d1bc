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
BENCH_HEADERS := $(HEADERS) $(wildcard tests/bench/*.h)
BENCH_CORES   := -DREEL_CORES=2
BENCH_C       := gcc -std=c11 -O2 -g $(WARN) -Iinclude -Iport
BENCH_CXX     := g++ -std=c++17 -O2 -g -Wall -Wextra -Werror -Iinclude -Iport \
                 -Itests/bench
BENCH_ALONE   := -DREEL_ATOMICS=REEL_ATOMICS_NONE

FLAGS_apr := -D_GNU_SOURCE -isystem /usr/include/apr-1.0
FLAGS_ck  := -fpermissive

$(BENCH)/%.o: tests/bench/%.cc $(BENCH_HEADERS) | $(OUT)/have-bench
	$(SAY); mkdir -p $(@D)
	$(BENCH_CXX) $(BENCH_CORES) $(FLAGS_$*) -c -o $@ $<

$(BENCH)/core.o: $(CORE) port/host/malloc.c port/host/pages.c port/host/yield.c $(HEADERS) \
                 | $(OUT)/have-bench
	$(SAY); mkdir -p $(BENCH)/core
	for file in $(filter %.c,$^); do \
	    $(BENCH_C) $(BENCH_CORES) -c $$file \
	        -o $(BENCH)/core/$$(basename $$file .c).o || exit 1; \
	done
	ld -r -o $@ $(BENCH)/core/*.o

# A second copy of the core, built for a single context. Only its table of
# contestants can be seen from outside.
$(BENCH)/alone.o: tests/bench/alone.cc $(CORE) $(BENCH_HEADERS) | $(OUT)/have-bench
	$(SAY); mkdir -p $(BENCH)/alone
	for file in $(CORE); do \
	    $(BENCH_C) $(BENCH_ALONE) -c $$file \
	        -o $(BENCH)/alone/$$(basename $$file .c).o || exit 1; \
	done
	$(BENCH_CXX) $(BENCH_ALONE) -c -o $(BENCH)/alone/contestants.o $<
	ld -r -o $@ $(BENCH)/alone/*.o
	objcopy --wildcard --localize-symbol='!reel_alone_entries' \
	    --localize-symbol='reel_*' $@

$(BENCH)/bench: $(BENCH_FILES) $(BENCH)/core.o $(BENCH)/alone.o
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

$(BENCH)/scale: tests/bench/scale/scale.c $(BENCH)/core.o
	$(SAY)
	$(BENCH_C) $(BENCH_CORES) -o $@ $^ -pthread

.PHONY: plots
plots: $(BENCH)/scale | $(OUT)/have-plots  ## Plot cost against live objects, threads and ranges
	$(BENCH)/scale > $(BENCH)/scale.csv
	tests/bench/scale/plot $(BENCH)/scale.csv $(BENCH)
