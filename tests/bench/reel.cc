// SPDX-License-Identifier: MIT
// reel, compiled as a user compiles it: the core apart, at -O2, without link-time
// optimisation; its headers inlined here.

extern "C" {
#include "host/malloc.h"
#include "host/pages.h"
}
#include "plain_blocks.h"
#include "reel/reel.h"
#include "replay.h"

#include <sys/mman.h>

#include <algorithm>
#include <vector>

namespace
{

enum { ALIGN = 8 }; // bytes, as apr

// ---- arena -------------------------------------------------------------------

template <size_t Size> class arena
{
    void *const memory = touched_memory(Size);

  protected:
    reel_arena blocks;

  public:
    typedef reel_mark mark_type;

    arena()
    {
        require(reel_arena_init(&blocks, memory, Size) == REEL_OK);
    }
    ~arena()
    {
        give_memory_back(memory, Size);
    }
    void *take(size_t size)
    {
        return reel_arena_alloc(&blocks, size, ALIGN);
    }
    reel_mark mark()
    {
        return reel_arena_mark(&blocks);
    }
    void rewind(reel_mark mark)
    {
        reel_arena_rewind(&blocks, mark);
    }
    void reset()
    {
        reel_arena_reset(&blocks);
    }
};

typedef arena<256 << 10> small_arena;
typedef arena<160 << 20> large_arena;

// The same, fetching ahead.
struct fetched_arena : large_arena {
    void *take(size_t size)
    {
        return reel_arena_alloc_ahead(&blocks, size, ALIGN, 512);
    }
};

class shared_arena
{
    reel_arena blocks;
    enum { SIZE = 8 << 20 };
    void *const memory = touched_memory(SIZE);

  public:
    shared_arena()
    {
        require(reel_arena_init(&blocks, memory, SIZE) == REEL_OK);
    }
    ~shared_arena()
    {
        give_memory_back(memory, SIZE);
    }
    void reset()
    {
        reel_arena_reset(&blocks);
    }

    struct owner {
        reel_arena *const blocks;

        explicit owner(shared_arena &stack) : blocks(&stack.blocks)
        {
        }
        void *take(size_t size)
        {
            return reel_arena_alloc_shared(blocks, size, ALIGN);
        }
        void close()
        {
        }
    };
};

class text
{
    reel_arena blocks;
    char memory[128 << 10];
    void *start = nullptr;

  public:
    text()
    {
        require(reel_arena_init(&blocks, memory, sizeof memory) == REEL_OK);
    }
    char *grow(size_t size, size_t more)
    {
        if (size == 0) {
            start = reel_arena_alloc(&blocks, more, 1);
        } else {
            require(reel_arena_resize(&blocks, start, size, size + more));
        }
        return static_cast<char *>(start);
    }
    void drop()
    {
        reel_arena_reset(&blocks);
    }
};

// ---- temp over the host port -------------------------------------------------

// Address space for the largest frame, and more than 64 MiB.
enum : size_t { RANGE = size_t(128) << 20, HUGE_PAGE = size_t(2) << 20 };

// Resident pages of a range.
inline size_t resident_bytes(void *start, size_t size, size_t page)
{
    std::vector<unsigned char> pages(size / page);
    require(mincore(start, size, pages.data()) == 0);
    size_t count = 0;
    for (unsigned char state : pages) {
        count += state & 1;
    }
    return count * page;
}

class temp
{
    reel_temp blocks;
    reel_pages pages;
    void *space = nullptr;

