// SPDX-License-Identifier: MIT
// The kernel's heap, in place of heap_4.c: link this file and leave that one
// out. All functions of heap_4, configTOTAL_HEAP_SIZE,
// configAPPLICATION_ALLOCATED_HEAP, configUSE_MALLOC_FAILED_HOOK,
// configHEAP_CLEAR_MEMORY_ON_FREE and the trace macros mean what they mean
// there. More than there:
//
//   vPortFree()     An interrupt may call it, too. The block comes back with
//                   the next calls of tasks, two blocks a call.
//   each call       O(1); README.md has the exceptions. heap_4 searches a list.
//   wrong pointers  A double free, a foreign pointer and one into a block are
//                   refused in every build, and reported by reel_panic().
//
// Tasks take turns by suspending the scheduler, as in heap_4.

#include "heap_reel.h"

#include "reel/arena.h"
#include "reel/port.h"
#include "task.h"

#define DRAINED 2 // blocks of interrupts that each call of a task frees

#ifndef configHEAP_CLEAR_MEMORY_ON_FREE
#define configHEAP_CLEAR_MEMORY_ON_FREE 0
#endif

#if configAPPLICATION_ALLOCATED_HEAP == 1
extern uint8_t ucHeap[configTOTAL_HEAP_SIZE];
#else
_Alignas(REEL_HEAP_GRANULE) static uint8_t ucHeap[configTOTAL_HEAP_SIZE];
#endif

reel_heap reel_freertos_heap;

static size_t least_free; // bytes, ever since the start or the last reset of it
static size_t allocations, frees;

static size_t size_of_heap(void)
{
    return reel_freertos_heap.count << reel_freertos_heap.shift;
}

static size_t free_now(void)
{
    return size_of_heap() - reel_freertos_heap.peak
           + reel_freertos_heap.below_peak;
}

// Free blocks of interrupts. Returns true if there were any.
static bool drain(size_t most)
{
    reel_heap *const heap = &reel_freertos_heap;
    if (heap->pending == 0 && *(volatile uintptr_t *)&heap->later.value == 0) {
        return false;
    }
    const size_t count = reel_heap_drain(heap, most);
    frees += count;
    return count > 0;
}

// Only tasks come here, or main() ahead of the scheduler.
static void enter(void)
{
    vTaskSuspendAll();
    if (size_of_heap() == 0) {
        const reel_status status =
            reel_heap_init(&reel_freertos_heap, ucHeap, sizeof ucHeap);
        configASSERT(status == REEL_OK);
        (void)status;
        least_free = size_of_heap();
    }
    (void)drain(DRAINED);
}

static void leave(void)
{
    (void)xTaskResumeAll();
}

typedef void *allocate(reel_heap *heap, size_t size, size_t align);

static void *take(allocate *from, size_t size)
{
    reel_heap *const heap = &reel_freertos_heap;
    void *block = from(heap, size, portBYTE_ALIGNMENT);
    if (block == NULL && drain(SIZE_MAX)) {
        block = from(heap, size, portBYTE_ALIGNMENT);
    }
    if (block != NULL) {
        const size_t left = free_now();
        least_free = left < least_free ? left : least_free;
        allocations++;
    }
    return block;
}

// As in heap_4, a size of 0 fails.
static void *allocate_by(allocate *from, size_t size)
{
    void *block = NULL;
    if (!reel_port_in_interrupt()) {
        enter();
        block = size > 0 ? take(from, size) : NULL;
        traceMALLOC(block, size);
        leave();
    }
#if configUSE_MALLOC_FAILED_HOOK == 1
    if (block == NULL) {
        vApplicationMallocFailedHook();
    }
#endif
    return block;
}

void *pvPortMalloc(size_t xWantedSize)
{
    return allocate_by(reel_heap_alloc, xWantedSize);
}

void *pvPortCalloc(size_t xNum, size_t xSize)
{
    return allocate_by(reel_heap_alloc_zeroed, reel_array_size(xNum, xSize));
}

