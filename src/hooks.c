// Defaults for the hooks of the application and the port. Both may be replaced
// by a plain definition anywhere in the program.

#include "reel/port.h"

#define DEFAULT_HOOK __attribute__((weak))

DEFAULT_HOOK void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    __builtin_trap();
}

DEFAULT_HOOK bool reel_port_in_interrupt(void)
{
    return false;
}

DEFAULT_HOOK void reel_port_yield(void)
{
}
