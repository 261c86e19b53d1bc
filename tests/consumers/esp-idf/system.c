// SPDX-License-Identifier: MIT
// A system with one task.

#include <esp_system.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "semihost.h"

void esp_system_abort(const char *details)
{
    semihost_write(details);
    semihost_exit(2);
}

BaseType_t xPortInIsrContext(void)
{
    return 0;
}

void vTaskDelay(TickType_t ticks)
{
    (void)ticks;
}

TaskHandle_t xTaskGetCurrentTaskHandle(void)
{
    return 0;
}
