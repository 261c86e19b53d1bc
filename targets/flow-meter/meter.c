// SPDX-License-Identifier: MIT
#include "meter.h"

#include "buffers.h"
#include "capture.h"
#include "consistency.h"
#include "flows.h"
#include "intervals.h"
#include "packet.h"
#include "platform.h"
#include "reel/temp.h"
#include "report.h"
#include "text.h"
#include "timer.h"

// What is found in one frame at a time. What a frame left behind is closed
// before the next one comes.
static reel_temp frame_temp;

struct meter {
    struct capture capture;
    struct totals totals;
    struct flows flows;
    bool print_frames;
    bool traps; // memory that is freed traps
};

static bool start_memory(struct meter *meter)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    struct platform_memory memory;
    policy.strict = true;
    platform_frame_memory(&memory);
    meter->traps = memory.traps;
    return reel_temp_init(&frame_temp, memory.space, METER_FRAME_BYTES,
                          memory.pages, &policy)
           == REEL_OK;
}

static void start(struct meter *meter, bool print_frames)
{
    meter->totals.frames = 0;
    meter->totals.bytes = 0;
    meter->totals.ipv4 = 0;
    meter->totals.tcp = 0;
    meter->totals.udp = 0;
    meter->totals.malformed = 0;
    meter->totals.dropped = 0;
    meter->print_frames = print_frames;
    flows_init(&meter->flows);
}

static void count_frame(struct meter *meter,
                        const struct capture_record *record)
{
    meter->totals.frames++;
    timer_count_frame();
    meter->totals.bytes += record->original;
    intervals_count_frame(record->seconds, record->original);
}

static void account(struct meter *meter, const struct packet *packet,
                    uint32_t bytes)
{
    struct totals *const totals = &meter->totals;
    const struct flow *flow = NULL;
    totals->ipv4 += packet->version == 4;
    totals->tcp += packet->transport == PACKET_TCP;
    totals->udp += packet->transport == PACKET_UDP;
    totals->malformed += packet->malformed;
    if (packet->transport != PACKET_OTHER) {
        flow = flows_add(&meter->flows, packet, bytes);
    }
    intervals_count_packet(packet, flow);
    if (meter->print_frames) {
        report_frame(totals->frames, packet);
    }
}

static enum capture_result drop_frame(struct meter *meter,
                                      const struct capture_record *record)
{
    const enum capture_result result = capture_skip(record);
    if (result == CAPTURE_OK) {
        count_frame(meter, record);
        meter->totals.dropped++;
    }
    return result;
}

static void parse(struct meter *meter, const struct capture_record *record,
                  const uint8_t *bytes, struct packet *packet)
{
    struct packet_frame frame;
    frame.bytes = bytes;
    frame.captured = record->captured;
    frame.original = record->original;
    frame.is_ethernet = meter->capture.link == CAPTURE_ETHERNET;
    packet_parse(packet, &frame);
    count_frame(meter, record);
    account(meter, packet, record->original);
}

static bool fits_buffer(const struct capture_record *record)
{
    return record->captured <= METER_BUFFER_BYTES;
}

// A frame that is longer than a buffer takes its room in the frame temp.
static uint8_t *take_room(const struct capture_record *record)
{
    return fits_buffer(record)
               ? buffers_take(BUFFERS_MAIN)
               : reel_temp_alloc(&frame_temp, record->captured, 1);
}

static void leave_room(const struct capture_record *record, uint8_t *bytes)
{
    if (fits_buffer(record)) {
        timer_send(bytes);
    }
}

// What is found in a frame takes its room in the frame temp.
static enum capture_result meter_frame(struct meter *meter,
                                       const struct capture_record *record)
{
    struct packet *const packet =
        reel_temp_alloc(&frame_temp, sizeof(struct packet), 0);
    uint8_t *const bytes = packet == NULL ? NULL : take_room(record);
    if (bytes == NULL) {
        return drop_frame(meter, record);
    }
    const enum capture_result result = capture_frame(record, bytes);
    if (result == CAPTURE_OK) {
        parse(meter, record, bytes, packet);
    }
    leave_room(record, bytes);
    return result;
}

