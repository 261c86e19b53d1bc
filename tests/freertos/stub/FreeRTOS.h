// SPDX-License-Identifier: MIT
// What port/freertos uses of the kernel's headers, for a test on a host: the
// names and types of FreeRTOS 11.

#ifndef STUB_FREERTOS_H
#define STUB_FREERTOS_H

#include <stddef.h>
#include <stdint.h>

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;

#define pdTRUE  ((BaseType_t)1)
#define pdFALSE ((BaseType_t)0)

#define portBYTE_ALIGNMENT 8
#define portMAX_DELAY      ((TickType_t)0xFFFFFFFF)

#define configTOTAL_HEAP_SIZE            ((size_t)16384)
#define configUSE_MALLOC_FAILED_HOOK     1
#define configAPPLICATION_ALLOCATED_HEAP 0
#define configHEAP_CLEAR_MEMORY_ON_FREE  1

void stub_assert(int fact);
#define configASSERT(fact) stub_assert((fact) ? 1 : 0)

void stub_trace(int change, void *block, size_t size);
#define traceMALLOC(block, size) stub_trace(1, block, size)
#define traceFREE(block, size)   stub_trace(-1, block, size)

typedef struct xHeapStats {
    size_t xAvailableHeapSpaceInBytes;
    size_t xSizeOfLargestFreeBlockInBytes;
    size_t xSizeOfSmallestFreeBlockInBytes;
    size_t xNumberOfFreeBlocks;
    size_t xMinimumEverFreeBytesRemaining;
    size_t xNumberOfSuccessfulAllocations;
    size_t xNumberOfSuccessfulFrees;
} HeapStats_t;

void *pvPortMalloc(size_t xWantedSize);
void *pvPortCalloc(size_t xNum, size_t xSize);
void vPortFree(void *pv);
void vPortInitialiseBlocks(void);
size_t xPortGetFreeHeapSize(void);
size_t xPortGetMinimumEverFreeHeapSize(void);
void xPortResetHeapMinimumEverFreeHeapSize(void);
void vPortGetHeapStats(HeapStats_t *pxHeapStats);
void vPortHeapResetState(void);
void vApplicationMallocFailedHook(void);

#endif
