// SPDX-License-Identifier: MIT
#include "intervals.h"

#include "reel/blocks.h"
#include "reel/rewindable.h"

#define BUCKETS 64u

// A flow that has been seen in the present interval: its serial, since the flow
// itself moves when the table is rebuilt.
struct seen {
    struct seen *next; // in its bucket
    uint32_t serial;
};

REEL_BLOCKS_DEFINE(interval_pool, METER_INTERVAL_BLOCK, METER_INTERVAL_BLOCKS);
REEL_REGISTRY_DEFINE(interval_registry, 1);
static reel_rewindable_chunk chunks[METER_INTERVAL_BLOCKS];
static reel_rewindable results;

// What lives in the rewindable is found by refs, and so nothing need be cleared
// when an interval ends: they are all stale.
static reel_ref present; // its result
static reel_ref buckets[BUCKETS];

static bool is_open; // there is a present interval
static struct intervals_totals totals;

// ---- the rewindable ----------------------------------------------------------

// The pool refuses to let a chunk be twice as large as the last one, and then
// gives one as large as the first.
bool intervals_start(void)
{
    static const reel_rewindable_config config = { METER_INTERVAL_BLOCK,
                                                   METER_INTERVAL_BLOCK, 8,
                                                   false };
    return reel_rewindable_init(&results, reel_blocks_allocator(&interval_pool),
                                chunks, METER_INTERVAL_BLOCKS, &config)
               == REEL_OK
           && reel_rewindable_bind(&results, &interval_registry, REEL_NO_HANDLE)
                  == REEL_OK;
}

static void *take(size_t size)
{
    return reel_rewindable_alloc(&results, size, _Alignof(uint64_t));
}

static void *at(reel_ref ref)
{
    return reel_ref_get(&interval_registry, ref);
}

static reel_ref ref_to(void *object)
{
    return reel_ref_make(reel_rewindable_handle(&results), object);
}

// ---- sums --------------------------------------------------------------------

static void clear(struct interval_sums *sums)
{
    sums->frames = 0;
    sums->bytes = 0;
    sums->ipv4 = 0;
    sums->tcp = 0;
    sums->udp = 0;
}

static void add(struct interval_sums *to, const struct interval_sums *sums)
{
    to->frames += sums->frames;
    to->bytes += sums->bytes;
    to->ipv4 += sums->ipv4;
    to->tcp += sums->tcp;
    to->udp += sums->udp;
}

// Of the present interval, or of all lost ones if it is lost.
static struct interval_sums *present_sums(void)
{
    struct interval *const interval = at(present);
    return interval != NULL ? &interval->sums : &totals.in_lost;
}

// ---- intervals come and go ---------------------------------------------------

static void begin(uint32_t start)
{
    struct interval *const interval = take(sizeof *interval);
    present = ref_to(interval);
    is_open = true;
    if (interval == NULL) {
        totals.lost++;
        return;
    }
    clear(&interval->sums);
    interval->start = start;
    interval->flows = 0;
}

static void note_busiest(const struct interval *interval)
{
    clear(&totals.busiest.sums);
    add(&totals.busiest.sums, &interval->sums);
    totals.busiest.start = interval->start;
    totals.busiest.flows = interval->flows;
}

static void fold(const struct interval *interval)
{
    if (totals.count == 0 || interval->sums.bytes > totals.busiest.sums.bytes) {
        note_busiest(interval);
    }
    add(&totals.sums, &interval->sums);
    totals.count++;
}

// The result is asked for once more when it is gone.
static void end(void)
{
    const struct interval *const interval = at(present);
    if (interval != NULL) {
        fold(interval);
    }
    (void)reel_rewindable_rewind(&results);
    totals.stale_refs += interval != NULL && at(present) == NULL;
    is_open = false;
}

void intervals_stop(void)
{
    if (is_open) {
        end();
    }
    (void)reel_rewindable_dispose(&results);
}

// ---- counting ----------------------------------------------------------------

void intervals_count_frame(uint32_t seconds, uint32_t bytes)
{
    static uint32_t present_start;
    const uint32_t start = seconds - seconds % METER_INTERVAL;
    if (is_open && start != present_start) {
        end();
    }
    if (!is_open) {
        begin(start);
        present_start = start;
    }
    struct interval_sums *const sums = present_sums();
    sums->frames++;
    sums->bytes += bytes;
}

static bool is_among(const struct seen *seen, uint32_t serial)
{
    while (seen != NULL && seen->serial != serial) {
        seen = seen->next;
    }
    return seen != NULL;
}

static void note_flow(struct interval *interval, const struct flow *flow)
{
    reel_ref *const bucket = &buckets[flow->serial % BUCKETS];
    struct seen *const first = at(*bucket);
    if (is_among(first, flow->serial)) {
        return;
    }
    struct seen *const seen = take(sizeof *seen);
    if (seen == NULL) {
        totals.lost_flows++;
        return;
    }
    seen->next = first;
    seen->serial = flow->serial;
    *bucket = ref_to(seen);
    interval->flows++;
}

void intervals_count_packet(const struct packet *packet,
                            const struct flow *flow)
{
    struct interval_sums *const sums = present_sums();
    sums->ipv4 += packet->version == 4;
    sums->tcp += packet->transport == PACKET_TCP;
    sums->udp += packet->transport == PACKET_UDP;
    struct interval *const interval = at(present);
    if (interval != NULL && flow != NULL) {
        note_flow(interval, flow);
    }
}

// ---- what was found ----------------------------------------------------------

const struct intervals_totals *intervals_totals(void)
{
    return &totals;
}

reel_stats intervals_stats(void)
{
    return reel_rewindable_stats(&results);
}

reel_stats intervals_pool_stats(void)
{
    return reel_blocks_stats(&interval_pool);
}
