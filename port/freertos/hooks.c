// SPDX-License-Identifier: MIT
// reel's hooks under FreeRTOS (reel/port.h). Link this as an object. Needs, in
// FreeRTOSConfig.h, configUSE_MUTEXES, configUSE_RECURSIVE_MUTEXES,
// configSUPPORT_STATIC_ALLOCATION, INCLUDE_vTaskDelay,
// INCLUDE_xTaskGetSchedulerState and INCLUDE_xTaskGetCurrentTaskHandle.
//
// One mutex stands behind all gates, because a gate is one word, and the
// kernel's mutex is larger. A task that waits lends its priority to the one
// inside. So two objects whose backings both take long wait for each other. A
// task must not be deleted inside a gate.
//
// Whether this is an interrupt: src/hooks.c asks IPSR on a Cortex-M. For
// another CPU, define reel_port_in_interrupt() beside this.

#include "heap_reel.h"

#include "reel/port.h"
#include "semphr.h"
#include "task.h"

#define MAIN ((uintptr_t)1) // ahead of the scheduler: no task has that address

static bool is_ahead(void)
{
    return xTaskGetSchedulerState() == taskSCHEDULER_NOT_STARTED;
}

// A tick, so that tasks of lower priority run.
void reel_port_yield(void)
{
    if (!is_ahead()) {
        vTaskDelay(1);
    }
}

uintptr_t reel_port_thread(void)
{
    return is_ahead() ? MAIN : (uintptr_t)xTaskGetCurrentTaskHandle();
}

const char *reel_freertos_name(uintptr_t thread)
{
    return thread == MAIN ? "main" : pcTaskGetName((TaskHandle_t)thread);
}

// ---- gates ------------------------------------------------------------------

static SemaphoreHandle_t mutex(void)
{
    static StaticSemaphore_t memory;
    static SemaphoreHandle_t handle;
    taskENTER_CRITICAL();
    if (handle == NULL) {
        handle = xSemaphoreCreateRecursiveMutexStatic(&memory);
    }
    taskEXIT_CRITICAL();
    return handle;
}

// The mutex lets this task in again. The gate does not.
static bool take_mutex(TickType_t ticks)
{
    return is_ahead() || xSemaphoreTakeRecursive(mutex(), ticks) == pdTRUE;
}

static void give_mutex(void)
{
    if (!is_ahead()) {
        (void)xSemaphoreGiveRecursive(mutex());
    }
}

bool reel_port_gate_enter(reel_word *gate)
{
    if (!take_mutex(0)) {
        return false;
    }
    if (gate->value != 0) {
        give_mutex();
        return false;
    }
    gate->value = reel_port_thread();
    return true;
}

void reel_port_gate_wait(reel_word *gate)
{
    (void)gate;
    if (take_mutex(portMAX_DELAY)) {
        give_mutex();
    }
}

void reel_port_gate_leave(reel_word *gate)
{
    gate->value = 0;
    give_mutex();
}

uintptr_t reel_port_gate_holder(const reel_word *gate)
{
    return *(const volatile uintptr_t *)&gate->value;
}
