// Runs the freestanding tests on a board; the emulator's exit code is ours.

#include "semihost.h"
#include "test.h"

#define ICSR           (*(volatile uint32_t *)0xE000ED04)
#define ICSR_PENDSVSET (UINT32_C(1) << 28)

int main(void);
void pend_sv_handler(void);

const size_t test_scale = 1;

void test_write(const char *text)
{
    semihost_write(text);
}

unsigned char *test_memory(size_t size)
{
    static _Alignas(64) unsigned char memory[TEST_MEMORY];
    return memory + TEST_MEMORY - size;
}

static void (*volatile pending)(void);

void pend_sv_handler(void)
{
    pending();
}

void test_interrupt(void (*handler)(void))
{
    pending = handler;
    ICSR = ICSR_PENDSVSET;
    __asm__ volatile("dsb\n\tisb" ::: "memory"); // taken by now
}

int main(void)
{
    return test_run_all() ? 0 : 1;
}
