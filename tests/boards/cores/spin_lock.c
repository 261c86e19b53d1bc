// SPDX-License-Identifier: MIT
#include "spin_lock.h"

uintptr_t spin_lock_taken;
