// SPDX-License-Identifier: MIT
// Allocators of each kind, and random calls on them: what the tests of events record.

#ifndef CHURN_H
#define CHURN_H

#include "reel/reel.h"

// Start all of them. The same seed makes the same calls.
void churn_start(uint32_t seed);

// One random call on one of them.
void churn(void);

// The allocators, for who compares: the bytes that each says it uses. Ends with a name
// that is NULL.
typedef struct churn_object {
    const char *name;
    const void *object;
    size_t (*used)(const void *object);
} churn_object;

const churn_object *churn_objects(void);

#endif
