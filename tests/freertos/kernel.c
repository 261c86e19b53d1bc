// SPDX-License-Identifier: MIT
// FreeRTOS itself on a Cortex-M3: tasks, queues, tasks that come and go, and
// the timer interrupt, with the kernel's memory in heap_reel.c (or, for
// comparison, in heap_4.c). First, what its calls take. TAP.

#include "FreeRTOS.h"
#include "clock/clock.h"
#include "queue.h"
#include "random.h"
#include "semihost.h"
#include "semphr.h"
#include "tap.h"
#include "task.h"
#include "timers.h"

#if WITH_REEL
#include "freertos/heap_reel.h"
#include "reel/pool.h"
#endif

int main(void);
void vApplicationTickHook(void);
void vApplicationMallocFailedHook(void);
void reel_panic(reel_status why, const char *file, int line);

static volatile size_t failed_hooks;

void test_write(const char *text)
{
    semihost_write(text);
}

void kernel_assert(const char *file, int line)
{
    test_write("Bail out! an assertion of the kernel: ");
    test_write_place(file, line);
    test_write("\n");
    semihost_exit(1);
}

void reel_panic(reel_status why, const char *file, int line)
{
    test_write("Bail out! ");
    test_write(reel_status_name(why));
    kernel_assert(file, line);
}

void vApplicationMallocFailedHook(void)
{
    failed_hooks++;
}

// The kernel clears and copies by these.
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);

// ---- what calls take, ahead of the scheduler --------------------------------

#define MOST_HELD 400

typedef struct cost {
    uint32_t calls, sum, most;
} cost;

static void add(cost *to, uint32_t count)
{
    to->calls++;
    to->sum += count;
    to->most = count > to->most ? count : to->most;
}

// Lines for the table: what, mean, most.
static void say_cost(const char *call, const char *when, const cost *of)
{
    test_write("# cost ");
    test_write(call);
    test_write(when);
    test_write("|");
    semihost_write_number(of->sum / of->calls);
    test_write("|");
    semihost_write_number(of->most);
    test_write("\n");
}

// At most `slots` blocks of up to `size` bytes, half of them free at a time.
static void measure(const char *when, size_t slots, size_t size)
{
    static void *held[MOST_HELD];
    cost mallocs = { 0, 0, 0 }, frees = { 0, 0, 0 };
    uint32_t seed = 1;
    clock_start();
    for (size_t i = 0; i < 10 * slots; i++) {
        void **const slot = &held[test_below(&seed, slots)];
        if (*slot == NULL) {
            clock_call call = { { 1 + test_below(&seed, size) },
                                (uintptr_t)pvPortMalloc,
                                0 };
            add(&mallocs, clock_count(&call));
            *slot = (void *)call.result;
        } else {
            clock_call call = { { (uintptr_t)*slot }, (uintptr_t)vPortFree, 0 };
            add(&frees, clock_count(&call));
            *slot = NULL;
        }
    }
    for (size_t i = 0; i < slots; i++) {
        vPortFree(held[i]);
        held[i] = NULL;
    }
    clock_stop();
    say_cost("pvPortMalloc", when, &mallocs);
    say_cost("vPortFree", when, &frees);
}

// The most of the heap that blocks of one size can have.
static void measure_room(void)
{
    static void *blocks[KERNEL_HEAP / 8];
    size_t count = 0;
    while ((blocks[count] = pvPortMalloc(24)) != NULL) {
        count++;
    }
    test_write("# cost bytes of blocks of 24 bytes that fit|");
    semihost_write_number(24 * count);
    test_write("|\n");
    while (count > 0) {
        vPortFree(blocks[--count]);
    }
    failed_hooks = 0;
}

// ---- tasks ------------------------------------------------------------------

typedef struct message {
    uint32_t number;
    uint32_t check;
} message;

#define MESSAGES 300
#define CHILDREN 40
#define STACK    160 // words

static QueueHandle_t messages;
static TaskHandle_t judge;
static volatile uint32_t received, children, timer_calls;

// While other tasks have all memory, wait.
static void *allocate_at_last(size_t size)
{
    void *block;
    while ((block = pvPortMalloc(size)) == NULL) {
        vTaskDelay(1);
    }
    return block;
}

