// SPDX-License-Identifier: MIT
// The port to FreeRTOS against stubs of the kernel: what each function
// promises, on a host. TAP.

#include <string.h>

#include "freertos/heap_reel.h"
#include "random.h"
#include "reel/arena.h"
#include "reel/pool.h"
#include "semphr.h"
#include "tap.h"
#include "task.h"

// ---- the kernel -------------------------------------------------------------

struct stub_task {
    char name[8];
};

static struct stub_task first = { "first" }, second = { "second" };
static TaskHandle_t current;
static BaseType_t state = taskSCHEDULER_NOT_STARTED;
static int suspended, critical, waits, ticks, failed_hooks, live;
static size_t traced; // bytes, as the last trace macro had them
static bool in_interrupt;
static reel_status last_panic;

void vTaskSuspendAll(void)
{
    EXPECT(!in_interrupt);
    suspended++;
}

BaseType_t xTaskResumeAll(void)
{
    EXPECT(suspended-- == 1);
    return pdFALSE;
}

BaseType_t xTaskGetSchedulerState(void)
{
    return state;
}

TaskHandle_t xTaskGetCurrentTaskHandle(void)
{
    return current;
}

char *pcTaskGetName(TaskHandle_t xTaskToQuery)
{
    return xTaskToQuery->name;
}

void vTaskDelay(TickType_t xTicksToDelay)
{
    ticks += (int)xTicksToDelay;
}

void stub_critical(int change)
{
    critical += change;
}

void stub_assert(int fact)
{
    EXPECT(fact);
}

void stub_trace(int change, void *block, size_t size)
{
    live += block == NULL ? 0 : change;
    traced = size;
    EXPECT(suspended == 1);
}

void vApplicationMallocFailedHook(void)
{
    EXPECT(suspended == 0);
    failed_hooks++;
}

SemaphoreHandle_t
xSemaphoreCreateRecursiveMutexStatic(StaticSemaphore_t *pxMutexBuffer)
{
    EXPECT(critical == 1);
    pxMutexBuffer->depth = 0;
    return pxMutexBuffer;
}

BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t xMutex,
                                   TickType_t xTicksToWait)
{
    if (xMutex->depth > 0 && xMutex->holder != current) {
        EXPECT(xTicksToWait == 0 || xTicksToWait == portMAX_DELAY);
        waits += xTicksToWait != 0;
        return pdFALSE;
    }
    xMutex->holder = current;
    xMutex->depth++;
    return pdTRUE;
}

BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t xMutex)
{
    EXPECT(xMutex->holder == current && xMutex->depth > 0);
    xMutex->depth--;
    return pdTRUE;
}

bool reel_port_in_interrupt(void)
{
    return in_interrupt;
}

void reel_panic(reel_status why, const char *file, int line)
{
    (void)file, (void)line;
    EXPECT(suspended == 0);
    last_panic = why;
}

static bool panicked(reel_status why)
{
    const bool did = last_panic == why;
    last_panic = REEL_OK;
    return did || REEL_CHECKS == 0;
}

static HeapStats_t stats(void)
{
    HeapStats_t now;
    vPortGetHeapStats(&now);
    return now;
}

static void restart(void)
{
    vPortHeapResetState();
    vPortInitialiseBlocks();
    failed_hooks = live = 0;
}

// ---- the heap ---------------------------------------------------------------

static void a_fresh_heap_is_one_block(void)
{
    restart();
    const HeapStats_t now = stats();
    const size_t all = xPortGetFreeHeapSize();
    EXPECT(all > configTOTAL_HEAP_SIZE / 100 * 96
           && all <= configTOTAL_HEAP_SIZE);
    EXPECT_EQUAL(now.xAvailableHeapSpaceInBytes, all);
    EXPECT_EQUAL(now.xSizeOfLargestFreeBlockInBytes, all);
    EXPECT_EQUAL(now.xSizeOfSmallestFreeBlockInBytes, all);
    EXPECT_EQUAL(now.xNumberOfFreeBlocks, 1);
    EXPECT_EQUAL(now.xMinimumEverFreeBytesRemaining, all);
    EXPECT(now.xNumberOfSuccessfulAllocations == 0
           && now.xNumberOfSuccessfulFrees == 0);
    void *const whole = pvPortMalloc(all);
    EXPECT(whole != NULL && xPortGetFreeHeapSize() == 0);
    EXPECT_EQUAL(stats().xNumberOfFreeBlocks, 0);
    EXPECT_EQUAL(stats().xSizeOfSmallestFreeBlockInBytes, SIZE_MAX);
    vPortFree(whole);
    tap_result("a fresh heap is one block, which can be allocated", NULL);
}

