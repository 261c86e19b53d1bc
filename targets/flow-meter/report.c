// SPDX-License-Identifier: MIT
#include "report.h"

#include "text.h"

#define TOP_FLOWS 10u

// Widths of columns.
#define RANK_WIDTH   4u
#define PROTO_WIDTH  7u
#define IPV4_WIDTH   21u
#define IPV6_WIDTH   47u
#define COUNT_WIDTH  8u
#define BYTES_WIDTH  13u
#define NAME_WIDTH   19u
#define MEMORY_WIDTH 11u
#define LARGE_WIDTH  17u

static const char *transport_name(unsigned transport)
{
    return transport == PACKET_TCP   ? "tcp"
           : transport == PACKET_UDP ? "udp"
                                     : "-";
}

static void put_value(const char *name, uint64_t value)
{
    text_put(name);
    text_number(value);
}

static void put_endpoints(const struct packet *packet)
{
    if (packet->transport == PACKET_OTHER) {
        text_put(" - -");
        return;
    }
    char name[TEXT_ENDPOINT_SIZE];
    text_endpoint(name, packet->version, &packet->from);
    text_put(" ");
    text_put(name);
    text_endpoint(name, packet->version, &packet->to);
    text_put(" ");
    text_put(name);
}

void report_frame(uint64_t number, const struct packet *packet)
{
    put_value("frame ", number);
    text_put(packet->version == 4   ? " ipv4 "
             : packet->version == 6 ? " ipv6 "
                                    : " - ");
    text_put(transport_name(packet->transport));
    put_endpoints(packet);
    text_put(packet->malformed ? " malformed\n" : " -\n");
}

void report_totals(const struct totals *totals, const struct flows *flows)
{
    put_value("totals frames=", totals->frames);
    put_value(" bytes=", totals->bytes);
    put_value(" ipv4=", totals->ipv4);
    put_value(" tcp=", totals->tcp);
    put_value(" udp=", totals->udp);
    put_value(" malformed=", totals->malformed);
    put_value(" tcp_flows=", flows->tcp);
    put_value(" udp_flows=", flows->udp);
    text_put("\n");
    if (totals->dropped != 0 || flows->dropped != 0) {
        put_value("dropped_frames=", totals->dropped);
        put_value(" dropped_flows=", flows->dropped);
        text_put("\n");
    }
}

void report_generations(const struct flows *flows)
{
    put_value("generations=", flows->rebuilt);
    put_value(" buckets=", flows->present->buckets);
    put_value(" stale_refs=", flows->stale_refs);
    text_put("\n");
    if (flows->refused != 0) {
        put_value("refused_rebuilds=", flows->refused);
        text_put("\n");
    }
}

void report_intervals(const struct intervals_totals *intervals)
{
    put_value("intervals=", intervals->count);
    put_value(" busiest=", intervals->busiest.start);
    put_value(" frames=", intervals->busiest.sums.frames);
    put_value(" bytes=", intervals->busiest.sums.bytes);
    put_value(" flows=", intervals->busiest.flows);
    put_value(" stale_refs=", intervals->stale_refs);
    text_put("\n");
    if (intervals->lost != 0 || intervals->lost_flows != 0) {
        put_value("lost_intervals=", intervals->lost);
        put_value(" lost_frames=", intervals->in_lost.frames);
        put_value(" lost_flows=", intervals->lost_flows);
        text_put("\n");
    }
}

static void put_endpoint(uint8_t version,
                         const struct packet_endpoint *endpoint, unsigned width)
{
    char name[TEXT_ENDPOINT_SIZE];
    text_endpoint(name, version, endpoint);
    text_left(name, width);
    text_put("  ");
}

static void put_flow(unsigned rank, const struct flow *flow, unsigned width)
{
    text_number_right(rank, RANK_WIDTH);
    text_put("  ");
    text_left(transport_name(flow->transport), PROTO_WIDTH);
    put_endpoint(flow->version, &flow->low, width);
    put_endpoint(flow->version, &flow->high, width);
    text_number_right(flow->frames, COUNT_WIDTH);
    text_number_right(flow->bytes, BYTES_WIDTH);
    text_put("\n");
}

// IPv6 takes wide columns; a table without it need not have them.
static unsigned endpoint_width(const struct flow *const *top, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (top[i]->version == 6) {
            return IPV6_WIDTH;
        }
    }
    return IPV4_WIDTH;
}

void report_top(const struct flows *flows)
{
    const struct flow *top[TOP_FLOWS];
    const unsigned count = flows_top(flows, top, TOP_FLOWS);
    const unsigned width = endpoint_width(top, count);
    text_put("rank  proto  ");
    text_left("endpoint a", width + 2);
    text_left("endpoint b", width + 2);
    text_put("  frames        bytes\n");
    for (unsigned i = 0; i < count; i++) {
        put_flow(i + 1, top[i], width);
    }
}

void report_memory_heading(void)
{
    text_put("allocator                 size       used       peak   failures"
             "  largest refused\n");
}

void report_memory(const char *name, size_t size, reel_stats stats)
{
    text_left(name, NAME_WIDTH);
    text_number_right(size, MEMORY_WIDTH);
    text_number_right(stats.used, MEMORY_WIDTH);
    text_number_right(stats.peak, MEMORY_WIDTH);
    text_number_right(stats.failures, MEMORY_WIDTH);
    text_number_right(stats.largest_refused, LARGE_WIDTH);
    text_put("\n");
}

void report_timer(const struct timer_totals *timer)
{
    put_value("timer ticks=", timer->ticks);
    put_value(" took=", timer->took);
    put_value(" gave=", timer->gave);
    put_value(" lost=", timer->lost);
    put_value(" sampled_frames=", timer->frames);
    text_put("\n");
}
