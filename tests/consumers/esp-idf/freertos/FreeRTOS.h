// SPDX-License-Identifier: MIT
// See task.h.

#ifndef INC_FREERTOS_H
#define INC_FREERTOS_H

#include <stdint.h>

typedef int BaseType_t;
typedef uint32_t TickType_t;

BaseType_t xPortInIsrContext(void);

#endif
