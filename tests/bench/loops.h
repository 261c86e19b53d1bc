// SPDX-License-Identifier: MIT
// The workloads. Each is one loop, a template over the contestant, which brings
// three or four small inline functions; so the text of the loop is the same for
// all.
//
// The first word of each block is written, as any user of a block writes to it. The
// store may alias anything, so no state stays in registers across it, and it
// is volatile, so none is left out.

#ifndef BENCH_LOOPS_H
#define BENCH_LOOPS_H

#include <cstring>

#include "bench.h"

typedef volatile uint64_t __attribute__((may_alias)) any_word;

inline void touch(void *block, uint64_t value)
{
    *static_cast<any_word *>(block) = value;
}

inline uint64_t first_word(const void *block)
{
    return *static_cast<const any_word *>(block);
}

// ---- sizes -------------------------------------------------------------------

// 8 to 256 bytes, evenly, from a generator with a fixed seed.
struct mixed {
    enum { COUNT = 1024 };
    uint16_t sizes[COUNT];

    mixed()
    {
        uint32_t state = 12345;
        for (size_t i = 0; i < COUNT; i++) {
            state = state * 1664525 + 1013904223;
            sizes[i] = static_cast<uint16_t>(8 + (state >> 16) % 249);
        }
    }
    size_t operator[](size_t i) const
    {
        return sizes[i % COUNT];
    }
};

template <size_t Size> struct fixed {
    size_t operator[](size_t) const
    {
        return Size;
    }
};

// ---- is it an allocator at all? ----------------------------------------------

// Blocks each filled with a value of their own: one that overlaps another shows.
class filled_blocks
{
    enum { MOST = 1024 };
    struct {
        unsigned char *start;
        size_t size;
    } blocks[MOST];
    size_t count = 0;

    static unsigned char value(size_t i)
    {
        return static_cast<unsigned char>(i * 7 + i / 256 + 1);
    }

  public:
    bool add(void *block, size_t size)
    {
        if (block == nullptr || count == MOST
            || reinterpret_cast<uintptr_t>(block) % 8 != 0) {
            return false;
        }
        memset(block, value(count), size);
        blocks[count].start = static_cast<unsigned char *>(block);
        blocks[count].size = size;
        count++;
        return true;
    }
    bool are_intact() const
    {
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < blocks[i].size; j++) {
                if (blocks[i].start[j] != value(i)) {
                    return false;
                }
            }
        }
        return true;
    }
};

template <class Stack, class Sizes>
bool takes_well(Stack &stack, const Sizes &size, size_t from, size_t to,
                filled_blocks &blocks)
{
    for (size_t i = from; i < to; i++) {
        if (!blocks.add(stack.take(size[i]), size[i])) {
            return false;
        }
    }
    return blocks.are_intact();
}

// ---- stacks ------------------------------------------------------------------
//
// A stack has  void *take(size_t size);
//              void reset();                  everything is free
// and maybe    mark_type mark();
//              void rewind(mark_type);        everything newer is free

// Count blocks, then a reset. An operation is a block, its share of the reset
// included.
template <class Stack, class Sizes, size_t Count> class bump : public entrant
{
    Stack stack;
    Sizes size;

  public:
    bool check() override
    {
        for (int i = 0; i < 2; i++) {
            filled_blocks blocks;
            if (!takes_well(stack, size, 0, 1000, blocks)) {
                return false;
            }
            stack.reset();
        }
        return true;
    }
    void run(unsigned times) override
    {
        for (unsigned turn = 0; turn < times; turn++) {
            for (size_t i = 0; i < Count; i++) {
                touch(stack.take(size[i]), i);
            }
            stack.reset();
        }
    }
    uint64_t operations() const override
    {
        return Count;
    }
};

// Eight scopes inside each other, 32 blocks of 32 bytes in each, closed from the
// inside out. An operation is a block.
template <class Stack> class nested_scopes : public entrant
{
    Stack stack;
    enum { DEPTH = 8, BLOCKS = 32, SIZE = 32 };

  public:
    bool check() override
    {
        filled_blocks outer;
        bool good = takes_well(stack, fixed<SIZE>(), 0, 100, outer);
        for (int i = 0; i < 2; i++) {
            filled_blocks inner;
            const typename Stack::mark_type mark = stack.mark();
            good = good && takes_well(stack, fixed<SIZE>(), 0, 100, inner);
            stack.rewind(mark);
        }
        good = good && outer.are_intact();
        stack.reset();
        return good;
    }
    void run(unsigned times) override
    {
        typename Stack::mark_type marks[DEPTH];
        for (unsigned turn = 0; turn < times; turn++) {
            for (size_t depth = 0; depth < DEPTH; depth++) {
                marks[depth] = stack.mark();
                for (size_t i = 0; i < BLOCKS; i++) {
                    touch(stack.take(SIZE), i);
                }
            }
            for (size_t depth = DEPTH; depth-- > 0;) {
                stack.rewind(marks[depth]);
            }
        }
    }
    uint64_t operations() const override
    {
        return DEPTH * BLOCKS;
    }
};

