// SPDX-License-Identifier: MIT
// A pool of pages and its backing, for what happens to pools and regions.

#ifndef PAGES_H
#define PAGES_H

#include "reel/pool.h"

#include "things.h"

#define PAGE         32u // bytes
#define CHUNK_PAGES  3u
#define CHUNKS       3u // at most
#define PAGES        (CHUNKS * CHUNK_PAGES)
#define LARGE        64u // bytes, of an object larger than a page
#define LARGE_MOST   96u // of its place
#define MOVED        96u // bytes, to which it grows in another place
#define LARGE_PLACES 2u

// How an operation is prepared: pages that the main loop owns, that are on the list, that
// the handler owns; chunks that have come; what else there is. Page 0 is the main loop's
// first, or if it has none the bottom of the list. Then bytes and alignment that are
// asked for, or the status that is to come.
enum { MINE, LISTED, HANDLERS, CAME, ELSE, ASKED, ALIGN };
#define STATUS ASKED

// What else there is.
enum {
    REFUSES = 1 << 0,  // the backing has no more
    ONE_MORE = 1 << 1, // it has one chunk more
    NO_LINKS = 1 << 2, // it has a chunk, but no links for it
    APART = 1 << 3,    // links have a backing of their own
    JOINED = 1 << 4, // the backing frees its last block only: a chunk is a unit
    KEEPS = 1 << 5,  // and not that
    BUSY = 1 << 6,   // another thread is in the gate
    WORK = 1 << 7,   // and before it leaves it gives page 0 back
    INSIDE = 1 << 8, // the main loop is in the gate itself
    COUNTED = 1 << 9,  // another thread counts the list, with WORK only then
    ROOMY = 1 << 10,   // the region's page has room
    CROWDED = 1 << 11, // but not behind its first block
    BOUND = 1 << 12,   // the region is bound to a registry
    LOCKED = 1 << 13,  // in which another thread is
    CACHED = 1 << 14,  // the region has a cache
    WARM = 1 << 15,    // and its pages came from there
    OBJECT = 1 << 16,  // the region has a large object
    TWO = 1 << 17,     // and then another
    SPARE = 1 << 18,   // which it has freed: its note is to be used again
    ENDED = 1 << 19,   // the pool has ended with its parent
};

// What the backing gave, and has.
typedef struct supply {
    size_t chunks, links, most_chunks;
    bool has_links;
    bool is_out[LARGE_PLACES]; // of the large objects
    bool is_busy;              // with another thread
} supply;

extern reel_pool page_pool;
extern supply backing;
extern _Alignas(64) unsigned char large[LARGE_PLACES][LARGE_MOST];

static inline bool has(size_t circumstances)
{
    return (argument(ELSE) & circumstances) != 0;
}

// A pool with the chunks that have come, of which no context has a page.
void pages_begin(void);

// The handler's pages, those on the list included.
void pages_prepare_handler(void);

// What else there is of pool and backing. Last of all, but for what main loop begins.
void pages_prepare_else(void);

// What the main loop does not do any more: it ends what else there was.
void pages_end_else(void);

// No page was lost or is there twice.
void pages_check(void);

#endif
