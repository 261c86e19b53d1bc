// SPDX-License-Identifier: MIT
// Takes one frame apart, in memory: what the outermost IP header says and the
// transport behind it. No state, no allocation.

#ifndef PACKET_H
#define PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum packet_transport {
    PACKET_OTHER,
    PACKET_TCP,
    PACKET_UDP,
};

// An IPv4 address is in the first word, the others 0. Host byte order.
struct packet_endpoint {
    uint32_t address[4];
    uint16_t port;
};

struct packet {
    struct packet_endpoint from; // meant only for TCP and UDP
    struct packet_endpoint to;
    enum packet_transport transport;
    uint8_t version; // of the outermost IP header: 4, 6, or 0 if there is none
    bool malformed;  // a header is cut off or contradicts itself
};

// What the capture says about a frame.
struct packet_frame {
    const uint8_t *bytes;
    size_t captured; // bytes that are there
    size_t original; // bytes that there were on the wire
    bool is_ethernet;
};

// Parse a frame. TCP and UDP are reported for a whole packet or its first
// fragment, if the fixed part of their header (20 and 8 bytes) is there.
void packet_parse(struct packet *packet, const struct packet_frame *frame);

#endif
