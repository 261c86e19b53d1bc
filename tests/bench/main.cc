// SPDX-License-Identifier: MIT
// bench [ROW]: measure every contestant in every row, or in those whose name starts
// with ROW, and write the figures to standard output, comma-separated.
//
// It wants GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384 in its environment, or
// jemalloc cannot be loaded: its thread-local storage is larger than what glibc
// keeps ready for libraries that come later.
//
// bench --count [ROW]: run each once, under callgrind, which is told where one ends:
// the table is made of its dumps.
//
// A round goes through all contestants of a row, one after the other, and starts
// with another one each time. Ratios are made within a round, so that what disturbs
// the machine for longer than a round disturbs both sides alike; what is reported
// is the median of all rounds, and the quartiles.

#include "bench.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <time.h>
#include <valgrind/callgrind.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace
{

typedef std::vector<double> figures;

enum kind {
    SHORT, // counted, too
    LONG,  // a million operations and more at a time
    BOTH   // on two cores
};

const struct row {
    const char *name;
    kind what;
} rows[] = {
    // those on two cores come last
    { "bump mixed", SHORT },    { "bump 16", SHORT },
    { "bump cold 16", LONG },   { "bump cold mixed", LONG },
    { "nested scopes", SHORT }, { "small scope", SHORT },
    { "frames", LONG },         { "frames trim", LONG },
    { "frames window", LONG },  { "growth", LONG },
    { "growth huge", LONG },    { "append", SHORT },
    { "chunks 16", SHORT },     { "chunks 48", SHORT },
    { "chunks 200", SHORT },    { "chunks mixed", SHORT },
    { "append bare", SHORT },   { "region 1", SHORT },
    { "region 10", SHORT },     { "region 100", SHORT },
    { "region 1000", SHORT },   { "pair owner", SHORT },
    { "pair cached", SHORT },   { "pair plain", SHORT },
    { "two threads", BOTH },    { "handover", BOTH },
    { "shared stack", BOTH },   { "trace lua", LONG },
    { "trace tls", LONG },      { "trace mqtt", LONG },
    { "trace sqlite", LONG },   { "trace cjson", LONG },
    { "trace jansson", LONG },  { "trace cc1", LONG },
};

const entry *const tables[] = {
    reel_entries, reel_alone_entries, heap_entries, obstack_entries,
    apr_entries,  talloc_entries,     pmr_entries,  boost_entries,
    ck_entries,   urcu_entries,       loop_entries,
};

// ---- two cores ---------------------------------------------------------------

struct partner {
    sem_t begin, end;
    void (*job)(void *);
    void *argument;
    unsigned arrived; // of the two, at the line where both start
    bool is_there;
} second;

void stay_on(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    require(sched_setaffinity(0, sizeof set, &set) == 0);
}

void line_up()
{
    __atomic_add_fetch(&second.arrived, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(&second.arrived, __ATOMIC_ACQUIRE) < 2) {
        pause_a_moment();
    }
}

// The first core this process may use is ours, the next one the partner's.
int cores[2];
int core_count;

void take_cores()
{
    cpu_set_t allowed;
    require(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
    for (int core = 0; core < CPU_SETSIZE && core_count < 2; core++) {
        if (CPU_ISSET(core, &allowed)) {
            cores[core_count++] = core;
        }
    }
    stay_on(cores[0]);
}

void *serve(void *)
{
    stay_on(cores[1]);
    for (;;) {
        sem_wait(&second.begin);
        line_up();
        second.job(second.argument);
        sem_post(&second.end);
    }
    return nullptr;
}

// Only when it is needed: with a second thread, even an idle one, glibc's malloc
// locks.
void start_partner()
{
    pthread_t thread;
    sem_init(&second.begin, 0, 0);
    sem_init(&second.end, 0, 0);
    require(pthread_create(&thread, nullptr, serve, nullptr) == 0);
    second.is_there = true;
}

// ---- figures -----------------------------------------------------------------

double now()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
}

// The value below which a part of the figures lies.
double quantile(figures all, double part)
{
    std::sort(all.begin(), all.end());
    const double place = part * double(all.size() - 1);
    const size_t below = size_t(place);
    const size_t above = std::min(below + 1, all.size() - 1);
    return all[below] + (all[above] - all[below]) * (place - double(below));
}

figures ratios(const figures &ours, const figures &theirs)
{
    figures all;
    for (size_t i = 0; i < ours.size(); i++) {
        all.push_back(ours[i] / theirs[i]);
    }
    return all;
}

void print_spread(const figures &all)
{
    printf(",%.4g,%.4g,%.4g", quantile(all, 0.5), quantile(all, 0.25),
           quantile(all, 0.75));
}

// ---- one row -----------------------------------------------------------------

struct contestant {
    std::string name;
    std::unique_ptr<entrant> made;
    unsigned times;  // of run() in a round
    figures ns;      // per operation, a figure for each round
    size_t resident; // bytes, in the end
};

typedef std::vector<contestant> field;

bool is_ours(const contestant &one)
{
    return one.name == "reel";
}

// Ours comes first: the others are compared with it.
field field_of(const char *row)
{
    field all;
    for (const entry *table : tables) {
        for (const entry *each = table; each->make != nullptr; each++) {
            if (strcmp(each->workload, row) == 0) {
                all.push_back({ each->contestant,
                                std::unique_ptr<entrant>(each->make()),
                                1,
                                {},
                                0 });
            }
        }
    }
    std::stable_partition(all.begin(), all.end(), is_ours);
    return all;
}

// Once untimed, so that the caches are the contestant's own.
double time_of(contestant &one)
{
    one.made->run(1);
    const double start = now();
    one.made->run(one.times);
    return now() - start;
}

// Long enough for the clock and, on two cores, for what it takes to wake the other
// one; short enough that most runs are done before something else gets the core.
void choose_times(contestant &one, kind what)
{
    const double enough = what == BOTH ? 3e6 : 3e5; // ns
    while (time_of(one) < enough) {
        one.times *= 2;
    }
}

size_t rounds_for(field &all, kind what)
{
    const double patience = 1.5e9; // ns for a row
    double round = 0;
    for (contestant &one : all) {
        choose_times(one, what);
        round += time_of(one);
    }
    return std::min<size_t>(301, std::max<size_t>(7, size_t(patience / round)));
}

void measure(field &all, kind what)
{
    const size_t rounds = rounds_for(all, what);
    for (size_t i = 0; i < rounds; i++) {
        for (size_t j = 0; j < all.size(); j++) {
            contestant &one = all[(i + j) % all.size()];
            const double operations =
                double(one.made->operations()) * one.times;
            one.ns.push_back(time_of(one) / operations);
            one.resident = one.made->resident();
        }
    }
}

bool all_pass(const char *row, const field &all, bool (*test)(entrant &))
{
    bool good = true;
    for (const contestant &one : all) {
        if (!test(*one.made)) {
            fprintf(stderr, "bench: %s: %s misbehaves\n", row,
                    one.name.c_str());
            good = false;
        }
    }
    return good;
}

void print_row(const char *row, const field &all)
{
    for (const contestant &one : all) {
        printf("%s,%s", row, one.name.c_str());
        print_spread(one.ns);
        print_spread(ratios(all[0].ns, one.ns));
        printf(",%zu,%zu\n", one.resident >> 10, one.ns.size());
    }
    fflush(stdout);
}

bool checks(entrant &one)
{
    return one.check();
}

bool is_sound(entrant &one)
{
    return one.is_sound();
}

bool measure_row(const row &row)
{
    field all = field_of(row.name);
    if (!all_pass(row.name, all, checks)) {
        return false;
    }
    fprintf(stderr, "  %s\n", row.name);
    measure(all, row.what);
    print_row(row.name, all);
    return all_pass(row.name, all, is_sound);
}

// Warm up first: what is counted is how it goes on.
bool count_row(const row &row)
{
    const unsigned times = 10;
    for (contestant &one : field_of(row.name)) {
        one.made->run(times);
        const unsigned long long operations = one.made->operations() * times;
        const std::string name = std::string(row.name) + "," + one.name + ","
                                 + std::to_string(operations);
        CALLGRIND_ZERO_STATS;
        one.made->run(times);
        CALLGRIND_DUMP_STATS_AT(name.c_str());
    }
    return true;
}

// Is there something of reel's to measure?
bool is_entered(const row &row)
{
    for (const entry *each = reel_entries; each->make != nullptr; each++) {
        if (strcmp(each->workload, row.name) == 0) {
            return true;
        }
    }
    return false;
}

bool is_wanted(const row &row, bool counting, const char *start)
{
    if (strncmp(row.name, start, strlen(start)) != 0) {
        return false;
    }
    if (row.what == BOTH && core_count < 2) {
        fprintf(stderr, "  %s: needs two cores\n", row.name);
        return false;
    }
    return is_entered(row) && (!counting || row.what == SHORT);
}

} // namespace

// ---- what the contestants use ------------------------------------------------

void together(void (*here)(void *), void (*there)(void *), void *argument)
{
    if (!second.is_there) {
        start_partner();
    }
    second.job = there;
    second.argument = argument;
    second.arrived = 0;
    sem_post(&second.begin);
    line_up();
    here(argument);
    sem_wait(&second.end);
}

void pause_a_moment()
{
    __builtin_ia32_pause();
}

void *touched_memory(size_t size)
{
    void *const memory =
        mmap(nullptr, size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    require(memory != MAP_FAILED);
    return memory;
}

void give_memory_back(void *memory, size_t size)
{
    munmap(memory, size);
}

int main(int count, char **arguments)
{
    const bool counting = count > 1 && strcmp(arguments[1], "--count") == 0;
    const int rest = counting ? 2 : 1;
    const char *const start = count > rest ? arguments[rest] : "";
    bool good = load_heaps();
    if (good) {
        take_cores();
    }
    for (const row &row : rows) {
        if (good && is_wanted(row, counting, start)) {
            good = counting ? count_row(row) : measure_row(row);
        }
    }
    return good ? 0 : 1;
}