static void allocation_fails_by_the_hook(void)
{
    restart();
    EXPECT(pvPortMalloc(0) == NULL && failed_hooks == 1);
    EXPECT(pvPortMalloc(configTOTAL_HEAP_SIZE) == NULL && failed_hooks == 2);
    EXPECT(pvPortCalloc(SIZE_MAX / 2, 4) == NULL && failed_hooks == 3);
    EXPECT(pvPortCalloc(4, 0) == NULL && failed_hooks == 4);
    in_interrupt = true;
    EXPECT(pvPortMalloc(8) == NULL && failed_hooks == 5);
    in_interrupt = false;
    EXPECT_EQUAL(stats().xNumberOfSuccessfulAllocations, 0);
    EXPECT(live == 0);
    tap_result("an allocation that fails calls the hook", NULL);
}

static void blocks_are_aligned_and_cleared(void)
{
    restart();
    unsigned char *const block = pvPortMalloc(100);
    EXPECT(block != NULL && (uintptr_t)block % portBYTE_ALIGNMENT == 0);
    memset(block, 0xA5, 100);
    vPortFree(block);
    EXPECT(traced >= 100);
    unsigned char *const again = pvPortCalloc(10, 10);
    size_t sum = 0;
    for (size_t i = 0; i < 100; i++) {
        sum += again[i];
    }
    EXPECT(again == block && sum == 0);
    vPortFree(again);
    vPortFree(NULL);
    EXPECT(live == 0);
    EXPECT_EQUAL(stats().xNumberOfSuccessfulFrees, 2);
    tap_result("blocks are aligned, calloc clears, and free takes NULL", NULL);
}

static void a_free_block_is_cleared_where_it_is_asked_for(void)
{
    restart();
    unsigned char *const block = pvPortMalloc(100);
    void *const behind = pvPortMalloc(16);
    memset(block, 0xA5, 100);
    vPortFree(block);
    unsigned char *const again = pvPortMalloc(100);
    EXPECT(again == block && (REEL_POISON || again[64] == 0));
    vPortFree(again);
    vPortFree(behind);
    tap_result("configHEAP_CLEAR_MEMORY_ON_FREE clears", NULL);
}

static void the_minimum_is_kept_until_it_is_reset(void)
{
    restart();
    const size_t all = xPortGetFreeHeapSize();
    void *const half = pvPortMalloc(all / 2);
    const size_t left = xPortGetFreeHeapSize();
    vPortFree(half);
    EXPECT_EQUAL(xPortGetFreeHeapSize(), all);
    EXPECT_EQUAL(xPortGetMinimumEverFreeHeapSize(), left);
    xPortResetHeapMinimumEverFreeHeapSize();
    EXPECT_EQUAL(xPortGetMinimumEverFreeHeapSize(), all);
    tap_result("the minimum of free bytes is kept until it is reset", NULL);
}

static void an_interrupt_frees(void)
{
    restart();
    void *blocks[6];
    const size_t all = xPortGetFreeHeapSize();
    for (size_t i = 0; i < 6; i++) {
        blocks[i] = pvPortMalloc(all / 8);
        EXPECT(blocks[i] != NULL);
    }
    in_interrupt = true;
    for (size_t i = 0; i < 6; i++) {
        vPortFree(blocks[i]);
    }
    vPortFree(&in_interrupt);
    EXPECT(panicked(REEL_FOREIGN) && critical == 0);
    in_interrupt = false;
    void *const whole = pvPortMalloc(all); // all of them come back for this
    EXPECT(whole != NULL);
    vPortFree(whole);
    EXPECT_EQUAL(stats().xNumberOfSuccessfulFrees, 7);
    blocks[0] = pvPortMalloc(64);
    in_interrupt = true;
    vPortFree(blocks[0]);
    in_interrupt = false;
    EXPECT_EQUAL(xPortGetFreeHeapSize(), all); // and with the next call
    for (size_t i = 0; i < 6; i++) {
        blocks[i] = pvPortMalloc(64);
    }
    in_interrupt = true;
    for (size_t i = 0; i < 6; i++) {
        vPortFree(blocks[i]);
    }
    in_interrupt = false;
    EXPECT_EQUAL(stats().xAvailableHeapSpaceInBytes, all); // or if asked for
    EXPECT_EQUAL(stats().xNumberOfSuccessfulFrees, 14);
    tap_result("an interrupt frees, and tasks have the memory", NULL);
}

