// SPDX-License-Identifier: MIT
// The memory of the freestanding tests lies behind the port.

#include "board.h"
#include "rig.h"

static rig_range range;

static size_t whole(void)
{
    const size_t page = range.pages->page_size;
    return page > TEST_MEMORY ? page : TEST_MEMORY;
}

unsigned char *test_memory(size_t size)
{
    EXPECT(size <= TEST_MEMORY);
    if (range.pages == NULL) {
        rig_start(&range);
    }
    const size_t committed = board_committed();
    if (committed < whole()) {
        EXPECT(range.pages->commit(range.pages->context,
                                   (void *)(range.start + committed),
                                   whole() - committed));
    }
    return (unsigned char *)range.start + whole() - size;
}

const reel_pages *test_port(void)
{
    if (range.pages->page_size > 64) {
        return NULL;
    }
    range.pages->decommit(range.pages->context, (void *)range.start,
                          TEST_MEMORY);
    return range.pages;
}