  protected:
    explicit temp(const reel_temp_policy &policy, bool huge = false)
    {
        require(reel_host_pages_init(&pages) == REEL_OK);
        require(reel_host_reserve(RANGE + HUGE_PAGE, &space) == REEL_OK);
        const uintptr_t start =
            (uintptr_t(space) + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
        void *const range = reinterpret_cast<void *>(start);
        if (huge) {
            (void)madvise(range, RANGE, MADV_HUGEPAGE);
        }
        require(reel_temp_init(&blocks, range, RANGE, &pages, &policy)
                == REEL_OK);
    }

  public:
    ~temp()
    {
        reel_host_release(space, RANGE + HUGE_PAGE);
    }
    void *take(size_t size)
    {
        return reel_temp_alloc(&blocks, size, ALIGN);
    }
    void reset()
    {
        reel_temp_reset(&blocks);
    }
    size_t resident() const
    {
        return resident_bytes(space, RANGE + HUGE_PAGE, pages.page_size);
    }
};

// The policy by default: commit in steps of 64 KiB, give back by the estimate,
// which falls by 1/1024 of the way at each reset.
struct by_default : temp {
    by_default() : temp(REEL_TEMP_POLICY)
    {
    }
};

// The same, but the estimate falls by 1/16: a spike is forgotten within 100 frames.
struct trimmed : temp {
    trimmed() : temp({ 0, 0, 64, 64, 1024, false, 0 })
    {
    }
};

// By the most that the last 64 to 127 frames used: of the spikes, which come every
// 100 frames, some find the memory of the one before.
struct windowed : temp {
    windowed() : temp({ 0, 0, 1, 64, 1024, false, 64 })
    {
    }
};

// A step as large as the range: committed at once, and never given back.
struct untrimmed : temp {
    untrimmed() : temp({ RANGE, 0, 1, 64, 1024, false, 0 })
    {
    }
};

struct huge : temp {
    huge() : temp({ HUGE_PAGE, 0, 1, 64, 1024, false, 0 }, true)
    {
    }
};

// ---- blocks ------------------------------------------------------------------

struct cached_blocks : block_pool {
    class owner
    {
        reel_blocks_cache cache;
        void *slots[512]; // an eighth of the pool

      public:
        explicit owner(cached_blocks &pool)
        {
            require(reel_blocks_cache_init(&cache, &pool.blocks, slots, 512)
                    == REEL_OK);
        }
        void *take()
        {
            return reel_blocks_cache_alloc(&cache);
        }
        void give(void *block)
        {
            reel_blocks_cache_free(&cache, block);
        }
    };
};

// ---- rewindable, pool and region ---------------------------------------------

class shared_rewindable
{
    reel_rewindable_chunk table[64];

  protected:
    reel_rewindable blocks;

    shared_rewindable()
    {
        require(reel_rewindable_init(&blocks, reel_host_malloc(), table, 64,
                                     nullptr)
                == REEL_OK);
    }

  public:
    ~shared_rewindable()
    {
        reel_rewindable_dispose(&blocks);
    }
    void reset()
    {
        reel_rewindable_rewind(&blocks);
    }
};

// A rewindable of 54 chunks in the end, each a little larger than the one before; or of
// one chunk with room for all.
template <size_t First> class chunked
{
    reel_rewindable_chunk table[128];
    reel_rewindable blocks;

  public:
    chunked()
    {
        const reel_rewindable_config config = { First, 64, 8, false };
        require(reel_rewindable_init(&blocks, reel_host_malloc(), table, 128,
                                     &config)
                == REEL_OK);
    }
    ~chunked()
    {
        require(reel_rewindable_chunks(&blocks) == (First > 256 ? 1 : 54));
        reel_rewindable_dispose(&blocks);
    }
    void *take(size_t size)
    {
        return reel_rewindable_alloc(&blocks, size, 8);
    }
    void reset()
    {
        reel_rewindable_rewind(&blocks);
    }
};

typedef chunked<256> many_chunks;
typedef chunked<1 << 20> one_chunk;

struct unspanned : shared_rewindable {
    struct owner {
        reel_rewindable *const blocks;

