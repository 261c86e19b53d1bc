// SPDX-License-Identifier: MIT
// Reads a pcap or pcapng file record by record, in either byte order and any time
// unit, never holding more of it than the caller asks for.

#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A longer record is taken for a damaged file: no link type allows more.
#define CAPTURE_RECORD_MAX 262144u

// The interfaces of a section of a pcapng file. A file with more is refused.
#define CAPTURE_INTERFACES 16u

enum capture_result {
    CAPTURE_OK,
    CAPTURE_END, // after the last record: not an error
    CAPTURE_CANNOT_OPEN,
    CAPTURE_EMPTY,
    CAPTURE_CUT_IN_FILE_HEADER,
    CAPTURE_NOT_PCAP,
    CAPTURE_VERSION,
    CAPTURE_LINK_TYPE,
    CAPTURE_CUT_IN_RECORD_HEADER,
    CAPTURE_RECORD_TOO_LONG,
    CAPTURE_CUT_IN_FRAME,
    CAPTURE_CUT_IN_BLOCK,
    CAPTURE_BLOCK,
    CAPTURE_INTERFACE,
    CAPTURE_MANY_INTERFACES,
};

enum capture_link {
    CAPTURE_ETHERNET,
    CAPTURE_RAW_IP,
};

// An interface of a pcapng file.
struct capture_interface {
    bool is_supported; // its link type
    enum capture_link link;
    uint32_t longest; // bytes of a frame that are captured; 0: all
    uint64_t units;   // of a time stamp, in a second
    uint64_t offset;  // seconds that are added to it
};

struct capture {
    enum capture_link link; // of the record that was read last
    bool big_endian;
    bool is_blocks; // pcapng; then also:
    uint32_t block; // bytes of the block that is read, the whole of it
    uint32_t left;  // bytes of it that are still to come
    uint32_t interface_count;
    struct capture_interface interfaces[CAPTURE_INTERFACES];
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
enum capture_result capture_next(struct capture *capture,
                                 struct capture_record *record);

// Read the record's bytes into `frame`, which has room for all captured ones.
enum capture_result capture_frame(const struct capture_record *record,
                                  void *frame);

// Pass over the record's bytes.
enum capture_result capture_skip(const struct capture_record *record);

void capture_close(void);

// For pcapng.c: a word of a file, and what a link type means; false if it is not
// supported. Pass over `size` bytes: false if the file ends within them.
uint32_t capture_word(bool big_endian, const uint8_t *at);
bool capture_link_of(uint32_t type, enum capture_link *link);
bool capture_pass(uint32_t size);

// Say in words what a result means.
const char *capture_text(enum capture_result result);

#endif
