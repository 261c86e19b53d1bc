// SPDX-License-Identifier: MIT
#include "events/ctf.h"

#define MAGIC UINT32_C(0xC1FC1FC1)

// As `metadata` describes it. Sizes are in bits.
typedef struct packet {
    uint32_t magic;
    uint32_t version; // of this layout
    uint64_t timestamp_begin;
    uint64_t timestamp_end;
    uint64_t content_size;
    uint64_t packet_size;
    uint64_t events_discarded;
} packet;

// ---- metadata ------------------------------------------------------------------

#if UINTPTR_MAX > 0xFFFFFFFF
#define WORD_SIZE "64"
#define SPARE     " uint32_t spare;"
#else
#define WORD_SIZE "32"
#define SPARE     ""
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTE_ORDER "be"
#else
#define BYTE_ORDER "le"
#endif

static const char before_clock[] =
    "/* CTF 1.8 */\n"
    "typealias integer { size = 8; align = 8; } := uint8_t;\n"
    "typealias integer { size = 16; align = 8; } := uint16_t;\n"
    "typealias integer { size = 32; align = 8; } := uint32_t;\n"
    "typealias integer { size = 64; align = 8; } := uint64_t;\n"
    "typealias integer { size = " WORD_SIZE "; align = 8; } := word_t;\n"
    "typealias integer { size = " WORD_SIZE
    "; align = 8; base = 16; } := address_t;\n"
    "typealias enum : uint8_t { arena = 1, temp, blocks, heap, pool, region,\n"
    "    rewindable, span } := module_t;\n"
    "trace {\n"
    "    major = 1;\n"
    "    minor = 8;\n"
    "    byte_order = " BYTE_ORDER ";\n"
    "    packet.header := struct { uint32_t magic; };\n"
    "};\n"
    "env { tracer_name = \"reel\"; };\n"
    "clock { name = reel; freq = ";

static const char after_clock[] =
    "; };\n"
    "typealias integer { size = " WORD_SIZE
    "; align = 8; map = clock.reel.value; } := time_t;\n"
    "typealias integer { size = 64; align = 8; map = clock.reel.value; }"
    " := long_time_t;\n"
    "struct fields {\n"
    "    address_t object;\n"
    "    address_t place;\n"
    "    word_t size;\n"
    "    address_t caller;\n"
    "};\n"
    "stream {\n"
    "    packet.context := struct {\n"
    "        uint32_t version;\n"
    "        long_time_t timestamp_begin;\n"
    "        long_time_t timestamp_end;\n"
    "        uint64_t content_size;\n"
    "        uint64_t packet_size;\n"
    "        uint64_t events_discarded;\n"
    "    };\n"
    "    event.header := struct { time_t timestamp; uint8_t id; };\n"
    "    event.context := struct { module_t module; uint16_t context;" SPARE
    " };\n"
    "};\n";

static const char names[][10] = {
    "define", "alloc",  "free",     "resize", "mark",  "rewind",
    "reset",  "commit", "decommit", "open",   "close", "end",
    "refuse", "take",   "put",      "fill",
};

typedef struct text_out {
    reel_ctf_write *write;
    void *context;
} text_out;

static void put_text(const text_out *out, const char *text)
{
    size_t size = 0;
    while (text[size] != '\0') {
        size++;
    }
    out->write(out->context, text, size);
}

static void put_number(const text_out *out, uint64_t number)
{
    char digits[21];
    char *at = &digits[sizeof digits - 1];
    *at = '\0';
    do {
        *--at = (char)('0' + (int)(number % 10));
        number /= 10;
    } while (number > 0);
    put_text(out, at);
}

void reel_ctf_metadata(reel_ctf_write *write, void *context, uint64_t hz)
{
    const text_out out = { write, context };
    put_text(&out, before_clock);
    put_number(&out, hz);
    put_text(&out, after_clock);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        put_text(&out, "event { id = ");
        put_number(&out, i + 1);
        put_text(&out, "; name = ");
        put_text(&out, names[i]);
        put_text(&out, "; fields := struct fields; };\n");
    }
}

// ---- packets -------------------------------------------------------------------

// A time of a record without the wraps: it is not before the last one.
static uint64_t without_wraps(uint64_t last, uintptr_t time)
{
    return last + (time - (uintptr_t)last);
}

// The kind is the first byte in the file.
static uintptr_t lowest_byte_first(uintptr_t what)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return sizeof what > 4 ? (uintptr_t)__builtin_bswap64(what)
                           : (uintptr_t)__builtin_bswap32((uint32_t)what);
#else
    return what;
#endif
}

// How many events are complete, and what is the time of the last?
static size_t look_ahead(const reel_ctf *ctf, packet *head)
{
    const uintptr_t first = reel_events.first;
    const size_t most =
        __atomic_load_n(&reel_events.next, __ATOMIC_RELAXED) - first;
    uint64_t time = ctf->time;
    size_t count = 0;
    for (; count < most; count++) {
        const volatile reel_event *const event =
            &reel_events.events[(first + count) % REEL_EVENTS_CAPACITY];
        if (event->what == 0) {
            break;
        }
        time = without_wraps(time, event->time);
        if (count == 0) {
            head->timestamp_begin = time;
        }
    }
    head->timestamp_end = time;
    return count;
}

size_t reel_ctf_drain(reel_ctf *ctf)
{
    packet head;
    reel_event event;
    const size_t count = look_ahead(ctf, &head);
    if (count == 0) {
        return 0;
    }
    head.magic = MAGIC;
    head.version = 1;
    head.content_size = 8 * (uint64_t)(sizeof head + count * sizeof event);
    head.packet_size = head.content_size;
    head.events_discarded = reel_events_lost();
    ctf->time = head.timestamp_end;
    ctf->write(ctf->context, &head, sizeof head);
    for (size_t i = 0; i < count && reel_events_take(&event); i++) {
        event.what = lowest_byte_first(event.what);
        ctf->write(ctf->context, &event, sizeof event);
    }
    return count;
}