static void misuse_is_reported(void)
{
    restart();
    char *const block = pvPortMalloc(100);
    vPortFree(block + 8);
    EXPECT(panicked(REEL_FOREIGN));
    vPortFree(block);
    vPortFree(block);
    EXPECT(panicked(REEL_DOUBLE_FREE));
    EXPECT_EQUAL(stats().xNumberOfSuccessfulFrees, 1);
    tap_result("misuse is reported, and changes nothing", NULL);
}

// Statistics against a count over what this test holds.
#define HELD 40

static void statistics_are_true(void)
{
    void *held[HELD] = { NULL };
    uint32_t seed = 1;
    size_t made = 0, freed = 0;
    restart();
    const size_t all = xPortGetFreeHeapSize();
    for (size_t i = 0; i < 3000; i++) {
        void **const slot = &held[test_below(&seed, HELD)];
        if (*slot != NULL) {
            vPortFree(*slot);
            *slot = NULL;
            freed++;
        } else {
            *slot = pvPortMalloc(1 + test_below(&seed, 1500));
            made += *slot != NULL;
        }
        size_t used = 0;
        for (size_t k = 0; k < HELD; k++) {
            used += held[k] == NULL
                        ? 0
                        : reel_heap_usable_size(&reel_freertos_heap, held[k]);
        }
        const HeapStats_t now = stats();
        EXPECT_EQUAL(now.xAvailableHeapSpaceInBytes, all - used);
        EXPECT_EQUAL(now.xNumberOfSuccessfulAllocations, made);
        EXPECT_EQUAL(now.xNumberOfSuccessfulFrees, freed);
        EXPECT(now.xSizeOfLargestFreeBlockInBytes
               >= reel_heap_largest_free(&reel_freertos_heap));
        EXPECT(now.xSizeOfSmallestFreeBlockInBytes
                   <= now.xSizeOfLargestFreeBlockInBytes
               || now.xNumberOfFreeBlocks == 0);
        EXPECT(now.xNumberOfFreeBlocks <= made - freed + 1);
    }
    for (size_t k = 0; k < HELD; k++) {
        vPortFree(held[k]);
    }
    EXPECT_EQUAL(stats().xNumberOfFreeBlocks, 1);
    tap_result("statistics are true after each of 3,000 calls", NULL);
}

static void free_blocks_are_counted_one_by_one(void)
{
    void *blocks[9];
    restart();
    for (size_t i = 0; i < 9; i++) {
        blocks[i] = pvPortMalloc(i == 3 ? 1024 : 64);
    }
    vPortFree(blocks[1]);
    vPortFree(blocks[3]);
    vPortFree(blocks[5]);
    vPortFree(blocks[6]);
    const HeapStats_t now = stats();
    EXPECT_EQUAL(now.xNumberOfFreeBlocks, 4);
    EXPECT_EQUAL(now.xSizeOfSmallestFreeBlockInBytes, 64);
    EXPECT(now.xSizeOfLargestFreeBlockInBytes > 8192);
    void *const rest = pvPortMalloc(now.xSizeOfLargestFreeBlockInBytes);
    EXPECT_EQUAL(stats().xNumberOfFreeBlocks, 3);
    EXPECT_EQUAL(stats().xSizeOfLargestFreeBlockInBytes, 1024);
    vPortFree(rest);
    tap_result("free blocks are counted one by one", NULL);
}

// ---- hooks ------------------------------------------------------------------

static void (*while_growing)(void);

