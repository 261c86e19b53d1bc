// SPDX-License-Identifier: MIT
#include "consistency.h"

#include "text.h"

// Each frame is in one interval, so they add up to the totals.
static bool is_sum(const struct totals *totals,
                   const struct intervals_totals *intervals)
{
    const struct interval_sums *const kept = &intervals->sums;
    const struct interval_sums *const lost = &intervals->in_lost;
    return totals->frames == kept->frames + lost->frames
           && totals->bytes == kept->bytes + lost->bytes
           && totals->ipv4 == kept->ipv4 + lost->ipv4
           && totals->tcp == kept->tcp + lost->tcp
           && totals->udp == kept->udp + lost->udp;
}

static bool holds(bool fact, const char *complaint)
{
    if (!fact) {
        text_put(complaint);
    }
    return fact;
}

static bool are_intervals(const struct totals *totals,
                          const struct intervals_totals *intervals)
{
    const bool adds_up =
        holds(is_sum(totals, intervals),
              "flow-meter: the intervals do not add up to the totals\n");
    const bool all_stale =
        holds(intervals->stale_refs == intervals->count,
              "flow-meter: a ref to a rewound interval is still good\n");
    return adds_up && all_stale;
}

static bool are_flows(const struct totals *totals, const struct flows *flows)
{
    const struct flows_sums sums = flows_sum(flows);
    const bool adds_up =
        holds(sums.flows == flows->count
                  && sums.frames + flows->dropped == totals->tcp + totals->udp,
              "flow-meter: the flows do not add up to the totals\n");
    const bool all_stale =
        holds(flows->stale_refs == flows->rebuilt,
              "flow-meter: a ref into an old flow table is still good\n");
    const bool all_back =
        holds(generations_pool_stats().used == generation_size(flows->present),
              "flow-meter: an old flow table still has pages\n");
    return adds_up && all_stale && all_back;
}

bool is_consistent(const struct totals *totals, const struct flows *flows,
                   const struct intervals_totals *intervals)
{
    const bool intervals_are = are_intervals(totals, intervals);
    const bool flows_are = are_flows(totals, flows);
    return intervals_are && flows_are;
}
