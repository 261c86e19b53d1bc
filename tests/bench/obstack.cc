// SPDX-License-Identifier: MIT
// glibc's obstacks, in chunks of 256 KiB from malloc.

#include "loops.h"

#include <obstack.h>

#define obstack_chunk_alloc malloc
#define obstack_chunk_free  free

namespace
{

class stack
{
    struct obstack blocks;
    void *bottom;

  public:
    typedef void *mark_type;

    stack()
    {
        obstack_begin(&blocks, 256 << 10);
        bottom = obstack_alloc(&blocks, 0);
    }
    ~stack()
    {
        obstack_free(&blocks, nullptr);
    }
    void *take(size_t size)
    {
        return obstack_alloc(&blocks, size);
    }
    void *mark()
    {
        return obstack_alloc(&blocks, 0);
    }
    void rewind(void *mark)
    {
        obstack_free(&blocks, mark);
    }
    void reset()
    {
        obstack_free(&blocks, bottom);
    }
    size_t resident() const
    {
        return 0;
    }
};

class text
{
    struct obstack blocks;

  public:
    text()
    {
        obstack_begin(&blocks, 128 << 10);
    }
    ~text()
    {
        obstack_free(&blocks, nullptr);
    }
    char *grow(size_t, size_t more)
    {
        obstack_blank(&blocks, more);
        return static_cast<char *>(obstack_base(&blocks));
    }
    void drop()
    {
        obstack_free(&blocks, obstack_finish(&blocks));
    }
};

} // namespace

const entry obstack_entries[] = {
    { "bump mixed", "obstack", make<bump<stack, mixed, 1000>> },
    { "bump 16", "obstack", make<bump<stack, fixed<16>, 1000>> },
    { "nested scopes", "obstack", make<nested_scopes<stack>> },
    { "small scope", "obstack", make<small_scope<stack>> },
    { "frames", "obstack", make<frames<stack>> },
    { "append", "obstack", make<append<text, copying>> },
    { "append bare", "obstack", make<append<text, touching>> },
    {},
};