        explicit owner(unspanned &stack) : blocks(&stack.blocks)
        {
        }
        void *take(size_t size)
        {
            return reel_rewindable_alloc(blocks, size, ALIGN);
        }
        void close()
        {
        }
    };
};

// Spans as they are needed; a used-up one is left to the rewind.
class span_owner
{
    reel_rewindable *const blocks;
    const size_t size;
    reel_span span = {};
    size_t taken = 0; // bytes of this turn's spans that are used up or closed

  protected:
    span_owner(reel_rewindable *blocks, size_t size)
        : blocks(blocks), size(size)
    {
    }

  public:
    void *take(size_t size)
    {
        void *const block = reel_span_alloc(&span, size, ALIGN);
        return block != nullptr ? block : take_anew(size);
    }
    void close()
    {
        taken += span.next - span.start;
        reel_span_close(&span);
    }
    // After a rewind: one span for all that was taken in the last turn.
    void open()
    {
        open(std::max(taken, size));
        taken = 0;
    }

  private:
    void open(size_t size)
    {
        require(reel_span_open(&span, blocks, size) == REEL_OK);
    }
    void *take_anew(size_t size)
    {
        taken += span.next - span.start;
        open(this->size);
        return reel_span_alloc(&span, size, ALIGN);
    }
};

// Spans of one size. Which owner gets which is chance: half of the memory that an
// owner writes to is in the other core's cache.
template <size_t Size> struct spanned : shared_rewindable {
    struct owner : span_owner {
        explicit owner(spanned &stack) : span_owner(&stack.blocks, Size)
        {
        }
    };
};

// The one who rewinds opens a span for each owner, always in the same order and as
// large as what that owner took the last time. So each finds the memory again that
// is in its own core's cache. If it takes more, spans of 4 KiB follow.
class foreseen : public shared_rewindable
{
    std::vector<span_owner *> owners;

  public:
    struct owner : span_owner {
        explicit owner(foreseen &stack) : span_owner(&stack.blocks, 4096)
        {
            stack.owners.push_back(this);
        }
    };
    void reset()
    {
        shared_rewindable::reset();
        for (span_owner *owner : owners) {
            owner->open();
        }
    }
};

// The owner keeps up to 16 pages for the next region. They are of 16 KiB: another page
// takes as long as 20 blocks, and of the default 4 KiB 1,000 blocks take eleven.
class pool_region
{
    enum { PAGE = 16 << 10 };
    reel_pool pages;
    reel_pool_chunk chunks[64];
    reel_pool_cache cache;
    reel_pool_slot slots[16];
    reel_region blocks;

  public:
    pool_region()
    {
        require(reel_pool_init(&pages, reel_host_malloc(), chunks, 64, PAGE, 0)
                == REEL_OK);
        require(reel_pool_cache_init(&cache, &pages, slots, 16) == REEL_OK);
    }
    ~pool_region()
    {
        reel_pool_cache_flush(&cache);
        reel_pool_dispose(&pages);
    }
    void open()
    {
        reel_region_open_cached(&blocks, &cache);
    }
    void *take(size_t size)
    {
        return reel_region_alloc(&blocks, size, ALIGN);
    }
    void close()
    {
        reel_region_close_cached(&blocks);
    }
};

// A heap, and with a cache before it.
class plain_heap
{
    static const size_t SIZE = size_t(16) << 20;
    void *const memory = touched_memory(SIZE);

  protected:
    reel_heap heap;

  public:
    plain_heap()
    {
        require(reel_heap_init(&heap, memory, SIZE) == REEL_OK);
    }
    ~plain_heap()
    {
        give_memory_back(memory, SIZE);
    }
    void *take(size_t size)
    {
        return reel_heap_alloc(&heap, size, 0);
    }
    void *change(void *block, size_t size)
    {
        return reel_heap_realloc(&heap, block, size, 0);
    }
    void give(void *block)
    {
        (void)reel_heap_free(&heap, block);
    }
    void reset()
    {
    }
};

class cached_heap : public plain_heap
{
    reel_heap_slot slots[32];
    reel_heap_cache cache;