// A mark, a block of 32 bytes, a rewind: that is the operation.
template <class Stack> class small_scope : public entrant
{
    Stack stack;
    enum { SCOPES = 1000, SIZE = 32 };

  public:
    bool check() override
    {
        filled_blocks outer;
        bool good = takes_well(stack, fixed<SIZE>(), 0, 100, outer);
        run(1);
        good = good && outer.are_intact();
        stack.reset();
        return good;
    }
    void run(unsigned times) override
    {
        for (size_t i = 0; i < size_t(times) * SCOPES; i++) {
            const typename Stack::mark_type mark = stack.mark();
            touch(stack.take(SIZE), i);
            stack.rewind(mark);
        }
    }
    uint64_t operations() const override
    {
        return SCOPES;
    }
};

// 1,000 frames, each a burst of mixed blocks and a reset. A frame takes 64 KiB to
// 1 MiB; eight of them, frames 100, 200, … 800, take 24 MiB. An operation is a
// block.
template <class Stack> class frames : public entrant
{
    enum { FRAMES = 1000 };
    Stack stack;
    mixed size;
    uint32_t blocks[FRAMES];
    uint64_t sum = 0;

    static size_t bytes_of(size_t frame, uint32_t random)
    {
        if (frame % 100 == 0 && frame > 0 && frame < 900) {
            return size_t(24) << 20;
        }
        return (size_t(64) << 10) + random % (960 << 10);
    }

  public:
    frames()
    {
        uint32_t state = 999;
        for (size_t frame = 0; frame < FRAMES; frame++) {
            state = state * 1664525 + 1013904223;
            blocks[frame] =
                static_cast<uint32_t>(bytes_of(frame, state >> 8) / 132);
            sum += blocks[frame];
        }
    }
    bool check() override
    {
        filled_blocks filled;
        const bool good = takes_well(stack, size, 0, 1000, filled);
        stack.reset();
        return good;
    }
    void run(unsigned times) override
    {
        for (size_t i = 0; i < size_t(times) * FRAMES; i++) {
            const size_t count = blocks[i % FRAMES];
            for (size_t block = 0; block < count; block++) {
                touch(stack.take(size[block]), block);
            }
            stack.reset();
        }
    }
    uint64_t operations() const override
    {
        return sum;
    }
    size_t resident() const override
    {
        return stack.resident();
    }
};

// From nothing to 64 MiB of mixed blocks in memory fresh from the system, and all
// of it given back. An operation is a block.
template <class Stack> class growth : public entrant
{
    enum { BLOCKS = (64 << 20) / 132 };
    mixed size;

  public:
    bool check() override
    {
        Stack stack;
        filled_blocks blocks;
        return takes_well(stack, size, 0, 1000, blocks);
    }
    void run(unsigned times) override
    {
        for (unsigned turn = 0; turn < times; turn++) {
            Stack stack;
            for (size_t i = 0; i < BLOCKS; i++) {
                touch(stack.take(size[i]), i);
            }
        }
    }
    uint64_t operations() const override
    {
        return BLOCKS;
    }
};

// Open a region, take Count blocks of 16 to 64 bytes, close it. An operation is a
// block. A region has  void open();  void *take(size_t size);  void close();
template <class Region, size_t Count> class region : public entrant
{
    enum { BLOCKS = 1000 };
    Region one;
    mixed size;

    size_t size_of(size_t i) const
    {
        return 16 + size[i] % 49;
    }

  public:
    bool check() override
    {
        bool good = true;
        for (int turn = 0; turn < 2; turn++) {
            filled_blocks blocks;
            one.open();
            for (size_t i = 0; i < Count; i++) {
                good = good && blocks.add(one.take(size_of(i)), size_of(i));
            }
            good = good && blocks.are_intact();
            one.close();
        }
        return good;
    }
    void run(unsigned times) override
    {
        for (size_t turn = 0; turn < times * BLOCKS / Count; turn++) {
            one.open();
            for (size_t i = 0; i < Count; i++) {
                touch(one.take(size_of(i)), i);
            }
            one.close();
        }
    }
    uint64_t operations() const override
    {
        return BLOCKS;
    }
};

