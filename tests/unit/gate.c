// SPDX-License-Identifier: MIT
// The gate is private; the modules that grow are built on it.

#include "../../src/gate.h"
#include "things.h"

static reel_word gate;
static size_t yields;

static void a_gate_lets_one_in_at_a_time(void)
{
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    EXPECT_EQUAL(load_relaxed(&gate), GATE_TAKEN);
    gate_leave(&gate);
    EXPECT_EQUAL(load_relaxed(&gate), GATE_OPEN);
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    gate_leave(&gate);
}

static bool entered;

static void try_the_gate(void)
{
    entered = reel_gate_enter(&gate PASS_HERE);
}

static void an_interrupt_never_enters_and_never_waits(void)
{
    entered = true;
    test_interrupt(try_the_gate);
    EXPECT(!entered && load_relaxed(&gate) == GATE_OPEN);
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    entered = true;
    test_interrupt(try_the_gate);
    EXPECT(!entered && load_relaxed(&gate) == GATE_TAKEN);
    gate_leave(&gate);
}

static void leave_at_the_third_yield(void)
{
    if (++yields == 3) {
        gate_leave(&gate);
    }
}

static void a_thread_yields_until_the_gate_is_open(void)
{
    yields = 0;
    test_on_yield = leave_at_the_third_yield;
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    EXPECT(reel_gate_enter(&gate PASS_HERE)); // waits for the "other thread" to leave
    EXPECT_EQUAL(yields, 3);
    gate_leave(&gate);
    test_on_yield = NULL;
}

static void a_gate_says_which_thread_is_inside(void)
{
    EXPECT_EQUAL(reel_port_gate_holder(&gate), 0);
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    EXPECT(reel_port_gate_holder(&gate) != 0);
    gate_leave(&gate);
    test_thread = 77;
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    EXPECT_EQUAL(reel_port_gate_holder(&gate), 77);
    gate_leave(&gate);
    test_thread = 0;
    EXPECT_EQUAL(reel_port_gate_holder(&gate), 0);
}

static void a_thread_does_not_wait_for_itself(void)
{
    if (REEL_CHECKS < 1) {
        tap_skip("not checked in this build");
        return;
    }
    test_thread = 77;
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    EXPECT(!reel_gate_enter(&gate PASS_HERE) && test_panicked(REEL_BUSY));
    EXPECT(!reel_gate_enter(&gate PASS_HERE) && test_panicked(REEL_BUSY));
    EXPECT_EQUAL(reel_port_gate_holder(&gate), 77);
    gate_leave(&gate);
    test_thread = 0;
}

static void come_back_as_another_thread(void)
{
    test_thread = 78;
    leave_at_the_third_yield();
}

static void a_thread_waits_for_another_one(void)
{
    test_thread = 77;
    yields = 0;
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    test_thread = 78;
    test_on_yield = come_back_as_another_thread;
    EXPECT(reel_gate_enter(&gate PASS_HERE));
    EXPECT(yields == 3 && reel_port_gate_holder(&gate) == 78);
    test_on_yield = NULL;
    gate_leave(&gate);
    test_thread = 0;
}

const test_case gate_tests[] = {
    TEST(a_gate_lets_one_in_at_a_time),
    TEST(an_interrupt_never_enters_and_never_waits),
    TEST(a_thread_yields_until_the_gate_is_open),
    TEST(a_gate_says_which_thread_is_inside),
    TEST(a_thread_does_not_wait_for_itself),
    TEST(a_thread_waits_for_another_one),
    END_OF_TESTS,
};
