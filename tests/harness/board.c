// SPDX-License-Identifier: MIT
// Runs the freestanding tests on a board; the emulator's exit code is ours.

#ifndef TEST_MPU
#define TEST_MPU 0 // 1: the memory of the tests lies behind the MPU
#endif

#if TEST_MPU
#include "cortex-m/fault.h"
#if __ARM_ARCH >= 8
#include "cortex-m/mpu8.h"
#define TEST_MPU_TYPE reel_mpu8
#else
#include "cortex-m/mpu7.h"
#define TEST_MPU_TYPE reel_mpu7
#endif
#endif

#include "semihost.h"
#include "test.h"

#define ICSR           (*(volatile uint32_t *)0xE000ED04)
#define ICSR_PENDSVSET (UINT32_C(1) << 28)
#define SHPR3          (*(volatile uint32_t *)0xE000ED20)
#define SHPR3_PENDSV   (UINT32_C(0xFF) << 16)

int main(void);
void pend_sv_handler(void);

const size_t test_scale = 1;

void test_write(const char *text)
{
    semihost_write(text);
}

// ---- memory, in some builds behind the MPU ---------------------------------

static _Alignas(TEST_MEMORY) unsigned char memory[TEST_MEMORY];

#if TEST_MPU

static TEST_MPU_TYPE mpu;

static reel_status take_mpu(void)
{
#if __ARM_ARCH >= 8
    return reel_mpu8_init(&mpu, REEL_MPU8_OVERLAP, memory, TEST_MEMORY, 32, 0,
                          0);
#else
    return reel_mpu7_init(&mpu, memory, TEST_MEMORY, 0, 3);
#endif
}

static void open_memory(void)
{
    if (mpu.size == 0
        && (reel_mpu_enable() != REEL_OK || take_mpu() != REEL_OK)) {
        test_write("Bail out! no MPU\n");
        semihost_exit(1);
    }
    if (mpu.frontier < mpu.size) {
        EXPECT(mpu.pages.commit(&mpu, memory + mpu.frontier,
                                mpu.size - mpu.frontier));
    }
}

const reel_pages *test_port(void)
{
    mpu.pages.decommit(&mpu, memory, mpu.size);
    return &mpu.pages;
}

#else

static void open_memory(void)
{
}

const reel_pages *test_port(void)
{
    return NULL;
}

#endif

unsigned char *test_memory(size_t size)
{
    EXPECT(size <= TEST_MEMORY);
    open_memory();
    return memory + TEST_MEMORY - size;
}

static void (*volatile pending)(void);

void pend_sv_handler(void)
{
    pending();
}

reel_allocator test_malloc(void)
{
    return reel_allocator_null();
}

void test_interrupt(void (*handler)(void))
{
    pending = handler;
    ICSR = ICSR_PENDSVSET;
    __asm__ volatile("dsb\n\tisb" ::: "memory"); // taken by now
}

int main(void)
{
    char line[100];
    SHPR3 |= SHPR3_PENDSV; // least urgent, so that any mask holds it
    const char *const named = semihost_arguments(line, sizeof line);
    if (named == NULL) {
        test_write("Bail out! the command line is too long\n");
        return 1;
    }
    return test_run_all(named) ? 0 : 1;
}
