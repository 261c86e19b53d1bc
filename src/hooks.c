// Defaults for the hooks of the application and the port. Each may be replaced by a
// plain definition anywhere in the program.

#include "reel/port.h"

#define DEFAULT_HOOK __attribute__((__weak__))

#if defined(__ARM_ARCH_PROFILE)
#define IS_CORTEX_M (__ARM_ARCH_PROFILE == 'M')
#else
#define IS_CORTEX_M 0
#endif

DEFAULT_HOOK void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    __builtin_trap();
}

// On a Cortex-M a handler runs while IPSR holds its exception number, and a thread
// finds 0. Nothing says so much on other CPUs.
DEFAULT_HOOK bool reel_port_in_interrupt(void)
{
    uintptr_t exception = 0;
#if IS_CORTEX_M
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
#endif
    return exception != 0;
}

DEFAULT_HOOK void reel_port_yield(void)
{
}