  public:
    cached_heap()
    {
        require(reel_heap_cache_init(&cache, &heap, slots, 32) == REEL_OK);
    }
    void *take(size_t size)
    {
        return reel_heap_cache_alloc(&cache, size, 0);
    }
    void give(void *block)
    {
        (void)reel_heap_cache_free(&cache, block);
    }
    void reset()
    {
        (void)reel_heap_cache_flush(&cache);
    }
};

} // namespace

const entry reel_entries[] = {
    TRACE_ROWS("reel", cached_heap),
    TRACE_ROWS("reel-plain", plain_heap),
    { "bump mixed", "reel", make<bump<small_arena, mixed, 1000>> },
    { "bump 16", "reel", make<bump<small_arena, fixed<16>, 1000>> },
    { "bump cold 16", "reel", make<bump<fetched_arena, fixed<16>, 1000000>> },
    { "bump cold 16", "reel-plain",
      make<bump<large_arena, fixed<16>, 1000000>> },
    { "bump cold mixed", "reel", make<bump<fetched_arena, mixed, 1000000>> },
    { "bump cold mixed", "reel-plain",
      make<bump<large_arena, mixed, 1000000>> },
    { "nested scopes", "reel", make<nested_scopes<small_arena>> },
    { "small scope", "reel", make<small_scope<small_arena>> },
    { "frames", "reel", make<frames<untrimmed>> },
    { "frames trim", "reel", make<frames<trimmed>> },
    { "frames trim", "reel-default", make<frames<by_default>> },
    { "frames window", "reel", make<frames<windowed>> },
    { "frames window", "reel-rates", make<frames<trimmed>> },
    { "growth", "reel", make<growth<by_default>> },
    { "growth huge", "reel", make<growth<huge>> },
    { "chunks 16", "reel", make<bump<many_chunks, fixed<16>, 6500>> },
    { "chunks 16", "reel-one", make<bump<one_chunk, fixed<16>, 6500>> },
    { "chunks 48", "reel", make<bump<many_chunks, fixed<48>, 2170>> },
    { "chunks 48", "reel-one", make<bump<one_chunk, fixed<48>, 2170>> },
    { "chunks 200", "reel", make<bump<many_chunks, fixed<200>, 500>> },
    { "chunks 200", "reel-one", make<bump<one_chunk, fixed<200>, 500>> },
    { "chunks mixed", "reel", make<bump<many_chunks, mixed, 740>> },
    { "chunks mixed", "reel-one", make<bump<one_chunk, mixed, 740>> },
    { "append", "reel", make<append<text, copying>> },
    { "append bare", "reel", make<append<text, touching>> },
    { "pair owner", "reel", make<pairs<cached_blocks>> },
    { "pair cached", "reel", make<pairs<cached_blocks>> },
    { "pair plain", "reel", make<pairs<plain_blocks>> },
    { "two threads", "reel", make<two_threads<cached_blocks>> },
    { "two threads", "reel-plain", make<two_threads<plain_blocks>> },
    { "handover", "reel", make<handover<cached_blocks>> },
    { "handover", "reel-plain", make<handover<plain_blocks>> },
    { "region 1", "reel", make<region<pool_region, 1>> },
    { "region 10", "reel", make<region<pool_region, 10>> },
    { "region 100", "reel", make<region<pool_region, 100>> },
    { "region 1000", "reel", make<region<pool_region, 1000>> },
    { "shared stack", "reel", make<shared_stack<foreseen>> },
    { "shared stack", "reel-4k", make<shared_stack<spanned<4096>>> },
    { "shared stack", "reel-64k", make<shared_stack<spanned<65536>>> },
    { "shared stack", "reel-plain", make<shared_stack<unspanned>> },
    { "shared stack", "reel-arena", make<shared_stack<shared_arena>> },
    {},
};
