// SPDX-License-Identifier: MIT
// pcapng: blocks of a type, their length, a body, and their length again. A section
// says the byte order and forgets the interfaces. An interface says the link type and
// the unit of time of its frames. What else there is, is passed over.
//
//                     0           4           8           12        16
//   section           byte order  version     length of the section
//   interface         link type   longest     options
//   enhanced packet   interface   time, high  time, low   captured  original
//   packet (old)      interface   time, high  time, low   captured  original
//   simple packet     original
//
// Frames follow the words of their block. Bodies are padded to words.

#include "pcapng.h"

#include "platform.h"

#define INTERFACE       1u
#define OLD_PACKET      2u
#define SIMPLE_PACKET   3u
#define ENHANCED_PACKET 6u

#define BYTE_ORDER    0x1a2b3c4du
#define VERSION_MAJOR 1u
#define BLOCK_HEADER  8u // type and length
#define BLOCK_TRAILER 4u // the length again

// Options of an interface.
#define OPTION_END    0u
#define OPTION_UNITS  9u
#define OPTION_OFFSET 14u

static uint32_t word(const struct capture *capture, const uint8_t *at)
{
    return capture_word(capture->big_endian, at);
}

static uint32_t half(const struct capture *capture, const uint8_t *at)
{
    return capture->big_endian ? (uint32_t)at[0] << 8 | at[1]
                               : (uint32_t)at[1] << 8 | at[0];
}

// ---- blocks ------------------------------------------------------------------

// The bytes of the body that are still to come.
static uint32_t body_left(const struct capture *capture)
{
    return capture->left - BLOCK_TRAILER;
}

static enum capture_result begin_block(struct capture *capture,
                                       const uint8_t *header, uint32_t read)
{
    capture->block = word(capture, header + 4);
    if (capture->block % 4 != 0 || capture->block < read + BLOCK_TRAILER) {
        return CAPTURE_BLOCK;
    }
    capture->left = capture->block - read;
    return CAPTURE_OK;
}

// The next `size` bytes of the body.
static enum capture_result take(struct capture *capture, uint8_t *into,
                                uint32_t size)
{
    if (size > body_left(capture)) {
        return CAPTURE_BLOCK;
    }
    capture->left -= size;
    return platform_read(into, size) == size ? CAPTURE_OK
                                             : CAPTURE_CUT_IN_BLOCK;
}

static enum capture_result end_block(struct capture *capture)
{
    uint8_t trailer[BLOCK_TRAILER];
    if (!capture_pass(body_left(capture))
        || platform_read(trailer, sizeof trailer) != sizeof trailer) {
        return CAPTURE_CUT_IN_BLOCK;
    }
    capture->left = 0;
    return word(capture, trailer) == capture->block ? CAPTURE_OK
                                                    : CAPTURE_BLOCK;
}

enum capture_result pcapng_section(struct capture *capture,
                                   const uint8_t *header)
{
    capture->big_endian = capture_word(true, header + 8) == BYTE_ORDER;
    if (word(capture, header + 8) != BYTE_ORDER) {
        return CAPTURE_NOT_PCAP;
    }
    if (half(capture, header + 12) != VERSION_MAJOR) {
        return CAPTURE_VERSION;
    }
    capture->interface_count = 0;
    return begin_block(capture, header, PCAPNG_SECTION_HEADER);
}

// ---- interfaces ----------------------------------------------------------------

static uint64_t power(uint64_t base, unsigned exponent)
{
    uint64_t result = 1;
    while (exponent-- > 0) {
        result *= base;
    }
    return result;
}

// A power of 10, or with the high bit a power of 2. 64 bits have room for all that
// divide a second sensibly.
static enum capture_result set_units(struct capture_interface *interface,
                                     uint8_t value)
{
    const unsigned exponent = value & 0x7fu;
    const bool is_binary = value > 0x7fu;
    if (exponent > (is_binary ? 63u : 19u)) {
        return CAPTURE_BLOCK;
    }
    interface->units = power(is_binary ? 2 : 10, exponent);
    return CAPTURE_OK;
}

static uint64_t long_at(const struct capture *capture, const uint8_t *at,
                        unsigned high, unsigned low)
{
    return (uint64_t)word(capture, at + high) << 32 | word(capture, at + low);
}

static enum capture_result take_option(struct capture *capture,
                                       struct capture_interface *interface,
                                       uint32_t code, uint32_t size)
{
    uint8_t value[8] = { 0 };
    const bool is_known = (code == OPTION_UNITS && size == 1)
                          || (code == OPTION_OFFSET && size == 8);
    const uint32_t padded = (size + 3) & ~3u;
    if (padded > body_left(capture)) {
        return CAPTURE_BLOCK;
    }
    if (!is_known) {
        capture->left -= padded;
        return capture_pass(padded) ? CAPTURE_OK : CAPTURE_CUT_IN_BLOCK;
    }
    const enum capture_result result = take(capture, value, padded);
    if (result == CAPTURE_OK && code == OPTION_UNITS) {
        return set_units(interface, value[0]);
    }
    interface->offset = long_at(capture, value, capture->big_endian ? 0 : 4,
                                capture->big_endian ? 4 : 0);
    return result;
}

