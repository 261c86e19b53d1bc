#include "flows.h"

// Of the arena, one part in so many goes to the buckets. An entry takes about
// 80 bytes and a bucket 4, so that chains stay short until the arena is full.
#define BUCKET_PART 16u

// Odd, with its bits well spread: 2^32 divided by the golden ratio.
#define SPREAD 0x9e3779b1u

// The endpoints of a packet in the table's order, and what else names a flow.
struct key {
    const struct packet_endpoint *low;
    const struct packet_endpoint *high;
    uint8_t version;
    uint8_t transport;
};

// The table's memory comes from here and from nowhere else.
static void *take(struct flows *flows, size_t size)
{
    return reel_arena_alloc(flows->arena, size, 0);
}

static uint32_t bucket_count(size_t room)
{
    uint32_t count = 1;
    while (count < UINT32_MAX / 2
           && count <= room / BUCKET_PART / sizeof(struct flow *) / 2) {
        count *= 2;
    }
    return count;
}

void flows_init(struct flows *flows, reel_arena *arena)
{
    const uint32_t count = bucket_count(reel_arena_left(arena));
    flows->arena = arena;
    flows->buckets = take(flows, reel_array_size(count, sizeof(struct flow *)));
    flows->mask = count - 1;
    flows->count = 0;
    flows->tcp = 0;
    flows->udp = 0;
    flows->dropped = 0;
    for (uint32_t i = 0; flows->buckets != NULL && i < count; i++) {
        flows->buckets[i] = NULL;
    }
}

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

static struct flow *find(struct flow *flow, const struct key *key)
{
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

static struct flow *insert(struct flows *flows, struct flow **bucket,
                           const struct key *key)
{
    struct flow *const flow = take(flows, sizeof *flow);
    if (flow == NULL) {
        return NULL;
    }
    copy_endpoint(&flow->low, key->low);
    copy_endpoint(&flow->high, key->high);
    flow->bytes = 0;
    flow->frames = 0;
    flow->version = key->version;
    flow->transport = key->transport;
    flow->serial = flows->count++;
    flows->tcp += key->transport == PACKET_TCP;
    flows->udp += key->transport == PACKET_UDP;
    flow->next = *bucket;
    *bucket = flow;
    return flow;
}

const struct flow *flows_add(struct flows *flows, const struct packet *packet,
                             uint32_t bytes)
{
    if (flows->buckets == NULL) {
        flows->dropped++;
        return NULL;
    }
    struct key key;
    set_key(&key, packet);
    struct flow **const bucket = &flows->buckets[hash_of(&key) & flows->mask];
    struct flow *flow = find(*bucket, &key);
    if (flow == NULL) {
        flow = insert(flows, bucket, &key);
    }
    if (flow == NULL) {
        flows->dropped++;
        return NULL;
    }
    flow->bytes += bytes;
    flow->frames++;
    return flow;
}

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
    for (uint32_t i = 0; flows->buckets != NULL && i <= flows->mask; i++) {
        const struct flow *flow = flows->buckets[i];
        for (; flow != NULL; flow = flow->next) {
            count = rank(top, count, limit, flow);
        }
    }
    return count;
}
