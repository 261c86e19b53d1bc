// SPDX-License-Identifier: MIT
// talloc: children of a talloc pool that is large enough for all of them.

#include "loops.h"

extern "C" {
#include <talloc.h>

namespace
{
}

class stack
{
    TALLOC_CTX *const pool = talloc_pool(nullptr, 1 << 20);

  public:
    ~stack()
    {
        talloc_free(pool);
    }
    void *take(size_t size)
    {
        return talloc_size(pool, size);
    }
    void reset()
    {
        talloc_free_children(pool);
    }
};

} // namespace

const entry talloc_entries[] = {
    { "bump mixed", "talloc", make<bump<stack, mixed, 1000>> },
    { "bump 16", "talloc", make<bump<stack, fixed<16>, 1000>> },
    {},
};
