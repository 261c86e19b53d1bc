// SPDX-License-Identifier: MIT
#include "events/story.h"

#include "events/ring.h"
#include "reel/events.h"

static bool covers(const reel_event *event, uintptr_t address)
{
    return address - event->place < event->size;
}

// Did it free the block at an address?
static bool frees(const reel_event *event, uintptr_t address)
{
    switch (REEL_EVENT_KIND_OF(event->what)) {
    case REEL_EVENT_FREE:
    case REEL_EVENT_REWIND:
    case REEL_EVENT_PUT:
        return covers(event, address);
    case REEL_EVENT_RESET: // a rewindable's has no place
        return event->place == 0 || covers(event, address);
    case REEL_EVENT_CLOSE:
    case REEL_EVENT_END:
    case REEL_EVENT_DEFINE:
        return event->place == 0 || covers(event, address);
    default:
        return false;
    }
}

static bool allocates(const reel_event *event, uintptr_t address)
{
    const uintptr_t kind = REEL_EVENT_KIND_OF(event->what);
    return (kind == REEL_EVENT_ALLOC || kind == REEL_EVENT_TAKE
            || kind == REEL_EVENT_RESIZE)
           && covers(event, address);
}

// From the newest event back: first what freed it, unless it is live, then its
// allocation. That of a block whose size was changed lies further back.
bool reel_events_story(const void *object, const void *address,
                       reel_story *story)
{
    const uintptr_t at = (uintptr_t)address;
    reel_event event;
    story->allocated.what = 0;
    story->freed.what = 0;
    for (size_t back = 0; reel_events_look(back, &event); back++) {
        if (object != NULL && event.object != (uintptr_t)object) {
            continue;
        }
        if (allocates(&event, at)) {
            story->allocated = event;
            return true;
        }
        if (story->freed.what == 0 && frees(&event, at)) {
            story->freed = event;
        }
    }
    return false;
}
