// SPDX-License-Identifier: MIT
// Pools of the Apache Portable Runtime. A scope is a pool inside another one.

#include "loops.h"

#include <apr_general.h>
#include <apr_pools.h>

namespace
{

class stack
{
    apr_allocator_t *allocator;
    apr_pool_t *pool;

  public:
    typedef apr_pool_t *mark_type; // the pool around the scope

    stack()
    {
        require(apr_initialize() == APR_SUCCESS);
        require(apr_allocator_create(&allocator) == APR_SUCCESS);
        require(apr_pool_create_ex(&pool, nullptr, nullptr, allocator)
                == APR_SUCCESS);
        apr_allocator_owner_set(allocator, pool);
    }
    ~stack()
    {
        apr_pool_destroy(pool);
        apr_terminate();
    }
    void *take(size_t size)
    {
        return apr_palloc(pool, size);
    }
    apr_pool_t *mark()
    {
        apr_pool_t *const outer = pool;
        apr_pool_create(&pool, outer);
        return outer;
    }
    void rewind(apr_pool_t *outer)
    {
        apr_pool_destroy(pool);
        pool = outer;
    }
    void reset()
    {
        apr_pool_clear(pool);
    }
    void open()
    {
        mark();
    }
    void close()
    {
        rewind(apr_pool_parent_get(pool));
    }
    size_t resident() const
    {
        return 0;
    }
};

} // namespace

const entry apr_entries[] = {
    { "bump mixed", "apr", make<bump<stack, mixed, 1000>> },
    { "bump 16", "apr", make<bump<stack, fixed<16>, 1000>> },
    { "bump cold 16", "apr", make<bump<stack, fixed<16>, 1000000>> },
    { "bump cold mixed", "apr", make<bump<stack, mixed, 1000000>> },
    { "nested scopes", "apr", make<nested_scopes<stack>> },
    { "small scope", "apr", make<small_scope<stack>> },
    { "frames", "apr", make<frames<stack>> },
    { "region 1", "apr", make<region<stack, 1>> },
    { "region 10", "apr", make<region<stack, 10>> },
    { "region 100", "apr", make<region<stack, 100>> },
    { "region 1000", "apr", make<region<stack, 1000>> },
    {},
};
