// SPDX-License-Identifier: MIT
// The console of an ATmega1284P, whose words have 16 bits, and what else the heap's
// tests need of a machine. simavr ends when the CPU sleeps with interrupts off.

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "test.h"

const size_t test_scale = 1;

void test_write(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((UCSR0A & (1 << UDRE0)) == 0) {
        }
        UDR0 = (uint8_t)*text;
    }
}

unsigned char *test_memory(size_t size)
{
    static unsigned char memory[TEST_MEMORY];
    EXPECT(size <= TEST_MEMORY);
    return memory + TEST_MEMORY - size;
}

reel_allocator test_malloc(void)
{
    return reel_allocator_null();
}

const reel_pages *test_port(void)
{
    return NULL;
}

void test_interrupt(void (*handler)(void))
{
    handler();
}

int main(void)
{
    UCSR0B = 1 << TXEN0;
    (void)test_run_all("");
    cli();
    sleep_enable();
    sleep_cpu();
    return 0;
}
