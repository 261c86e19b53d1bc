// SPDX-License-Identifier: MIT
// What targets/examples/freertos.c uses of FreeRTOS, as its documentation declares it.
// kernel.c has it by threads of the host.

#ifndef FREERTOS_H
#define FREERTOS_H

#include <stddef.h>
#include <stdint.h>

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;
#define portMAX_DELAY ((TickType_t)0xffffffffu)
#define pdPASS        ((BaseType_t)1)

#endif