static void clear(const void *block)
{
    volatile uint8_t *const bytes = (volatile uint8_t *)(uintptr_t)block;
    const size_t size = reel_heap_usable_size(&reel_freertos_heap, block);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = 0;
    }
}

static reel_status free_in_task(void *block)
{
    enter();
    if (configHEAP_CLEAR_MEMORY_ON_FREE == 1
        && reel_heap_owns(&reel_freertos_heap, block)) {
        clear(block);
    }
    traceFREE(block, reel_heap_owns(&reel_freertos_heap, block)
                         ? reel_heap_usable_size(&reel_freertos_heap, block)
                         : 0);
    const reel_status status = reel_heap_free(&reel_freertos_heap, block);
    frees += status == REEL_OK;
    leave();
    return status;
}

void vPortFree(void *pv)
{
    if (pv == NULL) {
        return;
    }
    const reel_status status =
        reel_port_in_interrupt() ? reel_heap_free_later(&reel_freertos_heap, pv)
                                 : free_in_task(pv);
    if (REEL_CHECKS >= 1 && status != REEL_OK) {
        reel_panic(status, __FILE__, __LINE__);
    }
}

size_t xPortGetFreeHeapSize(void)
{
    enter();
    const size_t size = free_now();
    leave();
    return size;
}

size_t xPortGetMinimumEverFreeHeapSize(void)
{
    enter();
    const size_t size = least_free;
    leave();
    return size;
}

void xPortResetHeapMinimumEverFreeHeapSize(void)
{
    enter();
    least_free = free_now();
    leave();
}

// There is nothing to do: the heap starts with its first use.
void vPortInitialiseBlocks(void)
{
}

void vPortHeapResetState(void)
{
    reel_freertos_heap.count = 0;
    allocations = frees = 0;
}

// ---- statistics -------------------------------------------------------------

static bool has_bit(const reel_word *word, size_t i)
{
    return (word->value >> i % (8 * sizeof word->value) & 1) != 0;
}

// A block starts where `starts` is set, and is free if `edges` is, too.
static bool starts_at(size_t i, bool *is_free)
{
    const reel_heap_cell *const cell =
        &reel_freertos_heap.map[i / (8 * sizeof(uintptr_t))];
    *is_free = has_bit(&cell->edges, i);
    return has_bit(&cell->starts, i);
}

static void count_free(HeapStats_t *stats, size_t granules)
{
    const size_t size = granules << reel_freertos_heap.shift;
    stats->xNumberOfFreeBlocks++;
    if (stats->xSizeOfLargestFreeBlockInBytes < size) {
        stats->xSizeOfLargestFreeBlockInBytes = size;
    }
    if (stats->xSizeOfSmallestFreeBlockInBytes > size) {
        stats->xSizeOfSmallestFreeBlockInBytes = size;
    }
}

// Free blocks never touch. What was never used is one, above the frontier.
static void count_all_free(HeapStats_t *stats)
{
    const size_t frontier = reel_freertos_heap.frontier.value;
    const size_t unused = reel_freertos_heap.count - frontier;
    size_t first = frontier; // of a free block; `frontier`: there is none
    for (size_t i = 0; i < frontier; i++) {
        bool is_free;
        if (starts_at(i, &is_free)) {
            if (first < frontier) {
                count_free(stats, i - first);
            }
            first = is_free ? i : frontier;
        }
    }
    if (unused > 0) {
        count_free(stats, unused);
    }
}

void vPortGetHeapStats(HeapStats_t *pxHeapStats)
{
    pxHeapStats->xSizeOfLargestFreeBlockInBytes = 0;
    pxHeapStats->xSizeOfSmallestFreeBlockInBytes = SIZE_MAX;
    pxHeapStats->xNumberOfFreeBlocks = 0;
    enter();
    (void)drain(SIZE_MAX);
    count_all_free(pxHeapStats);
    pxHeapStats->xAvailableHeapSpaceInBytes = free_now();
    pxHeapStats->xMinimumEverFreeBytesRemaining = least_free;
    pxHeapStats->xNumberOfSuccessfulAllocations = allocations;
    pxHeapStats->xNumberOfSuccessfulFrees = frees;
    leave();
}
