// SPDX-License-Identifier: MIT
// The hooks of ESP-IDF. The application may define reel_panic itself: this one is weak.

#include <esp_system.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "reel/port.h"

__attribute__((__weak__)) void reel_panic(reel_status why, const char *file,
                                          int line)
{
    (void)file, (void)line;
    esp_system_abort(reel_status_name(why));
}

bool reel_port_in_interrupt(void)
{
    return xPortInIsrContext();
}

// A yield would not let tasks of lower priority run.
void reel_port_yield(void)
{
    vTaskDelay(1);
}

// A call before the scheduler starts has no task, which is 0: unknown.
uintptr_t reel_port_thread(void)
{
    return (uintptr_t)xTaskGetCurrentTaskHandle();
}
