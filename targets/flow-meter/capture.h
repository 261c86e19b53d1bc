// SPDX-License-Identifier: MIT
// Reads a pcap file record by record, in either byte order and either time
// unit, never holding more of it than the caller asks for.

#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A longer record is taken for a damaged file: no link type allows more.
#define CAPTURE_RECORD_MAX 262144u

enum capture_result {
    CAPTURE_OK,
    CAPTURE_END, // after the last record: not an error
    CAPTURE_CANNOT_OPEN,
    CAPTURE_EMPTY,
    CAPTURE_CUT_IN_FILE_HEADER,
    CAPTURE_NOT_PCAP,
    CAPTURE_PCAPNG,
    CAPTURE_VERSION,
    CAPTURE_LINK_TYPE,
    CAPTURE_CUT_IN_RECORD_HEADER,
    CAPTURE_RECORD_TOO_LONG,
    CAPTURE_CUT_IN_FRAME,
};

enum capture_link {
    CAPTURE_ETHERNET,
    CAPTURE_RAW_IP,
};

struct capture {
    enum capture_link link;
    bool big_endian;
};

struct capture_record {
    uint32_t seconds;  // of the time stamp, since 1970
    uint32_t captured; // bytes in the file
    uint32_t original; // bytes on the wire
};

// Open a capture and read its header. If the result is CAPTURE_OK it stays
// open until capture_close().
enum capture_result capture_open(struct capture *capture, const char *path);

// Read the next record's header. capture_frame() or capture_skip() must follow.
enum capture_result capture_next(const struct capture *capture,
                                 struct capture_record *record);

// Read the record's bytes into `frame`, which has room for all captured ones.
enum capture_result capture_frame(const struct capture_record *record,
                                  void *frame);

// Pass over the record's bytes.
enum capture_result capture_skip(const struct capture_record *record);

void capture_close(void);

// Say in words what a result means.
const char *capture_text(enum capture_result result);

#endif
