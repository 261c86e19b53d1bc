// SPDX-License-Identifier: MIT
#include "generation.h"

#include "flows.h"
#include "reel/arena.h"
#include "reel/pool.h"

// Buckets of a piece, and pieces that a page can list. Nothing is larger than a
// page: the arena could not take it back.
#define PIECE      (METER_FLOW_PAGE / sizeof(struct flow *))
#define PIECES_MAX (METER_FLOW_PAGE / sizeof(struct flow **))

#define CHUNK_SIZE (METER_FLOW_PAGE * METER_FLOW_PAGES)
#define CHUNKS     ((METER_FLOW_BYTES + CHUNK_SIZE - 1) / CHUNK_SIZE)

// The largest number of buckets, doubled, must not overflow.
_Static_assert(METER_FLOW_PAGE <= 65536, "pages are short");
_Static_assert(METER_FLOW_PAGE >= sizeof(struct flow), "a flow fits a page");

// Two generations exist while one takes over from the other.
REEL_ARENA_DEFINE(flow_arena, METER_FLOW_BYTES);
REEL_REGISTRY_DEFINE(flow_registry, 2);
static reel_pool_chunk chunks[CHUNKS];
static reel_pool flow_pool;

bool generations_start(void)
{
    return reel_pool_init(&flow_pool, reel_arena_allocator(&flow_arena), chunks,
                          CHUNKS, METER_FLOW_PAGE, CHUNK_SIZE)
           == REEL_OK;
}

// ---- buckets -----------------------------------------------------------------

static struct flow **take_piece(reel_region *region, size_t length)
{
    struct flow **const piece = reel_region_alloc(
        region, length * sizeof(struct flow *), _Alignof(struct flow *));
    for (size_t i = 0; piece != NULL && i < length; i++) {
        piece[i] = NULL;
    }
    return piece;
}

static bool take_buckets(struct generation *generation, uint32_t buckets)
{
    reel_region *const region = &generation->region;
    const size_t count = (buckets + PIECE - 1) / PIECE;
    if (count > PIECES_MAX) {
        return false;
    }
    struct flow ***const pieces = reel_region_alloc(
        region, count * sizeof(struct flow **), _Alignof(struct flow **));
    for (size_t i = 0; pieces != NULL && i < count; i++) {
        pieces[i] = take_piece(region, buckets < PIECE ? buckets : PIECE);
        if (pieces[i] == NULL) {
            return false;
        }
    }
    generation->pieces = pieces;
    return pieces != NULL;
}

struct flow **generation_bucket(const struct generation *generation,
                                uint32_t hash)
{
    const uint32_t i = hash & (generation->buckets - 1);
    return &generation->pieces[i / PIECE][i % PIECE];
}

// ---- generations come and go -------------------------------------------------

bool generation_open(struct generation *generation, uint32_t buckets)
{
    generation->buckets = 0;
    if (reel_region_open(&generation->region, &flow_pool) != REEL_OK) {
        return false;
    }
    if (reel_region_bind(&generation->region, &flow_registry, REEL_NO_HANDLE)
            != REEL_OK
        || !take_buckets(generation, buckets)) {
        generation_close(generation);
        return false;
    }
    generation->buckets = buckets;
    return true;
}

void generation_close(struct generation *generation)
{
    (void)reel_region_close(&generation->region);
    generation->pieces = NULL;
    generation->buckets = 0;
}

// ---- flows -------------------------------------------------------------------

struct flow *generation_take(struct generation *generation)
{
    return reel_region_alloc(&generation->region, sizeof(struct flow),
                             _Alignof(struct flow));
}

reel_ref generation_ref(const struct generation *generation, struct flow *flow)
{
    return reel_ref_make(reel_region_handle(&generation->region), flow);
}

struct flow *generation_get(reel_ref ref)
{
    return reel_ref_get(&flow_registry, ref);
}

// ---- what was used -----------------------------------------------------------

size_t generation_size(const struct generation *generation)
{
    return generation->region.pages * METER_FLOW_PAGE;
}

size_t generations_pool_size(void)
{
    return reel_pool_pages(&flow_pool) * METER_FLOW_PAGE;
}

reel_stats generations_pool_stats(void)
{
    return reel_pool_stats(&flow_pool);
}

reel_stats generations_arena_stats(void)
{
    return reel_arena_stats(&flow_arena);
}
