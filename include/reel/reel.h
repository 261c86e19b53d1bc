// SPDX-License-Identifier: MIT
/// The whole family. Each header is usable alone.

#ifndef REEL_REEL_H
#define REEL_REEL_H

#include "reel/allocator.h"
#include "reel/arena.h"
#include "reel/blocks.h"
#include "reel/blocks_cache.h"
#include "reel/events.h"
#include "reel/heap.h"
#include "reel/heap_cache.h"
#include "reel/locked.h"
#include "reel/pages.h"
#include "reel/pool.h"
#include "reel/pool_cache.h"
#include "reel/port.h"
#include "reel/region.h"
#include "reel/registry.h"
#include "reel/report.h"
#include "reel/rewindable.h"
#include "reel/span.h"
#include "reel/temp.h"

#endif