// A message is a block of the heap. The reader frees it.
static void send_messages(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < MESSAGES; i++) {
        message *const next = allocate_at_last(sizeof *next + i % 50);
        next->number = i;
        next->check = ~i;
        EXPECT(xQueueSend(messages, &next, portMAX_DELAY) == pdPASS);
    }
    vTaskDelete(NULL);
}

static void receive_messages(void *unused)
{
    (void)unused;
    for (uint32_t i = 0; i < MESSAGES; i++) {
        message *next = NULL;
        EXPECT(xQueueReceive(messages, &next, portMAX_DELAY) == pdPASS);
        EXPECT(next->number == i && next->check == ~i);
        vPortFree(next);
        received++;
    }
    xTaskNotifyGive(judge);
    vTaskDelete(NULL);
}

static void be_a_child(void *number)
{
    volatile uint8_t *const block = allocate_at_last(100);
    block[0] = (uint8_t)(uintptr_t)number;
    vTaskDelay(1 + (TickType_t)((uintptr_t)number % 3));
    EXPECT(block[0] == (uint8_t)(uintptr_t)number);
    vPortFree((void *)(uintptr_t)block);
    children++;
    vTaskDelete(NULL);
}

// Tasks that come and go: the idle task frees their stacks.
static void make_children(void *unused)
{
    (void)unused;
    for (uintptr_t i = 0; i < CHILDREN; i++) {
        while (xTaskCreate(be_a_child, "child", STACK, (void *)i, 2, NULL)
               != pdPASS) {
            vTaskDelay(2);
        }
        if (i % 4 == 3) {
            vTaskDelay(2);
        }
    }
    xTaskNotifyGive(judge);
    vTaskDelete(NULL);
}

static void count_timer(TimerHandle_t unused)
{
    (void)unused;
    timer_calls++;
}

// ---- the interrupt ----------------------------------------------------------

#define SLOTS 8

// Tasks put blocks here, and the tick frees them.
static void *volatile to_free[SLOTS];
static volatile uint32_t freed_by_tick;

void vApplicationTickHook(void)
{
#if WITH_REEL
    for (size_t i = 0; i < SLOTS; i++) {
        if (to_free[i] != NULL) {
            vPortFree(to_free[i]);
            to_free[i] = NULL;
            freed_by_tick++;
        }
    }
#endif
}

static void feed_interrupt(void *unused)
{
    (void)unused;
#if WITH_REEL
    for (uint32_t i = 0; i < 200; i++) {
        const size_t slot = i % SLOTS;
        while (to_free[slot] != NULL) {
            vTaskDelay(1);
        }
        void *const block = allocate_at_last(16 + i);
        to_free[slot] = block;
    }
    while (freed_by_tick < 200) {
        vTaskDelay(1);
    }
#endif
    xTaskNotifyGive(judge);
    vTaskDelete(NULL);
}

// ---- a gate: two tasks of unequal priority share a pool ---------------------

#if WITH_REEL
static reel_pool pool;
static reel_pool_chunk chunks[40];
static volatile uint32_t inside, most_inside, claims;
static const char *volatile holder = "";

static void *slowly(void *self, size_t size, size_t align)
{
    (void)self, (void)align;
    inside++;
    most_inside = inside > most_inside ? inside : most_inside;
    holder = reel_freertos_name(reel_port_gate_holder(&pool.gate));
    vTaskDelay(1);
    inside--;
    return pvPortMalloc(size);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    (void)self, (void)size;
    vPortFree(block);
    return REEL_OK;
}

static void claim_pages(void *unused)
{
    (void)unused;
    void *pages[8];
    for (uint32_t i = 0; i < 8; i++) {
        pages[i] = reel_pool_claim(&pool);
        EXPECT(pages[i] != NULL);
        claims++;
    }
    for (uint32_t i = 0; i < 8; i++) {
        EXPECT(reel_pool_release(&pool, pages[i]) == REEL_OK);
    }
    xTaskNotifyGive(judge);
    vTaskDelete(NULL);
}
#endif

