// SPDX-License-Identifier: MIT
// Fuzzing: bytes say what is called on a tree of allocators, and a shadow of every live
// block says what must hold. One body; libFuzzer and a plain driver feed it.
//
//     tree      up to NODES allocators of all kinds, each over the one above; bound to a
//               registry or not
//     blocks    every live block with its contents; none overlaps another one
//     faults    backing allocators and commit hooks refuse; an operation runs in an
//               interrupt; with the meddling backend a handler gets in before exchanges

#ifndef REEL_TESTS_FUZZ_H
#define REEL_TESTS_FUZZ_H

#include "reel/reel.h"

#define NODES  10
#define BLOCKS 48
#define MARKS  4
#define CHUNKS 4

typedef struct node node;

// What a kind of allocator can do. What is NULL it cannot.
typedef struct kind {
    const char *name;
    bool (*start)(node *n); // false: it was refused, and is not there
    reel_allocator (*allocator)(node *n);
    bool (*is_valid)(const node *n);
    size_t (*used)(const node *n);
    reel_status (*bind)(node *n, reel_registry *registry, reel_handle parent);
    reel_handle (*handle)(const node *n);
    reel_status (*dispose)(node *n);
    void (*special)(node *n); // what only this kind has
    void *(*alloc_shared)(node *n, size_t size, size_t align); // by any context
    bool takes_memory; // a block of its parent; else it asks for chunks
    bool detects_double_free;
} kind;

struct node {
    const kind *kind; // NULL: there is none
    node *parent;     // NULL: the root
    void *memory;     // of the parent, if it takes some
    size_t size;
    bool is_bound;
    size_t frontier; // of a temp: bytes that its hooks committed
    reel_mark marks[MARKS];
    uint32_t births[MARKS];
    size_t mark_count;
    reel_pages pages;
    reel_arena arena;
    reel_temp temp;
    reel_blocks blocks;
    reel_blocks_cache blocks_cache;
    void *slots[4];
    reel_heap heap;
    reel_heap_cache heap_cache;
    reel_heap_slot heap_slots[4];
    reel_pool pool;
    reel_pool_chunk chunks[CHUNKS];
    reel_pool_cache pool_cache;
    reel_pool_slot page_slots[2];
    reel_region region;
    reel_rewindable rewindable;
    reel_rewindable_chunk table[CHUNKS];
    reel_lock lock;
};

extern const kind kinds[];
extern const size_t kind_count;

// ---- the input --------------------------------------------------------------------

// The next byte; 0 after the last one.
unsigned take(void);

// A size and an alignment to ask for, some of them hostile.
size_t take_size(void);
size_t take_align(void);

// ---- the shadow ---------------------------------------------------------------------

// A new block, if there is one: it must lie where it may.
void add_block(node *of, void *start, size_t size, size_t align);

// Drop what was born after that; 0 is everything. And all nodes below.
void drop_blocks(node *of, uint32_t birth);
void drop_below(node *of);
uint32_t now(void);

// A live block of the node that is no other node's memory; NULL if there is none.
typedef struct shadow {
    node *of; // NULL: none
    node *child;
    unsigned char *start;
    size_t size;
    unsigned char pattern;
    uint32_t birth;
} shadow;
shadow *take_block(node *of);
bool is_intact(const shadow *block, size_t size);
void forget(shadow *block);
bool has_room_for_a_block(void);

// ---- faults -----------------------------------------------------------------------

// Should the backing, or the hook, that is asked now refuse?
bool refuses(void);

// The parent as its children see it, which refuses.
reel_allocator backing_of(node *n);

// What goes wrong ends the run.
void wrong(const char *what, const char *file, int line);
#define MUST(fact) ((fact) ? (void)0 : wrong(#fact, __FILE__, __LINE__))

// How many operations, at most, of an input; 0 bytes: of a sequence by chance.
uint64_t fuzz(const unsigned char *bytes, size_t size, uint64_t seed,
              uint64_t operations);

// How many outcomes no operation had so far; says which.
size_t fuzz_unreached(void);

// What libFuzzer, or the driver, does if something is wrong.
void fuzz_failed(void);

#endif
