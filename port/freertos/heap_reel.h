// SPDX-License-Identifier: MIT
/// The kernel's heap and reel's hooks under FreeRTOS: heap_reel.c, hooks.c.

#ifndef REEL_PORT_FREERTOS_HEAP_REEL_H
#define REEL_PORT_FREERTOS_HEAP_REEL_H

#include "FreeRTOS.h"
#include "reel/heap.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What pvPortMalloc() allocates in, from the first call on. For statistics,
/// checks and a debugger: only the functions of the kernel's heap allocate and
/// free here.
extern reel_heap reel_freertos_heap;

/// Get the name of a task that reel knows by its number: reel_port_thread(), or
/// reel_port_gate_holder().
///
/// Returns  the name as xTaskCreate() got it, as long as the task exists;
///          "main" for the number of what runs ahead of the scheduler.
/// Callers  threads only
const char *reel_freertos_name(uintptr_t thread);

#ifdef __cplusplus
}
#endif

#endif
