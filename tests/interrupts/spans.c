// SPDX-License-Identifier: MIT
// Spans are opened and closed.

#include "rewindable.h"

static reel_status status; // the main loop's result

static void open_span(void)
{
    status = reel_span_open(&span, &rewindable, argument(ASKED));
}

static void open_null(void)
{
    status = reel_span_open(&span, NULL, SPAN);
}

static void close_span(void)
{
    status = reel_span_close(&span);
}

static void close_null(void)
{
    status = reel_span_close(NULL);
}

// How it begins; how blocks are freed; the size asked for, or the status to come; what
// else there is.
static const test_operation opens[] = {
    { "span open", open_span, { ROOMY, 0, SPAN } },
    { "span open, start bits", open_span, { ROOMY, BEHIND_DATA, SPAN } },
    { "span open, start bits apart", open_span, { ROOMY, BITS_APART, SPAN } },
    { "span open, growth", open_span, { FULL, BEHIND_DATA, SPAN } },
    { "span open, no growth", open_span, { FULL, 0, SPAN, 0, NO_CHUNK } },
    { "span open, no bytes", open_span, { ROOMY, 0, 0 } },
    { "span open, no rewindable", open_null, { ROOMY, 0, 0 } },
    { 0 },
};

static const test_operation retried_open[] = {
    { "span open, start bits", open_span, { ROOMY, BEHIND_DATA, SPAN } },
    { 0 },
};

static const test_operation ended_open[] = {
    { "span open, ended", open_span, { ROOMY, 0, SPAN, 0, ENDED } },
    { 0 },
};

static const test_operation closes[] = {
    { "span close, unused", close_span, { ROOMY, 0, 0, 0, UNUSED } },
    { "span close, used", close_span, { ROOMY, 0, 0, 0, USED } },
    { "span close, blocked", close_span, { ROOMY, 0, 0, 0, BLOCKED } },
    { "span close, free", close_span, { ROOMY, BEHIND_DATA, 0, 0, USED } },
    { "span close, free, blocked",
      close_span,
      { ROOMY, BEHIND_DATA, 0, 0, BLOCKED } },
    { "span close, the hint is above",
      close_span,
      { SPANNED, BEHIND_DATA, 0, 0, UNUSED } },
    { "span close, in the second chunk",
      close_span,
      { FULL, BEHIND_DATA, 0, 0, USED } },
    { "span close, closed",
      close_span,
      { ROOMY, BEHIND_DATA, (size_t)REEL_CLOSED, 0, CLOSED } },
    { "span close, stale",
      close_span,
      { ROOMY, BEHIND_DATA, (size_t)REEL_STALE, 0, STALE } },
    { "span close, none",
      close_null,
      { ROOMY, BEHIND_DATA, (size_t)REEL_INVALID, 0, CLOSED } },
    { 0 },
};

static const test_operation retried_closes[] = {
    { "span close, used", close_span, { ROOMY, 0, 0, 0, USED } },
    { "span close, free", close_span, { ROOMY, BEHIND_DATA, 0, 0, USED } },
    { 0 },
};

static void check_open(void)
{
    if (is_operation(open_null)) {
        REQUIRE(status == REEL_INVALID);
    } else if (status == REEL_OK) {
        pieces_keep(MAIN_LOOP, (void *)span.start, span.end - span.start);
    } else {
        REQUIRE(status == REEL_NO_MEMORY);
        rewindable_check_refusal();
    }
    rewindable_check(0);
}

static void check_ended(void)
{
    REQUIRE(status == REEL_STALE && interrupts_panics == 1);
}

// Without frees a span stays as far as it was used.
static void check_close(void)
{
    const bool stays = argument(FREES) == IN_BULK
                       && (argument(ELSE) == USED || argument(ELSE) == BLOCKED);
    REQUIRE(status == (reel_status)argument(STATUS));
    rewindable_check(stays);
}

const test_family spans_families[] = {
    { opens, rewindable_few_actions, rewindable_prepare, check_open },
    { retried_open, rewindable_frees_first, rewindable_prepare, check_open },
    { ended_open, interrupts_no_action, rewindable_prepare, check_ended },
    { closes, rewindable_few_actions, rewindable_prepare, check_close },
    { retried_closes, rewindable_frees_first, rewindable_prepare, check_close },
    { 0 },
};