static enum capture_result meter_all(struct meter *meter)
{
    struct capture_record record;
    enum capture_result result = capture_next(&meter->capture, &record);
    while (result == CAPTURE_OK) {
        const reel_mark mark = reel_temp_mark(&frame_temp);
        result = meter_frame(meter, &record);
        (void)reel_temp_rewind(&frame_temp, mark);
        platform_pass_time();
        timer_collect();
        if (result == CAPTURE_OK) {
            result = capture_next(&meter->capture, &record);
        }
    }
    return result;
}

static void report(const struct meter *meter)
{
    report_totals(&meter->totals, &meter->flows);
    report_generations(&meter->flows);
    report_intervals(intervals_totals());
    text_put("\n");
    report_top(&meter->flows);
    text_put("\n");
    report_memory_heading();
    report_memory("packet_pool", METER_BUFFERS * METER_BUFFER_BYTES,
                  buffers_stats());
    report_memory("frame_temp", METER_FRAME_BYTES,
                  reel_temp_stats(&frame_temp));
    report_memory("flow_arena", METER_FLOW_BYTES, generations_arena_stats());
    report_memory("flow_pool", generations_pool_size(),
                  generations_pool_stats());
    report_memory("flow_region", generation_size(meter->flows.present),
                  reel_region_stats(&meter->flows.present->region));
    report_memory("interval_rewindable",
                  METER_INTERVAL_BLOCKS * METER_INTERVAL_BLOCK,
                  intervals_stats());
    report_memory("interval_pool", METER_INTERVAL_BLOCKS * METER_INTERVAL_BLOCK,
                  intervals_pool_stats());
    report_timer(timer_totals());
}

void meter_explain(const void *address)
{
    size_t offset = 0;
    const reel_temp_state state =
        reel_temp_locate(&frame_temp, address, &offset);
    text_put("fault: ");
    text_address((uintptr_t)address);
    if (state == REEL_TEMP_ELSEWHERE) {
        text_put(" is in no allocator");
    } else {
        text_put(" is frame_temp + ");
        text_number(offset);
        text_put(": ");
        text_put(reel_temp_state_name(state));
    }
    text_put("\n");
    text_flush();
}

// Use a block after it was rewound, on purpose. Returns the exit code.
static int demonstrate(void)
{
    const reel_mark mark = reel_temp_mark(&frame_temp);
    const unsigned char *const block = reel_temp_alloc(&frame_temp, 64, 0);
    (void)reel_temp_rewind(&frame_temp, mark);
    text_put("\nreading a block that was rewound, at ");
    text_address((uintptr_t)block);
    text_put("\n");
    text_flush();
    return platform_touch(block) ? 0 : METER_MISSED;
}

static void complain(const char *path, enum capture_result result)
{
    text_put("flow-meter: ");
    text_put(path[0] == '\0' ? "the capture, given no name," : path);
    text_put(" ");
    text_put(capture_text(result));
    text_put("\n");
}

static int finish(const struct meter *meter, const char *path,
                  enum capture_result result)
{
    int code = 0;
    if (result != CAPTURE_END) {
        complain(path, result);
        code = METER_FAILED;
    } else if (!is_consistent(&meter->totals, &meter->flows,
                              intervals_totals())) {
        code = METER_WRONG;
    } else if (meter->traps) {
        code = demonstrate();
    }
    text_flush();
    return code;
}

int meter_run(const char *path, bool print_frames)
{
    static struct meter meter;
    if (!start_memory(&meter) || !generations_start() || !intervals_start()) {
        text_put("flow-meter: no memory for frames or intervals\n");
        text_flush();
        return METER_FAILED;
    }
    enum capture_result result = capture_open(&meter.capture, path);
    if (result == CAPTURE_OK) {
        start(&meter, print_frames);
        timer_start();
        result = meter_all(&meter);
        timer_stop();
        intervals_stop();
        capture_close();
        report(&meter);
    }
    return finish(&meter, path, result);
}

void reel_panic(reel_status why, const char *file, int line)
{
    platform_stop_timer(); // it may be the next to find fault
    text_put("flow-meter: panic: ");
    text_put(reel_status_name(why));
    text_put(" at ");
    text_put(file);
    text_put(":");
    text_number((uint64_t)line);
    text_put("\n");
    text_flush();
    platform_exit(METER_PANIC);
}
