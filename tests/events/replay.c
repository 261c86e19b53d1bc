// SPDX-License-Identifier: MIT
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "reel/events.h"

// Memory that came to an object: a chunk of a rewindable, a page of a region.
typedef struct part {
    uintptr_t base;
    uintptr_t stop;
    uintptr_t next; // as high as blocks lie
    size_t live;    // blocks
} part;

typedef enum state { LIVE, CACHED } state;

typedef struct block {
    uintptr_t place;
    uintptr_t size;
    state state;
} block;

typedef struct object {
    uintptr_t address;
    unsigned module;
    uintptr_t base, next, floor; // of a stack
    part parts[64];
    size_t part_count;
    part *newest; // of a region
    block blocks[1024];
    size_t block_count;
    bool frees_blocks; // of a rewindable
} object;

static object *objects[64];
static size_t object_count;
static size_t counts[32];
static const char *blame;

static bool fits(bool fact, const char *why)
{
    if (!fact && blame == NULL) {
        blame = why;
    }
    return fact;
}

// ---- objects ---------------------------------------------------------------------

static object *find(uintptr_t address)
{
    for (size_t i = 0; i < object_count; i++) {
        if (objects[i]->address == address) {
            return objects[i];
        }
    }
    return NULL;
}

static void forget_blocks(object *o)
{
    o->block_count = 0;
    for (size_t i = 0; i < o->part_count; i++) {
        o->parts[i].next = o->parts[i].base;
        o->parts[i].live = 0;
    }
}

static object *begin(const reel_event *event)
{
    object *o = find(event->object);
    if (o == NULL) {
        o = calloc(1, sizeof *o);
        objects[object_count++] = o;
    }
    o->address = event->object;
    o->module = (unsigned)REEL_EVENT_MODULE_OF(event->what);
    o->base = o->next = o->floor = event->place;
    o->part_count = 0;
    o->newest = NULL;
    o->block_count = 0;
    o->frees_blocks = event->size != 0;
    return o;
}

static bool is_stack(const object *o)
{
    return o->module == REEL_EVENT_OF_ARENA || o->module == REEL_EVENT_OF_TEMP;
}

// ---- parts -----------------------------------------------------------------------

static part *part_of(object *o, uintptr_t place)
{
    for (size_t i = 0; i < o->part_count; i++) {
        if (place >= o->parts[i].base && place < o->parts[i].stop) {
            return &o->parts[i];
        }
    }
    return NULL;
}

static bool commit(object *o, const reel_event *event)
{
    if (o->module == REEL_EVENT_OF_TEMP) {
        return true; // pages, which blocks need not fill
    }
    const part new_part = { event->place, event->place + event->size,
                            event->place, 0 };
    if (!fits(part_of(o, event->place) == NULL && o->part_count < 64,
              "memory came twice")) {
        return false;
    }
    o->parts[o->part_count++] = new_part;
    if (o->newest == NULL) {
        o->newest = &o->parts[o->part_count - 1];
    }
    return true;
}

static bool decommit(object *o, const reel_event *event)
{
    if (o->module == REEL_EVENT_OF_TEMP) {
        return true;
    }
    part *const p = part_of(o, event->place);
    if (!fits(p != NULL && p->base == event->place, "memory went twice")) {
        return false;
    }
    *p = o->parts[--o->part_count];
    return true;
}

// ---- blocks ----------------------------------------------------------------------

static block *find_block(object *o, uintptr_t place)
{
    for (size_t i = 0; i < o->block_count; i++) {
        if (o->blocks[i].place == place) {
            return &o->blocks[i];
        }
    }
    return NULL;
}

static bool overlaps(const object *o, uintptr_t place, uintptr_t size)
{
    for (size_t i = 0; i < o->block_count; i++) {
        const block *const b = &o->blocks[i];
        if (place < b->place + b->size && b->place < place + size) {
            return true;
        }
    }
    return false;
}

static void raise(object *o, uintptr_t place, uintptr_t size)
{
    part *const p = part_of(o, place);
    if (is_stack(o)) {
        o->next = place + size;
    }
    if (p == NULL) {
        return;
    }
    if (o->module != REEL_EVENT_OF_REGION || p == o->newest) {
        p->next = place + size;
    } else if (p->stop - place - size >= o->newest->stop - o->newest->next) {
        o->newest = p; // the page with more room
        p->next = place + size;
    }
    p->live++;
}

static bool allocate(object *o, const reel_event *event, state s)
{
    const block new_block = { event->place, event->size, s };
    if (!fits(!overlaps(o, event->place, event->size),
              "a block overlaps a live one")
        || !fits(o->block_count < 1024, "too many blocks")) {
        return false;
    }
    o->blocks[o->block_count++] = new_block;
    raise(o, event->place, event->size);
    return true;
}

static void drop(object *o, block *b)
{
    *b = o->blocks[--o->block_count];
}

// Only its last block gives an arena anything back; in a rewindable that frees blocks
// the last one of a chunk empties it.
static bool release(object *o, const reel_event *event)
{
    block *const b = find_block(o, event->place);
    part *const p = part_of(o, event->place);
    if (!fits(b != NULL, "no such block is freed")) {
        return false;
    }
    if (is_stack(o) && event->place + event->size == o->next
        && event->place >= o->floor) {
        o->next = event->place;
    }
    if (p != NULL && --p->live == 0 && o->module == REEL_EVENT_OF_REWINDABLE
        && o->frees_blocks) {
        p->next = p->base;
    }
    drop(o, b);
    return true;
}

