// SPDX-License-Identifier: MIT
// pcap: a header of 24 bytes, then records of 16 bytes and the frame.
//
//   0  magic      4  version      8  unused     16 longest frame   20 link type
//   0  seconds    4  fraction     8  captured   12 original length

#include "capture.h"

#include "pcapng.h"
#include "platform.h"

#define FILE_HEADER   24u
#define RECORD_HEADER 16u
#define MAGIC_MICRO   0xa1b2c3d4u
#define MAGIC_NANO    0xa1b23c4du
#define VERSION_MAJOR 2u

#define LINK_TYPE_MASK \
    0x03ffffffu // above it: the length of a trailing checksum
#define LINK_ETHERNET 1u
#define LINK_RAW_BSD  12u
#define LINK_RAW_OBSD 14u
#define LINK_RAW      101u
#define LINK_IPV4     228u
#define LINK_IPV6     229u

uint32_t capture_word(bool big_endian, const uint8_t *at)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 4; i++) {
        word = word << 8 | at[big_endian ? i : 3 - i];
    }
    return word;
}

static bool is_magic(uint32_t word)
{
    return word == MAGIC_MICRO || word == MAGIC_NANO;
}

bool capture_link_of(uint32_t type, enum capture_link *link)
{
    switch (type & LINK_TYPE_MASK) {
    case LINK_ETHERNET:
        *link = CAPTURE_ETHERNET;
        return true;
    case LINK_RAW_BSD:
    case LINK_RAW_OBSD:
    case LINK_RAW:
    case LINK_IPV4:
    case LINK_IPV6:
        *link = CAPTURE_RAW_IP;
        return true;
    default:
        return false;
    }
}

static enum capture_result check_magic(struct capture *capture,
                                       const uint8_t *header)
{
    capture->is_blocks = capture_word(true, header) == PCAPNG_SECTION;
    if (capture->is_blocks) {
        return CAPTURE_OK;
    }
    capture->big_endian = is_magic(capture_word(true, header));
    if (!is_magic(capture_word(capture->big_endian, header))) {
        return CAPTURE_NOT_PCAP;
    }
    return CAPTURE_OK;
}

static enum capture_result read_header(struct capture *capture)
{
    uint8_t header[FILE_HEADER];
    const size_t size = platform_read(header, sizeof header);
    if (size < 4) {
        return size == 0 ? CAPTURE_EMPTY : CAPTURE_CUT_IN_FILE_HEADER;
    }
    const enum capture_result result = check_magic(capture, header);
    if (result != CAPTURE_OK) {
        return result;
    }
    if (size < sizeof header) {
        return CAPTURE_CUT_IN_FILE_HEADER;
    }
    if (capture->is_blocks) {
        return pcapng_section(capture, header);
    }
    if (header[capture->big_endian ? 5 : 4] != VERSION_MAJOR) {
        return CAPTURE_VERSION;
    }
    const uint32_t type = capture_word(capture->big_endian, header + 20);
    return capture_link_of(type, &capture->link) ? CAPTURE_OK
                                                 : CAPTURE_LINK_TYPE;
}

enum capture_result capture_open(struct capture *capture, const char *path)
{
    if (!platform_open(path)) {
        return CAPTURE_CANNOT_OPEN;
    }
    const enum capture_result result = read_header(capture);
    if (result != CAPTURE_OK) {
        platform_close();
    }
    return result;
}

enum capture_result capture_next(struct capture *capture,
                                 struct capture_record *record)
{
    if (capture->is_blocks) {
        return pcapng_next(capture, record);
    }
    uint8_t header[RECORD_HEADER];
    const size_t size = platform_read(header, sizeof header);
    if (size < sizeof header) {
        return size == 0 ? CAPTURE_END : CAPTURE_CUT_IN_RECORD_HEADER;
    }
    record->seconds = capture_word(capture->big_endian, header);
    record->captured = capture_word(capture->big_endian, header + 8);
    record->original = capture_word(capture->big_endian, header + 12);
    if (record->captured > CAPTURE_RECORD_MAX) {
        return CAPTURE_RECORD_TOO_LONG;
    }
    return CAPTURE_OK;
}

enum capture_result capture_frame(const struct capture_record *record,
                                  void *frame)
{
    const size_t size = platform_read(frame, record->captured);
    return size == record->captured ? CAPTURE_OK : CAPTURE_CUT_IN_FRAME;
}

bool capture_pass(uint32_t size)
{
    uint8_t scratch[256];
    while (size > 0) {
        const uint32_t want = size < sizeof scratch ? size : sizeof scratch;
        if (platform_read(scratch, want) != want) {
            return false;
        }
        size -= want;
    }
    return true;
}

enum capture_result capture_skip(const struct capture_record *record)
{
    return capture_pass(record->captured) ? CAPTURE_OK : CAPTURE_CUT_IN_FRAME;
}

void capture_close(void)
{
    platform_close();
}

const char *capture_text(enum capture_result result)
{
    switch (result) {
    case CAPTURE_OK:
    case CAPTURE_END:
        return "read to the end";
    case CAPTURE_CANNOT_OPEN:
        return "cannot be opened";
    case CAPTURE_EMPTY:
        return "is empty";
    case CAPTURE_CUT_IN_FILE_HEADER:
        return "is cut off in the file header";
    case CAPTURE_NOT_PCAP:
        return "is not a pcap or pcapng capture";
    case CAPTURE_VERSION:
        return "has an unsupported version of its format";
    case CAPTURE_LINK_TYPE:
        return "has an unsupported link type: not Ethernet or raw IP";
    case CAPTURE_CUT_IN_RECORD_HEADER:
        return "is cut off in a record header";
    case CAPTURE_RECORD_TOO_LONG:
        return "is damaged: a record is longer than any frame";
    case CAPTURE_CUT_IN_FRAME:
        return "is cut off in a frame";
    case CAPTURE_CUT_IN_BLOCK:
        return "is cut off in a block";
    case CAPTURE_BLOCK:
        return "is damaged: a block has a wrong length";
    case CAPTURE_INTERFACE:
        return "is damaged: a frame is of an interface that is not described";
    case CAPTURE_MANY_INTERFACES:
        return "has more interfaces than this program has room for";
    }
    return "failed for an unknown reason";
}
