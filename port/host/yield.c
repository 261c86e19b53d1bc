// Threads that wait let the others run.

#include <sched.h>

#include "reel/port.h"

void reel_port_yield(void)
{
    (void)sched_yield();
}
