// SPDX-License-Identifier: MIT
// What every file of the benchmark shares: an entrant is one contestant in one
// workload. Contestants are grouped by the library they measure, a file each; the
// loops are in loops.h, the same text for all.

#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>

struct entrant {
    virtual ~entrant()
    {
    }

    // Do some work and look closely at what the allocator hands out. False: it
    // misbehaves.
    virtual bool check() = 0;

    // Do the work `times` over.
    virtual void run(unsigned times) = 0;

    // Operations of one time.
    virtual uint64_t operations() const = 0;

    // False once anything went wrong in run().
    virtual bool is_sound() const
    {
        return true;
    }

    // Bytes of memory held right now, where that can be told; else 0.
    virtual size_t resident() const
    {
        return 0;
    }
};

// A row of a contestants' table.
struct entry {
    const char *workload;
    const char *contestant;
    entrant *(*make)();
};

template <class Entrant> entrant *make()
{
    return new Entrant;
}

// The tables, each ended by a null row.
extern const entry reel_entries[];
extern const entry reel_alone_entries[]; // built for a single context
extern const entry heap_entries[];       // malloc and its replacements
extern const entry obstack_entries[];
extern const entry apr_entries[];
extern const entry talloc_entries[];
extern const entry pmr_entries[];
extern const entry boost_entries[];
extern const entry ck_entries[];
extern const entry urcu_entries[];
extern const entry loop_entries[]; // no allocator: what the loop itself costs

// Load the malloc replacements, under names of their own.
bool load_heaps();

// Call `there` on the second core and `here` on this one, both at once; returns
// when both have.
void together(void (*here)(void *), void (*there)(void *), void *argument);

// Let the other core get on.
void pause_a_moment();

// Memory from the system, each page of it touched, so that no contestant pays for
// the first touch.
void *touched_memory(size_t size);
void give_memory_back(void *memory, size_t size);

// A contestant that cannot get started cannot be measured.
inline void require(bool fact)
{
    if (!fact) {
        abort();
    }
}

#endif
