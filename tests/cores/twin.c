// The same work on a pool whose list's version stands still: it must be seen.

#include "both.h"
#include "pool.h"
#include "semihost.h"
#include "tap.h"

// One to two million turns of the two are enough on average, five were the most
// in 30 runs; cores that take turns in one thread of the emulator never see it.
#define TURNS      1000000u
#define ROUNDS_MAX 16u

int main(void);

void test_write(const char *text)
{
    semihost_write(text);
}

int main(void)
{
    size_t round = 0;
    both_start();
    do {
        pool_run(TURNS);
        round++;
    } while (round < ROUNDS_MAX && pool_wrong() == 0);
    test_note("turns:", pool_turns());
    test_note("takes that the other core got into:", pool_overlaps());
    EXPECT(pool_wrong() > 0);
    tap_result("a list without a version is noticed", NULL);
    return tap_end() ? 0 : 1;
}
