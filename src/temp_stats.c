// SPDX-License-Identifier: MIT
#include "temp_frontier.h"

size_t reel_temp_committed(const reel_temp *temp)
{
    return committed_of(temp) - temp->stack.base;
}

size_t reel_temp_committed_available(const reel_temp *temp)
{
    const uintptr_t next = next_of(&temp->stack);
    const uintptr_t committed = committed_of(temp);
    return next < committed ? committed - next : 0; // allocated meanwhile
}

size_t reel_temp_peak(const reel_temp *temp)
{
    return max_of(temp->peak, reel_arena_peak(&temp->stack));
}

reel_stats reel_temp_stats(const reel_temp *temp)
{
    reel_stats stats = reel_arena_stats(&temp->stack);
    stats.peak = reel_temp_peak(temp);
    return stats;
}

reel_temp_state reel_temp_locate(const reel_temp *temp, const void *address,
                                 size_t *offset)
{
    // A fault handler may ask about any address: one below the range wraps to a
    // large distance.
    const size_t distance = (uintptr_t)address - temp->stack.base;
    const size_t size = temp->stack.end - temp->stack.base;
    if (temp->pages == NULL // never initialised
        || (distance >= size && distance - size >= temp->pages->page_size)) {
        return REEL_TEMP_ELSEWHERE;
    }
    if (offset != NULL) {
        *offset = distance;
    }
    // One page above the range still counts: that is where an overflow comes
    // first.
    if (distance >= size) {
        return REEL_TEMP_BEYOND;
    }
    if (distance < reel_temp_used(temp)) {
        return REEL_TEMP_LIVE;
    }
    return distance < reel_temp_peak(temp) ? REEL_TEMP_FREED : REEL_TEMP_UNUSED;
}

bool reel_temp_is_committed(const reel_temp *temp, const void *address)
{
    return (uintptr_t)address - temp->stack.base < reel_temp_committed(temp);
}

const char *reel_temp_state_name(reel_temp_state state)
{
    switch (state) {
    case REEL_TEMP_LIVE:
        return "live";
    case REEL_TEMP_FREED:
        return "freed";
    case REEL_TEMP_UNUSED:
        return "never used";
    case REEL_TEMP_BEYOND:
        return "beyond the end";
    case REEL_TEMP_ELSEWHERE:
        break;
    }
    return "elsewhere";
}
