// SPDX-License-Identifier: MIT
// A firmware with a mistake: it keeps a pointer into a message after the message's memory
// was rewound. The memory lies behind the MPU, so the use traps, and the fault handler
// says what is there, who allocated it, and who rewound it.

#include "cortex-m/fault.h"
#include "cortex-m/mpu7.h"
#include "events/ctf.h"
#include "events/story.h"
#include "reel/reel.h"
#include "semihost.h"

#define MESSAGE_BYTES 2048u
#define FIRST_REGION  0u
#define REGIONS       3u
#define EXIT_FAULT    3
#define TIMER_HZ      25000000u

// The CMSDK timer, which counts down; REEL_EVENTS_TIME is its complement.
#define TIMER_CTRL   (*(volatile uint32_t *)0x40000000)
#define TIMER_RELOAD (*(volatile uint32_t *)0x40000008)

typedef struct reading {
    const char *sensor;
    unsigned value;
} reading;

REEL_MEMORY_DEFINE(messages_memory, MESSAGE_BYTES, MESSAGE_BYTES);
static reel_mpu7 protection;
static reel_temp messages;

static const reading *newest; // the mistake: it outlives the message

int main(void);
void mem_manage_handler(void);
void memory_fault(void);

// ---- what the firmware does --------------------------------------------------

static reading *parse_message(const char *text, unsigned value)
{
    reading *const parsed = reel_temp_alloc(&messages, sizeof *parsed, 0);
    if (parsed != NULL) {
        parsed->sensor = text;
        parsed->value = value;
    }
    return parsed;
}

static void handle_message(const char *text, unsigned value)
{
    const reel_mark start = reel_temp_mark(&messages);
    newest = parse_message(text, value);
    (void)reel_temp_rewind(&messages, start);
}

static void print_newest(void)
{
    semihost_write(newest->sensor);
    semihost_write("\n");
}

static bool start(void)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.strict = true; // what is rewound traps at once
    TIMER_RELOAD = UINT32_MAX;
    TIMER_CTRL = 1;
    return reel_mpu_enable() == REEL_OK
           && reel_mpu7_init(&protection, messages_memory, MESSAGE_BYTES,
                             FIRST_REGION, REGIONS)
                  == REEL_OK
           && reel_temp_init(&messages, messages_memory, MESSAGE_BYTES,
                             &protection.pages, &policy)
                  == REEL_OK;
}

// ---- what it says when it faults -----------------------------------------------

static void put_hex(uintptr_t number)
{
    char text[11] = "0x";
    for (size_t i = 0; i < 8; i++) {
        text[2 + i] = "0123456789abcdef"[number >> (28 - 4 * i) & 0xF];
    }
    text[10] = '\0';
    semihost_write(text);
}

static void put_event(const char *text, const reel_event *event)
{
    semihost_write(text);
    if (event->what == 0) {
        semihost_write("unknown: the event is no longer in the ring\n");
        return;
    }
    semihost_write_number((uint32_t)event->size);
    semihost_write(" bytes, by ");
    put_hex(event->caller);
    semihost_write(", tick ");
    semihost_write_number((uint32_t)event->time);
    semihost_write("\n");
}

static void explain(const void *address)
{
    size_t offset = 0;
    reel_story story;
    const reel_temp_state state = reel_temp_locate(&messages, address, &offset);
    semihost_write("A fault at ");
    put_hex((uintptr_t)address);
    semihost_write(": temp messages + ");
    semihost_write_number((uint32_t)offset);
    semihost_write(", ");
    semihost_write(reel_temp_state_name(state));
    semihost_write("\n");
    (void)reel_events_story(&messages, address, &story);
    put_event("  allocated: ", &story.allocated);
    put_event("  rewound:   ", &story.freed);
}

// ---- the trace, for reel-trace ---------------------------------------------------

static void write_to(void *handle, const void *bytes, size_t size)
{
    semihost_put(*(const int *)handle, bytes, size);
}

static int create_in(const char *folder, const char *name)
{
    char path[128];
    size_t length = 0;
    while (*folder != '\0' && length < sizeof path - 16) {
        path[length++] = *folder++;
    }
    do {
        path[length++] = *name;
    } while (*name++ != '\0');
    return semihost_create(path);
}

static void write_trace(void)
{
    char line[160];
    const char *const folder = semihost_arguments(line, sizeof line);
    if (folder == NULL || *folder == '\0') {
        return;
    }
    int text = create_in(folder, "/metadata");
    int events = create_in(folder, "/events");
    reel_ctf ctf = REEL_CTF(write_to, &events);
    reel_ctf_metadata(write_to, &text, TIMER_HZ);
    (void)reel_ctf_drain(&ctf);
    semihost_close(text);
    semihost_close(events);
}

// Nothing else uses the address, so it is not cleared.
__attribute__((used)) void memory_fault(void)
{
    uintptr_t address = 0;
    if (reel_fault_address(&address)) {
        explain((const void *)address);
    }
    write_trace();
    semihost_exit(EXIT_FAULT);
}

__attribute__((naked)) void mem_manage_handler(void)
{
    __asm__ volatile("b memory_fault");
}

int main(void)
{
    if (!start()) {
        semihost_write("crash-story: no MPU\n");
        return 1;
    }
    handle_message("temperature", 21);
    handle_message("pressure", 1013);
    print_newest();
    return 0;
}
