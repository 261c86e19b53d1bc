// SPDX-License-Identifier: MIT
// What port/esp-idf uses of FreeRTOS, as its documentation declares it.

#ifndef INC_TASK_H
#define INC_TASK_H

#include "FreeRTOS.h"

typedef struct tskTaskControlBlock *TaskHandle_t;

void vTaskDelay(TickType_t ticks);
TaskHandle_t xTaskGetCurrentTaskHandle(void);

#endif
