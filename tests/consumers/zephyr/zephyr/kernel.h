// SPDX-License-Identifier: MIT
// What port/zephyr uses of Zephyr's kernel, as its documentation declares it.

#ifndef ZEPHYR_KERNEL_H
#define ZEPHYR_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct k_thread *k_tid_t;
typedef struct {
    int64_t ticks;
} k_timeout_t;
#define K_TICKS(t) ((k_timeout_t){ .ticks = (t) })

bool k_is_in_isr(void);
int32_t k_sleep(k_timeout_t timeout);
k_tid_t k_current_get(void);
_Noreturn void k_panic(void);

#endif
