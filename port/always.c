#include "always.h"

bool reel_always_commit(void *context, void *addr, size_t size)
{
    reel_always *const always = context;
    (void)addr;
    if (size > always->limit - always->committed) {
        always->refusals++;
        return false;
    }
    always->committed += size;
    always->commits++;
    return true;
}

void reel_always_decommit(void *context, void *addr, size_t size)
{
    reel_always *const always = context;
    (void)addr;
    always->committed -= size;
    always->decommits++;
}

reel_status reel_always_init(reel_always *always, size_t page_size,
                             size_t limit)
{
    if (always == NULL || page_size == 0
        || (page_size & (page_size - 1)) != 0) {
        return REEL_INVALID;
    }
    always->limit = limit;
    always->committed = 0;
    always->commits = 0;
    always->refusals = 0;
    always->decommits = 0;
    always->pages.page_size = page_size;
    always->pages.context = always;
    always->pages.commit = reel_always_commit;
    always->pages.decommit = reel_always_decommit;
    return REEL_OK;
}
