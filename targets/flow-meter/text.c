// SPDX-License-Identifier: MIT
#include "text.h"

#include "platform.h"

#define BUFFER_SIZE  1024u
#define DIGITS_MAX   20u // of a 64-bit number
#define GROUPS       8u  // of 16 bits in an IPv6 address
#define MAPPED_GROUP 5u  // the group of ones in ::ffff:192.0.2.1

static char buffer[BUFFER_SIZE + 1];
static unsigned used;

void text_flush(void)
{
    if (used > 0) {
        buffer[used] = '\0';
        platform_write(buffer);
        used = 0;
    }
}

static void put_char(char c)
{
    if (used == BUFFER_SIZE) {
        text_flush();
    }
    buffer[used++] = c;
}

void text_put(const char *text)
{
    for (; *text != '\0'; text++) {
        put_char(*text);
    }
}

static void blanks(unsigned from, unsigned width)
{
    for (; from < width; from++) {
        put_char(' ');
    }
}

// Writes backwards from `end`; returns the first digit.
static char *digits_before(char *end, uint64_t number)
{
    do {
        *--end = (char)('0' + (int)(number % 10));
        number /= 10;
    } while (number != 0);
    return end;
}

void text_number_right(uint64_t number, unsigned width)
{
    char digits[DIGITS_MAX + 1];
    char *const end = digits + DIGITS_MAX;
    *end = '\0';
    const char *const first = digits_before(end, number);
    blanks((unsigned)(end - first), width);
    text_put(first);
}

void text_number(uint64_t number)
{
    text_number_right(number, 0);
}

void text_address(uintptr_t address)
{
    text_put("0x");
    for (unsigned left = 8 * sizeof address; left > 0; left -= 4) {
        put_char("0123456789abcdef"[address >> (left - 4) & 15]);
    }
}

void text_left(const char *text, unsigned width)
{
    unsigned length = 0;
    while (text[length] != '\0') {
        length++;
    }
    text_put(text);
    blanks(length, width);
}

// The writers below append at `at` and return the end; no zero byte.
static char *write_decimal(char *at, unsigned number)
{
    unsigned power = 1;
    while (number / power >= 10) {
        power *= 10;
    }
    for (; power > 0; power /= 10) {
        *at++ = (char)('0' + (int)(number / power % 10));
    }
    return at;
}

static char *write_hex(char *at, unsigned number)
{
    unsigned shift = 12;
    while (shift > 0 && number >> shift == 0) {
        shift -= 4;
    }
    for (unsigned left = shift + 4; left > 0; left -= 4) {
        *at++ = "0123456789abcdef"[number >> (left - 4) & 15];
    }
    return at;
}

static char *write_ipv4(char *at, uint32_t address)
{
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        at = write_decimal(at, address >> (shift - 8) & 255);
        if (shift > 8) {
            *at++ = '.';
        }
    }
    return at;
}

static unsigned group_of(const uint32_t *address, unsigned index)
{
    const uint32_t word = address[index / 2];
    return index % 2 == 0 ? word >> 16 : word & 0xffff;
}

static unsigned zeros_from(const uint32_t *address, unsigned index)
{
    unsigned count = 0;
    while (index + count < GROUPS && group_of(address, index + count) == 0) {
        count++;
    }
    return count;
}

// The first of the longest runs of zero groups becomes "::", if it is longer
// than one group.
static unsigned longest_zeros(const uint32_t *address, unsigned *start)
{
    unsigned longest = 1;
    *start = GROUPS;
    for (unsigned i = 0; i < GROUPS; i++) {
        const unsigned count = zeros_from(address, i);
        if (count > longest) {
            longest = count;
            *start = i;
        }
    }
    return longest;
}

static char *write_groups(char *at, const uint32_t *address)
{
    unsigned start;
    const unsigned zeros = longest_zeros(address, &start);
    for (unsigned i = 0; i < GROUPS;) {
        if (i == start) {
            *at++ = ':';
            *at++ = ':';
            i += zeros;
            continue;
        }
        at = write_hex(at, group_of(address, i++));
        if (i < GROUPS && i != start) {
            *at++ = ':';
        }
    }
    return at;
}

static bool is_mapped(const uint32_t *address)
{
    return zeros_from(address, 0) == MAPPED_GROUP
           && group_of(address, MAPPED_GROUP) == 0xffff;
}

static char *write_text(char *at, const char *text)
{
    while (*text != '\0') {
        *at++ = *text++;
    }
    return at;
}

static char *write_ipv6(char *at, const uint32_t *address)
{
    if (is_mapped(address)) {
        return write_ipv4(write_text(at, "::ffff:"), address[3]);
    }
    return write_groups(at, address);
}

void text_endpoint(char *into, uint8_t version,
                   const struct packet_endpoint *endpoint)
{
    if (version == 4) {
        into = write_ipv4(into, endpoint->address[0]);
    } else {
        *into++ = '[';
        into = write_ipv6(into, endpoint->address);
        *into++ = ']';
    }
    *into++ = ':';
    into = write_decimal(into, endpoint->port);
    *into = '\0';
}
