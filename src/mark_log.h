// SPDX-License-Identifier: MIT
// At REEL_CHECKS 2: the rewinds that dropped marks, so that each dropped mark is
// detected. The arena itself keeps two of them, which release builds compare with.
//
// Of an arena's drops only those count that no later one covers: each is higher than
// the one before. So a mark was dropped if the first drop after it is lower. The log
// is bounded, and so is the number of logs: an arena whose log is full loses its
// lowest drop, which the arena keeps. One whose log another arena needs starts anew.
//
// A log knows the serial that it left the arena with, and that of the reset before. If
// the arena has other ones, it was reset or initialised, or a drop was not logged: then
// the log says nothing.

#ifndef REEL_SRC_MARK_LOG_H
#define REEL_SRC_MARK_LOG_H

#include "atomic.h"
#include "reel/arena.h"

#if REEL_CHECKS >= 2

#define MARK_LOGS  8u // a power of two
#define MARK_DROPS 8u

typedef struct mark_log {
    reel_word is_open; // by one context at a time; another one goes without
    const reel_arena *arena;
    unsigned long serial, epoch;
    size_t count;
    uintptr_t positions[MARK_DROPS];
    unsigned long serials[MARK_DROPS];
} mark_log;

static mark_log mark_logs[MARK_LOGS];

static mark_log *open_log(const reel_arena *arena)
{
    mark_log *const log =
        &mark_logs[(uintptr_t)arena / sizeof(uintptr_t) % MARK_LOGS];
    uintptr_t seen = 0;
    while (!swap_if_acquire(&log->is_open, &seen, 1)) {
        if (seen != 0) {
            return NULL;
        }
    }
    return log;
}

static void close_log(mark_log *log)
{
    store_release(&log->is_open, 0);
}

static bool is_log_of(const mark_log *log, const reel_arena *arena)
{
    return log->arena == arena && log->serial == arena->serial
           && log->epoch == arena->epoch;
}

static void forget_lowest(mark_log *log)
{
    for (size_t i = 1; i < log->count; i++) {
        log->positions[i - 1] = log->positions[i];
        log->serials[i - 1] = log->serials[i];
    }
    log->count--;
}

// The arena is about to have `serial`.
static void log_drop(const reel_arena *arena, uintptr_t position,
                     unsigned long serial)
{
    mark_log *const log = open_log(arena);
    if (log == NULL) {
        return;
    }
    if (!is_log_of(log, arena)) {
        log->arena = arena;
        log->epoch = arena->epoch;
        log->count = 0;
    }
    while (log->count > 0 && log->positions[log->count - 1] >= position) {
        log->count--;
    }
    if (log->count == MARK_DROPS) {
        forget_lowest(log);
    }
    log->positions[log->count] = position;
    log->serials[log->count] = serial;
    log->count++;
    log->serial = serial;
    close_log(log);
}

static bool finds_drop(const mark_log *log, uintptr_t position,
                       unsigned long serial, unsigned long epoch)
{
    size_t i = 0;
    while (i < log->count && log->serials[i] - epoch <= serial - epoch) {
        i++;
    }
    return i < log->count && log->positions[i] < position;
}

static bool log_says_dropped(const reel_arena *arena, uintptr_t position,
                             unsigned long serial)
{
    mark_log *const log = open_log(arena);
    if (log == NULL) {
        return false;
    }
    const bool is_dropped = is_log_of(log, arena)
                            && finds_drop(log, position, serial, arena->epoch);
    close_log(log);
    return is_dropped;
}

#else

static inline void log_drop(const reel_arena *arena, uintptr_t position,
                            unsigned long serial)
{
    (void)arena, (void)position, (void)serial;
}

static inline bool log_says_dropped(const reel_arena *arena, uintptr_t position,
                                    unsigned long serial)
{
    (void)arena, (void)position, (void)serial;
    return false;
}

#endif

#endif