static void share_a_pool(void)
{
#if WITH_REEL
    static const reel_allocator_ops ops = { .allocate = slowly,
                                            .free = give_back };
    const reel_allocator backing = { &ops, NULL };
    EXPECT(reel_pool_init(&pool, backing, chunks, 40, 64, 64) == REEL_OK);
    EXPECT(xTaskCreate(claim_pages, "low", STACK, NULL, 1, NULL) == pdPASS);
    EXPECT(xTaskCreate(claim_pages, "high", STACK, NULL, 3, NULL) == pdPASS);
    for (int i = 0; i < 2; i++) {
        ulTaskNotifyTake(pdFALSE, portMAX_DELAY);
    }
    EXPECT(claims == 16 && most_inside == 1 && inside == 0);
    EXPECT(holder[0] == 'l' || holder[0] == 'h');
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
    tap_result("two tasks grow a pool, one at a time", NULL);
#endif
}

// ---- the judge --------------------------------------------------------------

// The idle task frees what deleted tasks leave.
static void settle(size_t wanted)
{
    for (int i = 0; i < 50 && xPortGetFreeHeapSize() != wanted; i++) {
        vTaskDelay(2);
    }
    EXPECT_EQUAL(xPortGetFreeHeapSize(), wanted);
}

static TimerHandle_t timer;

static void start_all(void)
{
    messages = xQueueCreate(5, sizeof(message *));
    timer = xTimerCreate("timer", 2, pdTRUE, NULL, count_timer);
    EXPECT(messages != NULL && timer != NULL);
    EXPECT(xTimerStart(timer, 0) == pdPASS);
    EXPECT(xTaskCreate(send_messages, "send", STACK, NULL, 1, NULL) == pdPASS);
    EXPECT(xTaskCreate(receive_messages, "receive", STACK, NULL, 2, NULL)
           == pdPASS);
    EXPECT(xTaskCreate(make_children, "parent", STACK, NULL, 1, NULL)
           == pdPASS);
    EXPECT(xTaskCreate(feed_interrupt, "feed", STACK, NULL, 1, NULL) == pdPASS);
    for (int i = 0; i < 3; i++) {
        ulTaskNotifyTake(pdFALSE, portMAX_DELAY);
    }
    while (children < CHILDREN) {
        vTaskDelay(1);
    }
}

static void judge_heap(void)
{
    HeapStats_t stats;
    vPortGetHeapStats(&stats);
    test_note("allocations:", stats.xNumberOfSuccessfulAllocations);
    test_note("refusals:", failed_hooks);
#if WITH_REEL
    vTaskSuspendAll();
    EXPECT(reel_heap_is_valid(&reel_freertos_heap));
    xTaskResumeAll();
    tap_result("the heap is valid", NULL);
#endif
}

static void judge_all(void *unused)
{
    (void)unused;
    judge = xTaskGetCurrentTaskHandle();
    const size_t before = xPortGetFreeHeapSize();
    start_all();
    RESULT(received == MESSAGES, "a queue carries blocks from task to task",
           NULL);
    RESULT(children == CHILDREN, "tasks come and go", NULL);
    RESULT(timer_calls > 5, "a software timer runs", NULL);
#if WITH_REEL
    RESULT(freed_by_tick == 200, "the tick's interrupt frees blocks", NULL);
#endif
    share_a_pool();
    EXPECT(xTimerDelete(timer, portMAX_DELAY) == pdPASS);
    vQueueDelete(messages);
    settle(before);
    tap_result("nothing is left of what is gone", NULL);
    judge_heap();
    semihost_exit(tap_end() ? 0 : 1);
}

int main(void)
{
    test_write("# FreeRTOS " tskKERNEL_VERSION_NUMBER "\n");
    vPortFree(pvPortMalloc(1)); // it starts
    measure(", 20 blocks of up to 600 bytes", 40, 600);
    measure(", 200 blocks of up to 100 bytes", 400, 100);
    measure_room();
    EXPECT(xTaskCreate(judge_all, "judge", 2 * STACK, NULL, 2, NULL) == pdPASS);
    vTaskStartScheduler();
    return 1;
}