// ---- one block that grows ----------------------------------------------------
//
// A text has  char *grow(size_t size, size_t more);  from size to size + more
//             void drop();

// Pieces of 1 to 16 bytes are appended, each time to the exact size, until there
// are 64 KiB; then the text is dropped. An operation is a piece. What is done to a
// piece is either to copy it with memcpy, whose branches on a changing length take
// longer than most contestants do, or to write its first and last byte.
struct copying {
    static void write(char *piece, const char *source, size_t size)
    {
        memcpy(piece, source, size);
    }
};

struct touching {
    static void write(volatile char *piece, const char *source, size_t size)
    {
        piece[0] = source[0];
        piece[size - 1] = source[size - 1];
    }
};

template <class Text, class How> class append : public entrant
{
    enum { BYTES = 64 << 10, PIECES = 1024 };
    Text text;
    uint8_t lengths[PIECES];
    uint64_t pieces = 0;

    static const char *source(size_t i)
    {
        return &"abcdefghijklmnopqrstuvwxyzABCDEF"[i % 16];
    }
    const char *write_all()
    {
        char *start = nullptr;
        size_t size = 0;
        for (size_t i = 0; size < BYTES; i++) {
            const size_t more = lengths[i % PIECES];
            start = text.grow(size, more);
            How::write(start + size, source(i), more);
            size += more;
        }
        return start;
    }

  public:
    append()
    {
        uint32_t state = 4321;
        for (size_t i = 0; i < PIECES; i++) {
            state = state * 1664525 + 1013904223;
            lengths[i] = static_cast<uint8_t>(1 + (state >> 16) % 16);
        }
        for (size_t size = 0; size < BYTES; pieces++) {
            size += lengths[pieces % PIECES];
        }
    }
    bool check() override
    {
        const char *at = write_all();
        bool good = true;
        for (size_t i = 0; i < pieces; i++) {
            const size_t last = lengths[i % PIECES] - 1;
            good = good && at[0] == source(i)[0] && at[last] == source(i)[last];
            at += last + 1;
        }
        text.drop();
        return good;
    }
    void run(unsigned times) override
    {
        for (unsigned turn = 0; turn < times; turn++) {
            write_all();
            text.drop();
        }
    }
    uint64_t operations() const override
    {
        return pieces;
    }
};

// ---- blocks of one size ------------------------------------------------------
//
// A pool has an owner, which is made of a pool and has
//     void *take();        64 bytes
//     void give(void *);

enum { POOL_BLOCK = 64, POOL_BLOCKS = 4096 };

template <class Owner> bool pools_well(Owner &owner)
{
    void *blocks[500];
    for (int turn = 0; turn < 2; turn++) {
        filled_blocks filled;
        for (void *&block : blocks) {
            block = owner.take();
            if (!filled.add(block, POOL_BLOCK)) {
                return false;
            }
        }
        if (!filled.are_intact()) {
            return false;
        }
        for (void *block : blocks) {
            owner.give(block);
        }
    }
    return true;
}

template <class Owner> void take_and_give(Owner &owner, size_t pairs)
{
    for (size_t i = 0; i < pairs; i++) {
        void *const block = owner.take();
        touch(block, i);
        owner.give(block);
    }
}

// Take a block, write to it, give it back: that is the operation.
template <class Pool> class pairs : public entrant
{
    enum { PAIRS = 1000 };
    Pool pool;
    typename Pool::owner owner{ pool };

  public:
    bool check() override
    {
        return pools_well(owner);
    }
    void run(unsigned times) override
    {
        take_and_give(owner, size_t(times) * PAIRS);
    }
    uint64_t operations() const override
    {
        return PAIRS;
    }
};

