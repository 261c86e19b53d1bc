// SPDX-License-Identifier: MIT
#include "internet.h"

#define IPV4_HEADER    20u
#define IPV6_HEADER    40u
#define EXTENSION_UNIT 8u
#define TCP_HEADER     20u
#define UDP_HEADER     8u

#define PROTOCOL_HOP_BY_HOP  0u
#define PROTOCOL_TCP         6u
#define PROTOCOL_UDP         17u
#define PROTOCOL_ROUTING     43u
#define PROTOCOL_FRAGMENT    44u
#define PROTOCOL_AH          51u
#define PROTOCOL_DESTINATION 60u

// Of the word that holds an IPv4 fragment's place: below it are three flags.
#define FRAGMENT_OFFSET 0x1fffu
#define FRAGMENT_MORE   0x2000u

static void set_ports(struct packet *packet, const uint8_t *header)
{
    packet->from.port = (uint16_t)view_half(header);
    packet->to.port = (uint16_t)view_half(header + 2);
}

static void parse_tcp(struct packet *packet, struct view *view)
{
    const size_t left = view->left;
    const uint8_t *const header = view_take(view, TCP_HEADER);
    if (header == NULL) {
        packet->malformed = true;
        return;
    }
    const size_t size = (size_t)(header[12] >> 4) * 4;
    packet->transport = PACKET_TCP;
    packet->malformed |= size < TCP_HEADER || size > left;
    set_ports(packet, header);
}

static void parse_udp(struct packet *packet, struct view *view, bool whole)
{
    const size_t wire = view->wire;
    const uint8_t *const header = view_take(view, UDP_HEADER);
    if (header == NULL) {
        packet->malformed = true;
        return;
    }
    const size_t size = view_half(header + 4);
    packet->transport = PACKET_UDP;
    packet->malformed |= size < UDP_HEADER || (whole && size > wire);
    set_ports(packet, header);
}

static void parse_transport(struct packet *packet, struct view *view,
                            unsigned protocol, bool whole)
{
    if (protocol == PROTOCOL_TCP) {
        parse_tcp(packet, view);
    } else if (protocol == PROTOCOL_UDP) {
        parse_udp(packet, view, whole);
    }
}

// The rest of an extension header whose first 8 bytes have been taken.
static bool take_extension_rest(struct view *view, unsigned protocol,
                                unsigned length)
{
    if (protocol == PROTOCOL_FRAGMENT) {
        return true;
    }
    // AH counts words, the others units of 8 bytes; neither counts the first 8.
    const size_t unit = protocol == PROTOCOL_AH ? 4 : EXTENSION_UNIT;
    return view_take(view, length * unit) != NULL;
}

static bool is_extension(unsigned protocol)
{
    return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_ROUTING
           || protocol == PROTOCOL_FRAGMENT || protocol == PROTOCOL_AH
           || protocol == PROTOCOL_DESTINATION;
}

// Each turn takes 8 bytes or more, so a chain ends with the frame.
static void parse_extensions(struct packet *packet, struct view *view,
                             unsigned protocol)
{
    bool whole = true;
    while (is_extension(protocol)) {
        const uint8_t *const header = view_take(view, EXTENSION_UNIT);
        if (header == NULL || !take_extension_rest(view, protocol, header[1])) {
            packet->malformed = true;
            return;
        }
        if (protocol == PROTOCOL_FRAGMENT) {
            const unsigned place = view_half(header + 2);
            if (place >> 3 != 0) {
                return;
            }
            whole = (place & 1) == 0;
        }
        protocol = header[0];
    }
    parse_transport(packet, view, protocol, whole);
}

static void parse_ipv6(struct packet *packet, struct view *view)
{
    packet->version = 6;
    const uint8_t *const header = view_take(view, IPV6_HEADER);
    if (header == NULL) {
        packet->malformed = true;
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        packet->from.address[i] = view_word(header + 8 + 4 * i);
        packet->to.address[i] = view_word(header + 24 + 4 * i);
    }
    const size_t size = view_half(header + 4);
    if (size != 0) { // 0: a jumbogram, or not yet cut by the network card
        packet->malformed |= !view_limit(view, size);
    }
    parse_extensions(packet, view, header[6]);
}

// What follows the IPv4 header. AH is the one extension that IPv4 has.
static void parse_ipv4_payload(struct packet *packet, struct view *view,
                               const uint8_t *header)
{
    const unsigned fragment = view_half(header + 6);
    if ((fragment & FRAGMENT_OFFSET) != 0) {
        return;
    }
    if (header[9] == PROTOCOL_AH) {
        parse_extensions(packet, view, header[9]);
    } else {
        parse_transport(packet, view, header[9],
                        (fragment & FRAGMENT_MORE) == 0);
    }
}

static void parse_ipv4(struct packet *packet, struct view *view)
{
    packet->version = 4;
    const uint8_t *const header = view_take(view, IPV4_HEADER);
    if (header == NULL) {
        packet->malformed = true;
        return;
    }
    packet->from.address[0] = view_word(header + 12);
    packet->to.address[0] = view_word(header + 16);
    const size_t header_size = (size_t)(header[0] & 15) * 4;
    const size_t size = view_half(header + 2);
    if (header_size < IPV4_HEADER || (size != 0 && size < header_size)
        || view_take(view, header_size - IPV4_HEADER) == NULL) {
        packet->malformed = true;
        return;
    }
    if (size != 0) { // 0: not yet cut to size by the network card
        packet->malformed |= !view_limit(view, size - header_size);
    }
    parse_ipv4_payload(packet, view, header);
}

// The version in the header decides, but what is announced as IPv6 is no IPv4.
void internet_parse(struct packet *packet, struct view *view,
                    unsigned announced)
{
    const unsigned version = view->left == 0 ? 0 : view->at[0] >> 4;
    if (version == 4 && announced != 6) {
        parse_ipv4(packet, view);
    } else if (version == 6) {
        parse_ipv6(packet, view);
        packet->malformed |= announced == 4;
    } else {
        packet->malformed = true;
    }
}
