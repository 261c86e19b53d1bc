// SPDX-License-Identifier: MIT
#include "packet.h"

#include "internet.h"
#include "view.h"

#define ETHERNET_HEADER 14u
#define TAG_SIZE        4u
#define PPPOE_HEADER    6u
#define PPP_HEADER      2u

#define TYPE_IPV4     0x0800u
#define TYPE_IPV6     0x86ddu
#define TYPE_VLAN     0x8100u
#define TYPE_QINQ     0x88a8u
#define TYPE_QINQ_OLD 0x9100u
#define TYPE_PPPOE    0x8864u

#define PPP_IPV4 0x0021u
#define PPP_IPV6 0x0057u

static bool is_tag(unsigned type)
{
    return type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_QINQ_OLD;
}

static void parse_pppoe(struct packet *packet, struct view *view)
{
    const uint8_t *const header = view_take(view, PPPOE_HEADER);
    if (header == NULL) {
        packet->malformed = true;
        return;
    }
    packet->malformed = !view_limit(view, view_half(header + 4));
    const uint8_t *const protocol = view_take(view, PPP_HEADER);
    if (protocol == NULL) {
        packet->malformed = true;
    } else if (view_half(protocol) == PPP_IPV4) {
        internet_parse(packet, view, 4);
    } else if (view_half(protocol) == PPP_IPV6) {
        internet_parse(packet, view, 6);
    }
}

static void parse_ethernet(struct packet *packet, struct view *view)
{
    const uint8_t *header = view_take(view, ETHERNET_HEADER);
    if (header == NULL) {
        packet->malformed = true;
        return;
    }
    unsigned type = view_half(header + ETHERNET_HEADER - 2);
    while (is_tag(type)) {
        header = view_take(view, TAG_SIZE);
        if (header == NULL) {
            packet->malformed = true;
            return;
        }
        type = view_half(header + TAG_SIZE - 2);
    }
    if (type == TYPE_IPV4) {
        internet_parse(packet, view, 4);
    } else if (type == TYPE_IPV6) {
        internet_parse(packet, view, 6);
    } else if (type == TYPE_PPPOE) {
        parse_pppoe(packet, view);
    }
}

static void clear_endpoint(struct packet_endpoint *endpoint)
{
    for (unsigned i = 0; i < 4; i++) {
        endpoint->address[i] = 0;
    }
    endpoint->port = 0;
}

void packet_parse(struct packet *packet, const struct packet_frame *frame)
{
    struct view view;
    view.at = frame->bytes;
    view.left = frame->captured;
    view.wire =
        frame->original > frame->captured ? frame->original : frame->captured;
    clear_endpoint(&packet->from);
    clear_endpoint(&packet->to);
    packet->transport = PACKET_OTHER;
    packet->version = 0;
    packet->malformed = false;
    if (frame->is_ethernet) {
        parse_ethernet(packet, &view);
    } else {
        internet_parse(packet, &view, 0);
    }
}
