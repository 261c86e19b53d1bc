// SPDX-License-Identifier: MIT
// An atomics backend for the explorer: the native one, orders and all, whose
// builtins are function calls. At each of them any other context may be let run
// first, and every store is remembered, since under weak memory a load may miss
// the latest.

#ifndef REEL_EXPLORER_MODEL_H
#define REEL_EXPLORER_MODEL_H

#include "explorer/model_calls.h"

#define __atomic_load_n             model_load
#define __atomic_store_n            model_store
#define __atomic_compare_exchange_n model_swap_if

#include "atomic/native.h"

#endif
