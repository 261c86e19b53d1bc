// SPDX-License-Identifier: MIT
#include "console.h"

#include <stdarg.h>

#include "semihost.h"

static void say_number(uintptr_t number, unsigned base)
{
    char digits[3 * sizeof number + 1];
    char *at = &digits[sizeof digits - 1];
    *at = '\0';
    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    semihost_write(at);
}

static void say_one(char kind, va_list *arguments)
{
    if (kind == 's') {
        semihost_write(va_arg(*arguments, const char *));
    } else if (kind == 'd') {
        say_number(va_arg(*arguments, uintptr_t), 10);
    } else {
        semihost_write("0x");
        say_number(va_arg(*arguments, uintptr_t), 16);
    }
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        const char text[] = { *format, '\0' };
        if (*format == '%' && format[1] != '\0') {
            say_one(*++format, &arguments);
        } else {
            semihost_write(text);
        }
    }
    va_end(arguments);
}
