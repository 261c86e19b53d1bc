// SPDX-License-Identifier: MIT
#include "check.h"

const char *reel_status_name(reel_status status)
{
    // No default: so the compiler reports a status without a name.
    switch (status) {
    case REEL_OK:
        return "REEL_OK";
    case REEL_PORT_FAILED:
        return "REEL_PORT_FAILED";
    case REEL_CLOSED:
        return "REEL_CLOSED";
    case REEL_NO_MEMORY:
        return "REEL_NO_MEMORY";
    case REEL_FOREIGN:
        return "REEL_FOREIGN";
    case REEL_BUSY:
        return "REEL_BUSY";
    case REEL_INVALID:
        return "REEL_INVALID";
    case REEL_FULL:
        return "REEL_FULL";
    case REEL_UNSUPPORTED:
        return "REEL_UNSUPPORTED";
    case REEL_DOUBLE_FREE:
        return "REEL_DOUBLE_FREE";
    case REEL_STALE:
        return "REEL_STALE";
    }
    return "unknown";
}
