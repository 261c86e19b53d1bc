// SPDX-License-Identifier: MIT
// The kernel of tests/freertos/kernel.c, on a Cortex-M3.

#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include <stdint.h>

void kernel_assert(const char *file, int line);
#define configASSERT(fact)                     \
    do {                                       \
        if (!(fact)) {                         \
            kernel_assert(__FILE__, __LINE__); \
        }                                      \
    } while (0)

#define configUSE_PREEMPTION                1
#define configUSE_TIME_SLICING              1
#define configUSE_IDLE_HOOK                 0
#define configUSE_TICK_HOOK                 1
#define configCPU_CLOCK_HZ                  25000000u
#define configTICK_RATE_HZ 50u // an instruction takes a microsecond here
#define configTICK_TYPE_WIDTH_IN_BITS       TICK_TYPE_WIDTH_32_BITS
#define configMAX_PRIORITIES                5
#define configMINIMAL_STACK_SIZE            128
#define configMAX_TASK_NAME_LEN             10
#define configTOTAL_HEAP_SIZE               ((size_t)KERNEL_HEAP)
#define configUSE_MUTEXES                   1
#define configUSE_RECURSIVE_MUTEXES         1
#define configUSE_TIMERS                    1
#define configTIMER_TASK_PRIORITY           3
#define configTIMER_QUEUE_LENGTH            8
#define configTIMER_TASK_STACK_DEPTH        256
#define configSUPPORT_STATIC_ALLOCATION     1
#define configSUPPORT_DYNAMIC_ALLOCATION    1
#define configKERNEL_PROVIDED_STATIC_MEMORY 1
#define configCHECK_FOR_STACK_OVERFLOW      0
#define configUSE_MALLOC_FAILED_HOOK        1

#define INCLUDE_vTaskDelete               1
#define INCLUDE_vTaskDelay                1
#define INCLUDE_vTaskSuspend              1
#define INCLUDE_xTaskGetSchedulerState    1
#define INCLUDE_xTaskGetCurrentTaskHandle 1
#define INCLUDE_vTaskPrioritySet          1
#define INCLUDE_uxTaskPriorityGet         1

#define configPRIO_BITS                      3
#define configKERNEL_INTERRUPT_PRIORITY      (7 << 5)
#define configMAX_SYSCALL_INTERRUPT_PRIORITY (5 << 5)
#define configCHECK_HANDLER_INSTALLATION     0

#define vPortSVCHandler     svc_handler
#define xPortPendSVHandler  pend_sv_handler
#define xPortSysTickHandler sys_tick_handler

#endif