static void *grow(void *self, size_t size, size_t align)
{
    static _Alignas(64) unsigned char memory[4096];
    (void)self, (void)align;
    if (while_growing != NULL) {
        while_growing();
    }
    return size <= sizeof memory ? memory : NULL;
}

static reel_status keep(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    return REEL_OK;
}

static reel_pool pool;
static reel_pool_chunk chunks[2];

static void start_pool(void)
{
    static const reel_allocator_ops ops = { .allocate = grow, .free = keep };
    const reel_allocator backing = { &ops, NULL };
    EXPECT(reel_pool_init(&pool, backing, chunks, 1, 512, 1024) == REEL_OK);
}

static void claim_again(void)
{
    EXPECT(reel_port_gate_holder(&pool.gate) == reel_port_thread());
    while_growing = NULL;
    (void)reel_pool_reserve(&pool, 1);
    EXPECT(panicked(REEL_BUSY));
}

static void hooks_name_tasks(void)
{
    state = taskSCHEDULER_NOT_STARTED;
    EXPECT(strcmp(reel_freertos_name(reel_port_thread()), "main") == 0);
    reel_port_yield();
    EXPECT(ticks == 0);
    state = taskSCHEDULER_RUNNING;
    current = &second;
    EXPECT(strcmp(reel_freertos_name(reel_port_thread()), "second") == 0);
    current = &first;
    EXPECT(strcmp(reel_freertos_name(reel_port_thread()), "first") == 0);
    reel_port_yield();
    EXPECT(ticks == 1); // a tick, so less urgent tasks run
    tap_result("hooks name tasks, and yield for a tick", NULL);
}

static void a_gate_lets_one_task_in(void)
{
    reel_word gate = { 0 }, other = { 0 };
    current = &first;
    EXPECT(reel_port_gate_enter(&gate));
    EXPECT(!reel_port_gate_enter(&gate)); // not a second time
    EXPECT(reel_port_gate_enter(&other)); // a gate within
    reel_port_gate_leave(&other);
    current = &second;
    EXPECT(!reel_port_gate_enter(&gate));
    EXPECT(reel_port_gate_holder(&gate) == (uintptr_t)&first);
    reel_port_gate_wait(&gate);
    EXPECT(waits == 1); // by the mutex, which lends the priority
    current = &first;
    reel_port_gate_leave(&gate);
    current = &second;
    EXPECT(reel_port_gate_enter(&gate));
    reel_port_gate_wait(&gate); // it has the mutex
    EXPECT(reel_port_gate_holder(&gate) == (uintptr_t)&second);
    reel_port_gate_leave(&gate);
    EXPECT(reel_port_gate_holder(&gate) == 0);
    state = taskSCHEDULER_NOT_STARTED;
    EXPECT(reel_port_gate_enter(&gate));
    EXPECT(!reel_port_gate_enter(&gate));
    reel_port_gate_wait(&gate);
    reel_port_gate_leave(&gate);
    state = taskSCHEDULER_RUNNING;
    EXPECT(critical == 0);
    tap_result("a gate lets one task in, and the others wait by the mutex",
               NULL);
}

static void a_task_that_waits_for_itself_is_told(void)
{
    current = &first;
    start_pool();
    while_growing = claim_again;
    EXPECT(reel_pool_reserve(&pool, 1) == REEL_OK);
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
    tap_result("a task that would wait for itself is told", NULL);
}

int main(void)
{
    a_fresh_heap_is_one_block();
    allocation_fails_by_the_hook();
    blocks_are_aligned_and_cleared();
    a_free_block_is_cleared_where_it_is_asked_for();
    the_minimum_is_kept_until_it_is_reset();
    an_interrupt_frees();
    misuse_is_reported();
    statistics_are_true();
    free_blocks_are_counted_one_by_one();
    hooks_name_tasks();
    a_gate_lets_one_task_in();
    if (REEL_CHECKS >= 1) { // else it waits
        a_task_that_waits_for_itself_is_told();
    }
    EXPECT(last_panic == REEL_OK && suspended == 0 && critical == 0);
    RESULT(reel_heap_is_valid(&reel_freertos_heap), "the heap is valid", NULL);
    return tap_end() ? 0 : 1;
}
