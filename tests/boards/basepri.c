// SPDX-License-Identifier: MIT
// The interrupt mask of port/cortex-m/basepri.h, with PendSV and SysTick at chosen
// priorities: which of them waits and which does not. A program of its own for
// boards; TAP.

#include "cortex-m/basepri.h"
#include "reel/reel.h"
#include "semihost.h"
#include "tap.h"

#define ICSR            (*(volatile uint32_t *)0xE000ED04)
#define ICSR_PENDSTSET  (UINT32_C(1) << 26)
#define ICSR_PENDSVSET  (UINT32_C(1) << 28)
#define PEND_SV_URGENCY (*(volatile uint8_t *)0xE000ED22) // in SHPR3
#define TICK_URGENCY    (*(volatile uint8_t *)0xE000ED23)

// The mask's priority, the one that is just more urgent, and others. Three bits,
// which every part has.
#define AT_MASK   REEL_PORT_BASEPRI
#define MORE      (REEL_PORT_BASEPRI - 0x20)
#define MUCH_MORE (REEL_PORT_BASEPRI - 0x40)
#define LESS      (REEL_PORT_BASEPRI + 0x40)

int main(void);
void pend_sv_handler(void);
void sys_tick_handler(void);

static volatile unsigned pend_sv_runs, tick_runs;

void test_write(const char *text)
{
    semihost_write(text);
}

void pend_sv_handler(void)
{
    pend_sv_runs++;
}

void sys_tick_handler(void)
{
    tick_runs++;
}

static uint32_t basepri(void)
{
    uint32_t value;
    __asm__ volatile("mrs %0, basepri" : "=r"(value));
    return value;
}

static void set_basepri(uint32_t value)
{
    __asm__ volatile("msr basepri, %0\n\tisb" ::"r"(value) : "memory");
}

static uint32_t primask(void)
{
    uint32_t value;
    __asm__ volatile("mrs %0, primask" : "=r"(value));
    return value;
}

// What can be taken has been taken after this.
static void settle(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

static void pend(uint32_t which)
{
    ICSR = which;
    settle();
}

static bool is_pending(uint32_t which)
{
    return (ICSR & which) != 0;
}

static void begin(unsigned pend_sv, unsigned tick)
{
    PEND_SV_URGENCY = (uint8_t)pend_sv;
    TICK_URGENCY = (uint8_t)tick;
    pend_sv_runs = tick_runs = 0;
    settle();
    EXPECT(basepri() == 0 && primask() == 0);
}

static void end(void)
{
    EXPECT(basepri() == 0 && primask() == 0);
    EXPECT(!is_pending(ICSR_PENDSVSET) && !is_pending(ICSR_PENDSTSET));
}

// ---- tests -----------------------------------------------------------------------

static void unmasked_interrupts_are_taken(void)
{
    begin(LESS, MORE);
    pend(ICSR_PENDSVSET);
    pend(ICSR_PENDSTSET);
    EXPECT(pend_sv_runs == 1 && tick_runs == 1);
    end();
}

static void expect_waits_at(unsigned priority)
{
    begin(priority, MORE);
    const uintptr_t saved = reel_port_mask();
    pend(ICSR_PENDSVSET);
    EXPECT(pend_sv_runs == 0 && is_pending(ICSR_PENDSVSET));
    reel_port_unmask(saved);
    settle();
    EXPECT(pend_sv_runs == 1);
    end();
}

static void a_less_urgent_interrupt_waits_for_the_unmask(void)
{
    expect_waits_at(LESS);
}

static void one_at_the_masks_priority_waits_too(void)
{
    expect_waits_at(AT_MASK);
}

static void a_more_urgent_interrupt_is_taken_inside(void)
{
    begin(LESS, MORE);
    const uintptr_t saved = reel_port_mask();
    pend(ICSR_PENDSVSET | ICSR_PENDSTSET);
    EXPECT(tick_runs == 1 && pend_sv_runs == 0);
    EXPECT(primask() == 0);
    reel_port_unmask(saved);
    settle();
    EXPECT(tick_runs == 1 && pend_sv_runs == 1);
    end();
}

static void masks_nest(void)
{
    begin(LESS, MORE);
    const uintptr_t outer = reel_port_mask();
    const uintptr_t inner = reel_port_mask();
    EXPECT(outer == 0 && inner == REEL_PORT_BASEPRI);
    pend(ICSR_PENDSVSET);
    reel_port_unmask(inner);
    settle();
    EXPECT(basepri() == REEL_PORT_BASEPRI);
    EXPECT(pend_sv_runs == 0 && is_pending(ICSR_PENDSVSET));
    reel_port_unmask(outer);
    settle();
    EXPECT(pend_sv_runs == 1);
    end();
}

static void a_stricter_mask_is_kept(void)
{
    begin(LESS, MORE);
    set_basepri(MUCH_MORE);
    const uintptr_t saved = reel_port_mask();
    EXPECT(saved == MUCH_MORE && basepri() == MUCH_MORE);
    pend(ICSR_PENDSTSET);
    EXPECT(tick_runs == 0);
    reel_port_unmask(saved);
    settle();
    EXPECT(tick_runs == 0 && basepri() == MUCH_MORE);
    set_basepri(0);
    EXPECT(tick_runs == 1);
    end();
}

static void a_laxer_mask_is_raised_and_comes_back(void)
{
    begin(AT_MASK, MORE);
    set_basepri(LESS);
    const uintptr_t saved = reel_port_mask();
    EXPECT(saved == LESS && basepri() == REEL_PORT_BASEPRI);
    pend(ICSR_PENDSVSET);
    EXPECT(pend_sv_runs == 0);
    reel_port_unmask(saved);
    settle();
    EXPECT(pend_sv_runs == 1 && basepri() == LESS);
    set_basepri(0);
    end();
}

static void primask_is_left_as_it_was(void)
{
    begin(LESS, MORE);
    __asm__ volatile("cpsid i" ::: "memory");
    const uintptr_t saved = reel_port_mask();
    pend(ICSR_PENDSTSET);
    EXPECT(primask() == 1 && tick_runs == 0);
    reel_port_unmask(saved);
    settle();
    EXPECT(primask() == 1 && tick_runs == 0);
    __asm__ volatile("cpsie i\n\tisb" ::: "memory");
    EXPECT(tick_runs == 1);
    end();
}

// ---- reel behind it ----------------------------------------------------------------

REEL_BLOCKS_DEFINE(pool, 8, 4);

static void a_pool_leaves_the_mask_as_it_was(void)
{
    begin(LESS, MORE);
    set_basepri(LESS);
    void *const block = reel_blocks_alloc(&pool);
    EXPECT(block != NULL && basepri() == LESS);
    EXPECT(reel_blocks_free(&pool, block) == REEL_OK && basepri() == LESS);
    EXPECT(reel_blocks_free(&pool, block) == REEL_DOUBLE_FREE);
    EXPECT(basepri() == LESS);
    set_basepri(0);
    end();
}

#define RUN(test)                \
    do {                         \
        test();                  \
        tap_result(#test, NULL); \
    } while (0)

int main(void)
{
    RUN(unmasked_interrupts_are_taken);
    RUN(a_less_urgent_interrupt_waits_for_the_unmask);
    RUN(one_at_the_masks_priority_waits_too);
    RUN(a_more_urgent_interrupt_is_taken_inside);
    RUN(masks_nest);
    RUN(a_stricter_mask_is_kept);
    RUN(a_laxer_mask_is_raised_and_comes_back);
    RUN(primask_is_left_as_it_was);
    RUN(a_pool_leaves_the_mask_as_it_was);
    return tap_end() ? 0 : 1;
}
