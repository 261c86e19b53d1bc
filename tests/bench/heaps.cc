// SPDX-License-Identifier: MIT
// malloc: glibc's own, and three replacements. These are loaded as libraries of
// their own, since two of them would take glibc's place, and are called through
// pointers, as a shared library's functions are.

#include "loops.h"
#include "replay.h"

#include <dlfcn.h>

#include <cstdio>
#include <memory>

namespace
{

// What a heap is called by. Variables that the compiler cannot see through, so that
// it elides no pair of malloc and free.
struct heap {
    void *(*allocate)(size_t);
    void *(*reallocate)(void *, size_t);
    void (*release)(void *);
};

heap glibc, mimalloc, jemalloc, tcmalloc;

// mimalloc's heaps, which are freed as a whole.
void *(*new_heap)();
void *(*allocate_in_heap)(void *heap, size_t size);
void (*destroy_heap)(void *heap);

template <class Function>
bool find(void *library, const char *name, Function *function)
{
    void *const found = library != nullptr ? dlsym(library, name) : nullptr;
    *function = reinterpret_cast<Function>(found);
    return found != nullptr;
}

bool load(heap *loaded, void *library, const char *allocate,
          const char *reallocate, const char *release)
{
    if (!find(library, allocate, &loaded->allocate)
        || !find(library, reallocate, &loaded->reallocate)
        || !find(library, release, &loaded->release)) {
        fprintf(stderr, "bench: %s\n", dlerror());
        return false;
    }
    return true;
}

void *open_library(const char *name)
{
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

// A user who wants to free all blocks of a scope has to note them.
template <const heap &Heap> class noted
{
    const std::unique_ptr<void *[]> blocks { new void *[1 << 20] };
    size_t count = 0;

  public:
    typedef size_t mark_type;

    ~noted()
    {
        reset();
    }
    void *take(size_t size)
    {
        return blocks[count++] = Heap.allocate(size);
    }
    size_t mark()
    {
        return count;
    }
    void rewind(size_t mark)
    {
        for (size_t i = mark; i < count; i++) {
            Heap.release(blocks[i]);
        }
        count = mark;
    }
    void reset()
    {
        rewind(0);
    }
    void open()
    {
    }
    void close()
    {
        rewind(0);
    }
    size_t resident() const
    {
        return 0;
    }
};

// Each owner notes its own blocks, and frees them itself.
template <const heap &Heap> struct noted_by_each {
    struct owner : noted<Heap> {
        explicit owner(noted_by_each &)
        {
        }
    };
    void reset()
    {
    }
};

class whole_heap
{
    void *heap = new_heap();

  public:
    ~whole_heap()
    {
        destroy_heap(heap);
    }
    void *take(size_t size)
    {
        return allocate_in_heap(heap, size);
    }
    void reset()
    {
        destroy_heap(heap);
        heap = new_heap();
    }
    size_t resident() const
    {
        return 0;
    }
};

template <const heap &Heap> class text
{
    void *start = nullptr;

  public:
    char *grow(size_t size, size_t more)
    {
        start = Heap.reallocate(start, size + more);
        return static_cast<char *>(start);
    }
    void drop()
    {
        Heap.release(start);
        start = nullptr;
    }
};

template <const heap &Heap> struct pool {
    struct owner {
        explicit owner(pool &)
        {
        }
        void *take()
        {
            return Heap.allocate(POOL_BLOCK);
        }
        void give(void *block)
        {
            Heap.release(block);
        }
    };
};

template <const heap &Heap> struct replayed {
    void *take(size_t size)
    {
        return Heap.allocate(size);
    }
    void *change(void *block, size_t size)
    {
        return Heap.reallocate(block, size);
    }
    void give(void *block)
    {
        Heap.release(block);
    }
    void reset()
    {
    }
};

} // namespace

bool load_heaps()
{
    void *const mi = open_library("libmimalloc.so");
    return load(&glibc, open_library(nullptr), "malloc", "realloc", "free")
           && load(&mimalloc, mi, "mi_malloc", "mi_realloc", "mi_free")
           && load(&jemalloc, open_library("libjemalloc.so"), "malloc",
                   "realloc", "free")
           && load(&tcmalloc, open_library("libtcmalloc_minimal.so"),
                   "tc_malloc", "tc_realloc", "tc_free")
           && find(mi, "mi_heap_new", &new_heap)
           && find(mi, "mi_heap_malloc", &allocate_in_heap)
           && find(mi, "mi_heap_destroy", &destroy_heap);
}

#define EVERY_ROW(name, heap)                                              \
    { "bump mixed", name, make<bump<noted<heap>, mixed, 1000>> },          \
        { "bump 16", name, make<bump<noted<heap>, fixed<16>, 1000>> },     \
        { "nested scopes", name, make<nested_scopes<noted<heap>>> },       \
        { "small scope", name, make<small_scope<noted<heap>>> },           \
        { "frames", name, make<frames<noted<heap>>> },                     \
        { "region 1", name, make<region<noted<heap>, 1>> },                \
        { "region 10", name, make<region<noted<heap>, 10>> },              \
        { "region 100", name, make<region<noted<heap>, 100>> },            \
        { "region 1000", name, make<region<noted<heap>, 1000>> },          \
        { "shared stack", name, make<shared_stack<noted_by_each<heap>>> }, \
        { "append", name, make<append<text<heap>, copying>> },             \
        { "append bare", name, make<append<text<heap>, touching>> },       \
        { "pair owner", name, make<pairs<pool<heap>>> },                   \
        { "pair cached", name, make<pairs<pool<heap>>> },                  \
        { "two threads", name, make<two_threads<pool<heap>>> },            \
    {                                                                      \
        "handover", name, make<handover<pool<heap>>>                       \
    }

const entry heap_entries[] = {
    EVERY_ROW("glibc", glibc),
    EVERY_ROW("mimalloc", mimalloc),
    EVERY_ROW("jemalloc", jemalloc),
    EVERY_ROW("tcmalloc", tcmalloc),
    TRACE_ROWS("glibc", replayed<glibc>),
    TRACE_ROWS("mimalloc", replayed<mimalloc>),
    TRACE_ROWS("jemalloc", replayed<jemalloc>),
    TRACE_ROWS("tcmalloc", replayed<tcmalloc>),
    { "bump mixed", "mi_heap", make<bump<whole_heap, mixed, 1000>> },
    { "bump 16", "mi_heap", make<bump<whole_heap, fixed<16>, 1000>> },
    { "bump cold 16", "glibc", make<bump<noted<glibc>, fixed<16>, 1000000>> },
    { "bump cold mixed", "glibc", make<bump<noted<glibc>, mixed, 1000000>> },
    { "frames trim", "glibc", make<frames<noted<glibc>>> },
    { "frames trim", "mimalloc", make<frames<noted<mimalloc>>> },
    { "frames window", "glibc", make<frames<noted<glibc>>> },
    { "frames window", "mimalloc", make<frames<noted<mimalloc>>> },
    { "growth", "glibc", make<growth<noted<glibc>>> },
    { "pair plain", "glibc", make<pairs<pool<glibc>>> },
    {},
};
