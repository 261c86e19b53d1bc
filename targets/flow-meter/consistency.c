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

bool is_consistent(const struct totals *totals,
                   const struct intervals_totals *intervals)
{
    const bool adds_up = is_sum(totals, intervals);
    const bool all_stale = intervals->stale_refs == intervals->count;
    if (!adds_up) {
        text_put("flow-meter: the intervals do not add up to the totals\n");
    }
    if (!all_stale) {
        text_put("flow-meter: a ref to a rewound interval is still good\n");
    }
    return adds_up && all_stale;
}