// The same on two cores at once, on one pool: time by all pairs of both.
template <class Pool> class two_threads : public entrant
{
    enum { PAIRS = 1000 };
    Pool pool;
    alignas(128) typename Pool::owner one{ pool };
    alignas(128) typename Pool::owner other{ pool };
    alignas(128) size_t wanted = 0;

    static void here(void *self)
    {
        two_threads *const all = static_cast<two_threads *>(self);
        take_and_give(all->one, all->wanted);
    }
    static void there(void *self)
    {
        two_threads *const all = static_cast<two_threads *>(self);
        take_and_give(all->other, all->wanted);
    }

  public:
    bool check() override
    {
        return pools_well(one) && pools_well(other);
    }
    void run(unsigned times) override
    {
        wanted = size_t(times) * PAIRS / 2;
        together(here, there, this);
    }
    uint64_t operations() const override
    {
        return PAIRS;
    }
};

// Two cores take 20,000 mixed blocks each from one stack, and all of them are freed
// at once. An operation is a block; time by the blocks of both. A shared stack has an
// owner, made of the stack, with
//     void *take(size_t size);
//     void close();            its own blocks are done with
// and  void reset();           everything is free, both owners at rest
template <class Stack> class shared_stack : public entrant
{
    enum { BLOCKS = 20000 };
    Stack stack;
    alignas(128) typename Stack::owner one{ stack };
    alignas(128) typename Stack::owner other{ stack };
    mixed size;

    void take_all(typename Stack::owner &owner)
    {
        for (size_t i = 0; i < BLOCKS; i++) {
            touch(owner.take(size[i]), i);
        }
        owner.close();
    }
    static void here(void *self)
    {
        shared_stack *const all = static_cast<shared_stack *>(self);
        all->take_all(all->one);
    }
    static void there(void *self)
    {
        shared_stack *const all = static_cast<shared_stack *>(self);
        all->take_all(all->other);
    }

  public:
    bool check() override
    {
        filled_blocks blocks;
        bool good = true;
        for (size_t i = 0; i < 1000; i += 2) {
            good = good && blocks.add(one.take(size[i]), size[i])
                   && blocks.add(other.take(size[i + 1]), size[i + 1]);
        }
        good = good && blocks.are_intact();
        one.close();
        other.close();
        stack.reset();
        return good;
    }
    void run(unsigned times) override
    {
        for (unsigned turn = 0; turn < times; turn++) {
            together(here, there, this);
            stack.reset();
        }
    }
    uint64_t operations() const override
    {
        return 2 * BLOCKS;
    }
};

// One core takes blocks and hands them over, 64 at a time, through a ring of 512;
// the other one reads them and gives them back. An operation is a block. What is
// read is summed up: a block handed out twice shows.
template <class Pool> class handover : public entrant
{
    enum { BLOCKS = 4096, RING = 512, BATCH = 64 };
    Pool pool;
    alignas(128) typename Pool::owner giver{ pool };
    alignas(128) typename Pool::owner taker{ pool };
    alignas(128) size_t sent = 0;     // written by the taker of blocks
    alignas(128) size_t received = 0; // written by the giver
    alignas(128) void *ring[RING];
    size_t wanted = 0;
    uint64_t sum = 0;

    static void wait_for(const size_t &counter, size_t value)
    {
        while (static_cast<ptrdiff_t>(
                   __atomic_load_n(&counter, __ATOMIC_ACQUIRE) - value)
               < 0) {
            pause_a_moment();
        }
    }
    static void here(void *self)
    {
        handover *const all = static_cast<handover *>(self);
        for (size_t i = 0; i < all->wanted; i += BATCH) {
            wait_for(all->received, i + BATCH - RING);
            for (size_t j = i; j < i + BATCH; j++) {
                void *const block = all->taker.take();
                touch(block, j);
                all->ring[j % RING] = block;
            }
            __atomic_store_n(&all->sent, i + BATCH, __ATOMIC_RELEASE);
        }
    }
    static void there(void *self)
    {
        handover *const all = static_cast<handover *>(self);
        for (size_t i = 0; i < all->wanted; i += BATCH) {
            wait_for(all->sent, i + BATCH);
            for (size_t j = i; j < i + BATCH; j++) {
                void *const block = all->ring[j % RING];
                all->sum += first_word(block) ^ j;
                all->giver.give(block);
            }
            __atomic_store_n(&all->received, i + BATCH, __ATOMIC_RELEASE);
        }
    }

  public:
    bool check() override
    {
        return pools_well(giver) && pools_well(taker);
    }
    void run(unsigned times) override
    {
        wanted = size_t(times) * BLOCKS;
        sent = 0;
        received = 0;
        together(here, there, this);
    }
    uint64_t operations() const override
    {
        return BLOCKS;
    }
    bool is_sound() const override
    {
        return sum == 0;
    }
};

#endif