static enum capture_result take_options(struct capture *capture,
                                        struct capture_interface *interface)
{
    while (body_left(capture) >= 4) {
        uint8_t header[4];
        enum capture_result result = take(capture, header, sizeof header);
        const uint32_t code = half(capture, header);
        if (result != CAPTURE_OK || code == OPTION_END) {
            return result;
        }
        result =
            take_option(capture, interface, code, half(capture, header + 2));
        if (result != CAPTURE_OK) {
            return result;
        }
    }
    return CAPTURE_OK;
}

static enum capture_result add_interface(struct capture *capture)
{
    uint8_t words[8];
    if (capture->interface_count == CAPTURE_INTERFACES) {
        return CAPTURE_MANY_INTERFACES;
    }
    const enum capture_result result = take(capture, words, sizeof words);
    if (result != CAPTURE_OK) {
        return result;
    }
    struct capture_interface *const interface =
        &capture->interfaces[capture->interface_count++];
    interface->is_supported =
        capture_link_of(half(capture, words), &interface->link);
    interface->longest = word(capture, words + 4);
    interface->units = 1000000;
    interface->offset = 0;
    return take_options(capture, interface);
}

// ---- frames --------------------------------------------------------------------

// The record's bytes are read by the caller.
static enum capture_result give(struct capture *capture, uint32_t number,
                                struct capture_record *record)
{
    if (record->captured > body_left(capture)) {
        return CAPTURE_BLOCK;
    }
    if (record->captured > CAPTURE_RECORD_MAX) {
        return CAPTURE_RECORD_TOO_LONG;
    }
    if (!capture->interfaces[number].is_supported) {
        return CAPTURE_LINK_TYPE;
    }
    capture->link = capture->interfaces[number].link;
    capture->left -= record->captured;
    return CAPTURE_OK;
}

static enum capture_result next_packet(struct capture *capture, bool is_old,
                                       struct capture_record *record)
{
    uint8_t words[20];
    const enum capture_result result = take(capture, words, sizeof words);
    if (result != CAPTURE_OK) {
        return result;
    }
    const uint32_t number =
        is_old ? half(capture, words) : word(capture, words);
    if (number >= capture->interface_count) {
        return CAPTURE_INTERFACE;
    }
    const struct capture_interface *const interface =
        &capture->interfaces[number];
    const uint64_t time = long_at(capture, words, 4, 8);
    record->seconds = (uint32_t)(time / interface->units + interface->offset);
    record->captured = word(capture, words + 12);
    record->original = word(capture, words + 16);
    return give(capture, number, record);
}

// It is of the first interface, and has no time.
static enum capture_result next_simple(struct capture *capture,
                                       struct capture_record *record)
{
    uint8_t words[4];
    const enum capture_result result = take(capture, words, sizeof words);
    if (result != CAPTURE_OK) {
        return result;
    }
    if (capture->interface_count == 0) {
        return CAPTURE_INTERFACE;
    }
    const uint32_t longest = capture->interfaces[0].longest;
    record->seconds = 0;
    record->original = word(capture, words);
    record->captured =
        longest != 0 && longest < record->original ? longest : record->original;
    return give(capture, 0, record);
}

static enum capture_result next_section(struct capture *capture,
                                        uint8_t *header)
{
    const size_t more = PCAPNG_SECTION_HEADER - BLOCK_HEADER;
    if (platform_read(header + BLOCK_HEADER, more) != more) {
        return CAPTURE_CUT_IN_BLOCK;
    }
    return pcapng_section(capture, header);
}

static bool is_packet(uint32_t type)
{
    return type == ENHANCED_PACKET || type == OLD_PACKET
           || type == SIMPLE_PACKET;
}

// Begin the next block, and read it if it is no frame.
static enum capture_result next_block(struct capture *capture, uint32_t *type)
{
    uint8_t header[PCAPNG_SECTION_HEADER];
    const size_t size = platform_read(header, BLOCK_HEADER);
    if (size < BLOCK_HEADER) {
        return size == 0 ? CAPTURE_END : CAPTURE_CUT_IN_BLOCK;
    }
    *type = word(capture, header);
    if (*type == PCAPNG_SECTION) {
        return next_section(capture, header);
    }
    const enum capture_result result =
        begin_block(capture, header, BLOCK_HEADER);
    return result == CAPTURE_OK && *type == INTERFACE ? add_interface(capture)
                                                      : result;
}

enum capture_result pcapng_next(struct capture *capture,
                                struct capture_record *record)
{
    uint32_t type = PCAPNG_SECTION;
    do {
        enum capture_result result = end_block(capture);
        if (result == CAPTURE_OK) {
            result = next_block(capture, &type);
        }
        if (result != CAPTURE_OK) {
            return result;
        }
    } while (!is_packet(type));
    return type == SIMPLE_PACKET
               ? next_simple(capture, record)
               : next_packet(capture, type == OLD_PACKET, record);
}
