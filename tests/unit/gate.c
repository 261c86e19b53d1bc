// The gate is private; the modules that grow are built on it.

#include "../../src/gate.h"
#include "test.h"

static reel_word gate;
static size_t yields;

static void a_gate_lets_one_in_at_a_time(void)
{
    EXPECT(reel_gate_enter(&gate));
    EXPECT(load_relaxed(&gate) == GATE_TAKEN);
    gate_leave(&gate);
    EXPECT(load_relaxed(&gate) == GATE_OPEN);
    EXPECT(reel_gate_enter(&gate));
    gate_leave(&gate);
}

static bool entered;

static void try_the_gate(void)
{
    entered = reel_gate_enter(&gate);
}

static void an_interrupt_never_enters_and_never_waits(void)
{
    entered = true;
    test_interrupt(try_the_gate);
    EXPECT(!entered && load_relaxed(&gate) == GATE_OPEN);
    EXPECT(reel_gate_enter(&gate));
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
    EXPECT(reel_gate_enter(&gate));
    EXPECT(reel_gate_enter(&gate)); // waits for the "other thread" to leave
    EXPECT(yields == 3);
    gate_leave(&gate);
    test_on_yield = NULL;
}

const test_case gate_tests[] = {
    TEST(a_gate_lets_one_in_at_a_time),
    TEST(an_interrupt_never_enters_and_never_waits),
    TEST(a_thread_yields_until_the_gate_is_open),
    END_OF_TESTS,
};
