// SPDX-License-Identifier: MIT
// What port/esp-idf uses of ESP-IDF, as its documentation declares it.

#ifndef ESP_SYSTEM_H
#define ESP_SYSTEM_H

void esp_system_abort(const char *details) __attribute__((__noreturn__));

#endif
