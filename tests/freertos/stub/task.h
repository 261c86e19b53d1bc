// SPDX-License-Identifier: MIT
#ifndef STUB_TASK_H
#define STUB_TASK_H

#include "FreeRTOS.h"

typedef struct stub_task *TaskHandle_t;

#define taskSCHEDULER_NOT_STARTED ((BaseType_t)1)
#define taskSCHEDULER_RUNNING     ((BaseType_t)2)

void vTaskSuspendAll(void);
BaseType_t xTaskResumeAll(void);
BaseType_t xTaskGetSchedulerState(void);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
char *pcTaskGetName(TaskHandle_t xTaskToQuery);
void vTaskDelay(TickType_t xTicksToDelay);

void stub_critical(int change);
#define taskENTER_CRITICAL() stub_critical(1)
#define taskEXIT_CRITICAL()  stub_critical(-1)

#endif
