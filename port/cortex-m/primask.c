#include "primask.h"

extern inline uintptr_t reel_port_mask(void);
extern inline void reel_port_unmask(uintptr_t saved);
