// A handler runs while IPSR holds its exception number; a thread finds 0.

#include "reel/port.h"

bool reel_port_in_interrupt(void)
{
    uintptr_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return exception != 0;
}
