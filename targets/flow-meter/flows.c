// SPDX-License-Identifier: MIT
#include "flows.h"

// Odd, with its bits well spread: 2^32 divided by the golden ratio.
#define SPREAD 0x9e3779b1u

// The endpoints of a packet in the table's order, and what else names a flow.
struct key {
    const struct packet_endpoint *low;
    const struct packet_endpoint *high;
    uint8_t version;
    uint8_t transport;
};

void flows_init(struct flows *flows)
{
    flows->present = &flows->generations[0];
    flows->spare = &flows->generations[1];
    flows->last = reel_ref_make(REEL_NO_HANDLE, NULL);
    flows->grow_at = METER_FLOW_BUCKETS;
    flows->count = 0;
    flows->tcp = 0;
    flows->udp = 0;
    flows->dropped = 0;
    flows->rebuilt = 0;
    flows->refused = 0;
    flows->stale_refs = 0;
    (void)generation_open(flows->present, METER_FLOW_BUCKETS);
}

// ---- keys --------------------------------------------------------------------

// Negative, 0, positive, as `a` is before, the same as, or after `b`.
static int compare(const struct packet_endpoint *a,
                   const struct packet_endpoint *b)
{
    for (unsigned i = 0; i < 4; i++) {
        if (a->address[i] != b->address[i]) {
            return a->address[i] < b->address[i] ? -1 : 1;
        }
    }
    return (int)a->port - (int)b->port;
}

static void set_key(struct key *key, const struct packet *packet)
{
    const bool in_order = compare(&packet->from, &packet->to) <= 0;
    key->low = in_order ? &packet->from : &packet->to;
    key->high = in_order ? &packet->to : &packet->from;
    key->version = packet->version;
    key->transport = (uint8_t)packet->transport;
}

static uint32_t mix(uint32_t hash, uint32_t word)
{
    hash = (hash ^ word) * SPREAD;
    return hash ^ hash >> 15;
}

static uint32_t hash_of(const struct key *key)
{
    const uint32_t ports = (uint32_t)key->low->port << 16 | key->high->port;
    uint32_t hash = mix((uint32_t)key->version << 8 | key->transport, ports);
    const unsigned words = key->version == 4 ? 1 : 4;
    for (unsigned i = 0; i < words; i++) {
        hash = mix(hash, key->low->address[i]);
        hash = mix(hash, key->high->address[i]);
    }
    return hash;
}

static bool is_same(const struct flow *flow, const struct key *key)
{
    return compare(&flow->low, key->low) == 0
           && compare(&flow->high, key->high) == 0
           && flow->version == key->version
           && flow->transport == key->transport;
}

// Packets come in trains: look at the last one's flow first.
static struct flow *find(const struct flows *flows, const struct key *key)
{
    struct flow *flow = generation_get(flows->last);
    if (flow != NULL && is_same(flow, key)) {
        return flow;
    }
    flow = *generation_bucket(flows->present, hash_of(key));
    while (flow != NULL && !is_same(flow, key)) {
        flow = flow->next;
    }
    return flow;
}

// Field by field: the compiler would call memcpy to assign the struct.
static void copy_endpoint(struct packet_endpoint *to,
                          const struct packet_endpoint *from)
{
    for (unsigned i = 0; i < 4; i++) {
        to->address[i] = from->address[i];
    }
    to->port = from->port;
}

// Take room for a flow with this key, which is in no chain. Its other members are
// not set.
static struct flow *take_flow(struct generation *generation,
                              const struct key *key)
{
    struct flow *const flow = generation_take(generation);
    if (flow != NULL) {
        copy_endpoint(&flow->low, key->low);
        copy_endpoint(&flow->high, key->high);
        flow->version = key->version;
        flow->transport = key->transport;
        flow->next = NULL;
    }
    return flow;
}

// ---- rebuilding --------------------------------------------------------------

// At the end of its chain, so that the order stays.
static void append(const struct generation *generation, uint32_t hash,
                   struct flow *flow)
{
    struct flow **end = generation_bucket(generation, hash);
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = flow;
}

static bool copy_flow(struct generation *to, const struct flow *flow)
{
    const struct key key = { &flow->low, &flow->high, flow->version,
                             flow->transport };
    struct flow *const copy = take_flow(to, &key);
    if (copy == NULL) {
        return false;
    }
    copy->bytes = flow->bytes;
    copy->frames = flow->frames;
    copy->serial = flow->serial;
    append(to, hash_of(&key), copy);
    return true;
}

