// SPDX-License-Identifier: MIT
#include "always.h"

static bool refuse(reel_always *always)
{
    always->refusals++;
    return false;
}

// Not where the last commit ended: the start of a range. Of a new one if nothing is
// committed, or of the same one if its temp began anew and forgot what it committed.
__attribute__((__noinline__)) static bool begin(reel_always *always,
                                                uintptr_t start, size_t size)
{
    if (always->committed != 0 && start != always->next - always->committed) {
        return refuse(
            always); // another temp's: it needs an `always` of its own
    }
    always->next = start;
    always->committed = 0;
    return reel_always_commit(always, (void *)start, size);
}

bool reel_always_commit(void *context, void *addr, size_t size)
{
    reel_always *const always = context;
    const uintptr_t start = (uintptr_t)addr;
    if (REEL_UNLIKELY(start != always->next)) {
        return begin(always, start, size);
    }
    const size_t committed = always->committed;
    if (REEL_UNLIKELY(size > always->limit - committed)) {
        return refuse(always);
    }
    always->next = start + size;
    always->committed = committed + size;
    always->commits++;
    return true;
}

void reel_always_decommit(void *context, void *addr, size_t size)
{
    reel_always *const always = context;
    if (size <= always->committed && (uintptr_t)addr == always->next - size) {
        always->next -= size;
        always->committed -= size;
        always->decommits++;
    }
}

reel_status reel_always_init(reel_always *always, size_t page_size,
                             size_t limit)
{
    if (always == NULL || page_size == 0
        || (page_size & (page_size - 1)) != 0) {
        return REEL_INVALID;
    }
    always->limit = limit;
    always->next = 0;
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
