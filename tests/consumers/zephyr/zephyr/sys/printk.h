// SPDX-License-Identifier: MIT
// See ../kernel.h.

#ifndef ZEPHYR_PRINTK_H
#define ZEPHYR_PRINTK_H

void printk(const char *format, ...);

#endif