static bool copy_flows(struct generation *to, const struct generation *from)
{
    for (uint32_t i = 0; i < from->buckets; i++) {
        const struct flow *flow = *generation_bucket(from, i);
        for (; flow != NULL; flow = flow->next) {
            if (!copy_flow(to, flow)) {
                return false;
            }
        }
    }
    return true;
}

// What is half built goes as what is old does, in one close.
static bool build(struct generation *next, const struct generation *present)
{
    if (!generation_open(next, present->buckets * 2)) {
        return false;
    }
    if (!copy_flows(next, present)) {
        generation_close(next);
        return false;
    }
    return true;
}

// The last flow is asked for once more when its generation is gone.
static void retire(struct flows *flows, struct generation *old)
{
    const bool was_good = generation_get(flows->last) != NULL;
    generation_close(old);
    flows->stale_refs += was_good && generation_get(flows->last) == NULL;
}

// Where there is no room the old generation stays, and serves until the chains
// are one flow longer; then it is tried again.
static void rebuild(struct flows *flows)
{
    struct generation *const old = flows->present;
    struct generation *const next = flows->spare;
    if (!build(next, old)) {
        flows->refused++;
        flows->grow_at += old->buckets;
        return;
    }
    retire(flows, old);
    flows->present = next;
    flows->spare = old;
    flows->grow_at = next->buckets;
    flows->rebuilt++;
}

// ---- counting ----------------------------------------------------------------

static struct flow *insert(struct flows *flows, const struct key *key)
{
    struct flow *const flow = take_flow(flows->present, key);
    if (flow == NULL) {
        return NULL;
    }
    struct flow **const bucket =
        generation_bucket(flows->present, hash_of(key));
    flow->bytes = 0;
    flow->frames = 0;
    flow->serial = flows->count++;
    flows->tcp += key->transport == PACKET_TCP;
    flows->udp += key->transport == PACKET_UDP;
    flow->next = *bucket;
    *bucket = flow;
    return flow;
}

static struct flow *find_or_insert(struct flows *flows, const struct key *key)
{
    if (flows->present->buckets == 0) {
        return NULL;
    }
    struct flow *const flow = find(flows, key);
    if (flow != NULL) {
        return flow;
    }
    if (flows->count == flows->grow_at) {
        rebuild(flows);
    }
    return insert(flows, key);
}

const struct flow *flows_add(struct flows *flows, const struct packet *packet,
                             uint32_t bytes)
{
    struct key key;
    set_key(&key, packet);
    struct flow *const flow = find_or_insert(flows, &key);
    if (flow == NULL) {
        flows->dropped++;
        return NULL;
    }
    flows->last = generation_ref(flows->present, flow);
    flow->bytes += bytes;
    flow->frames++;
    return flow;
}

// ---- what was found ----------------------------------------------------------

static bool is_larger(const struct flow *a, const struct flow *b)
{
    if (a->bytes != b->bytes) {
        return a->bytes > b->bytes;
    }
    if (a->frames != b->frames) {
        return a->frames > b->frames;
    }
    return a->serial < b->serial;
}

// Insertion into a short sorted list, which then has one place fewer.
static unsigned rank(const struct flow **top, unsigned count, unsigned limit,
                     const struct flow *flow)
{
    if (count == limit) {
        if (!is_larger(flow, top[count - 1])) {
            return count;
        }
        count--;
    }
    unsigned place = count;
    while (place > 0 && is_larger(flow, top[place - 1])) {
        top[place] = top[place - 1];
        place--;
    }
    top[place] = flow;
    return count + 1;
}

unsigned flows_top(const struct flows *flows, const struct flow **top,
                   unsigned limit)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < flows->present->buckets; i++) {
        const struct flow *flow = *generation_bucket(flows->present, i);
        for (; flow != NULL; flow = flow->next) {
            count = rank(top, count, limit, flow);
        }
    }
    return count;
}

struct flows_sums flows_sum(const struct flows *flows)
{
    struct flows_sums sums = { 0, 0 };
    for (uint32_t i = 0; i < flows->present->buckets; i++) {
        const struct flow *flow = *generation_bucket(flows->present, i);
        for (; flow != NULL; flow = flow->next) {
            sums.flows++;
            sums.frames += flow->frames;
        }
    }
    return sums;
}