static bool resize(object *o, const reel_event *event)
{
    block *const b = find_block(o, event->place);
    part *const p = part_of(o, event->place);
    if (!fits(b != NULL, "no such block changes its size")) {
        return false;
    }
    const uintptr_t stop = b->place + b->size;
    if (is_stack(o) && stop == o->next && event->place >= o->floor) {
        o->next = event->place + event->size;
    }
    const bool stays = // a rewindable keeps what a block does not need
        o->module == REEL_EVENT_OF_REWINDABLE && event->size < b->size;
    if (p != NULL && stop == p->next && !stays
        && (o->module != REEL_EVENT_OF_REGION || p == o->newest)) {
        p->next = event->place + event->size;
    }
    b->size = event->size;
    return true;
}

static bool set_state(object *o, const reel_event *event, state from, state to)
{
    block *const b = find_block(o, event->place);
    if (!fits(b != NULL && b->state == from, "the cache has no such block")) {
        return false;
    }
    b->state = to;
    return true;
}

static bool rewind(object *o, uintptr_t position)
{
    part *const p = part_of(o, position);
    if (p != NULL) { // a span gives back the end of its chunk
        p->next = position;
        return true;
    }
    size_t kept = 0;
    for (size_t i = 0; i < o->block_count; i++) {
        if (o->blocks[i].place < position) {
            o->blocks[kept++] = o->blocks[i];
        }
    }
    o->block_count = kept;
    o->next = o->floor = position;
    return true;
}

// ---- events ----------------------------------------------------------------------

static bool end_of_blocks(object *o, unsigned kind)
{
    forget_blocks(o);
    o->next = o->floor = o->base;
    if (kind != REEL_EVENT_RESET && o->module != REEL_EVENT_OF_SPAN) {
        o->part_count = 0;
        o->newest = NULL;
    }
    return true;
}

void replay_start(void)
{
    for (size_t i = 0; i < object_count; i++) {
        free(objects[i]);
    }
    object_count = 0;
    memset(counts, 0, sizeof counts);
    blame = NULL;
}

bool replay(const reel_event *event)
{
    const unsigned kind = (unsigned)REEL_EVENT_KIND_OF(event->what);
    counts[kind % 32]++;
    if (kind == REEL_EVENT_DEFINE || kind == REEL_EVENT_OPEN) {
        (void)begin(event);
        return true;
    }
    object *const o = find(event->object);
    if (!fits(o != NULL, "no such object")
        || !fits(o->module == REEL_EVENT_MODULE_OF(event->what),
                 "the object is of another module")) {
        return false;
    }
    switch (kind) {
    case REEL_EVENT_ALLOC:
        return allocate(o, event, LIVE);
    case REEL_EVENT_FILL:
        return allocate(o, event, CACHED);
    case REEL_EVENT_TAKE:
        return set_state(o, event, CACHED, LIVE);
    case REEL_EVENT_PUT:
        return set_state(o, event, LIVE, CACHED);
    case REEL_EVENT_FREE:
        return release(o, event);
    case REEL_EVENT_RESIZE:
        return resize(o, event);
    case REEL_EVENT_MARK:
        o->floor = event->place;
        return fits(event->place == o->next, "the mark is not at the end");
    case REEL_EVENT_REWIND:
        return fits(!is_stack(o) || o->next - event->place == event->size,
                    "the rewind frees another number of bytes")
               && rewind(o, event->place);
    case REEL_EVENT_COMMIT:
        return commit(o, event);
    case REEL_EVENT_DECOMMIT:
        return decommit(o, event);
    case REEL_EVENT_RESET:
    case REEL_EVENT_CLOSE:
    case REEL_EVENT_END:
        return end_of_blocks(o, kind);
    case REEL_EVENT_REFUSE:
        return true;
    default:
        return fits(false, "the kind is unknown");
    }
}

const char *replay_blame(void)
{
    return blame;
}

static size_t sum_of_blocks(const object *o)
{
    size_t sum = 0;
    for (size_t i = 0; i < o->block_count; i++) {
        sum += o->blocks[i].size;
    }
    return sum;
}

// Whole pages but for the room in the newest one, and what lies elsewhere.
static size_t used_by_region(object *o)
{
    size_t used = 0;
    for (size_t i = 0; i < o->part_count; i++) {
        used += o->parts[i].stop - o->parts[i].base;
    }
    for (size_t i = 0; i < o->block_count; i++) {
        used += part_of(o, o->blocks[i].place) == NULL ? o->blocks[i].size : 0;
    }
    return o->newest != NULL ? used - (o->newest->stop - o->newest->next)
                             : used;
}

size_t replay_used(const void *address)
{
    object *const o = find((uintptr_t)address);
    if (o == NULL) {
        return 0;
    }
    if (is_stack(o)) {
        return o->next - o->base;
    }
    if (o->module == REEL_EVENT_OF_REGION) {
        return used_by_region(o);
    }
    if (o->module != REEL_EVENT_OF_REWINDABLE) {
        return sum_of_blocks(o);
    }
    size_t used = 0;
    for (size_t i = 0; i < o->part_count; i++) {
        used += o->parts[i].next - o->parts[i].base;
    }
    return used;
}

bool replay_is_live(const void *address, const void *place)
{
    object *const o = find((uintptr_t)address);
    const block *const b = o != NULL ? find_block(o, (uintptr_t)place) : NULL;
    return b != NULL && b->state == LIVE;
}

size_t replay_live(const void *address)
{
    const object *const o = find((uintptr_t)address);
    size_t live = 0;
    for (size_t i = 0; o != NULL && i < o->block_count; i++) {
        live += o->blocks[i].state == LIVE;
    }
    return live;
}

size_t replay_count(unsigned kind)
{
    return counts[kind % 32];
}
