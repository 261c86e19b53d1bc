// SPDX-License-Identifier: MIT
#ifndef STUB_SEMPHR_H
#define STUB_SEMPHR_H

#include "FreeRTOS.h"

typedef struct StaticSemaphore {
    TickType_t depth;
    void *holder;
} StaticSemaphore_t;

typedef StaticSemaphore_t *SemaphoreHandle_t;

SemaphoreHandle_t
xSemaphoreCreateRecursiveMutexStatic(StaticSemaphore_t *pxMutexBuffer);
BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t xMutex,
                                   TickType_t xTicksToWait);
BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t xMutex);

#endif
