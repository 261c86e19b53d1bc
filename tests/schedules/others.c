// SPDX-License-Identifier: MIT
// A heap, a registry and a gate. Their owner is context 0; what the others may do is
// little.

#include "gate.h"
#include "scenes.h"

// ---- a heap ------------------------------------------------------------------------

static reel_heap heap;
static _Alignas(16) unsigned char memory[512];

void start_heap(void)
{
    start_shares();
    (void)reel_heap_init(&heap, memory, sizeof memory);
    for (size_t i = 0; i < CONTEXTS; i++) {
        shares[i].own = reel_heap_alloc(&heap, 16, 1);
        stamp(shares[i].own, 16, i);
    }
    disputed = reel_heap_alloc(&heap, 16, 1); // keeps the frontier up
}

static void heap_take(uintptr_t who)
{
    note_block(who, reel_heap_alloc(&heap, 24, 1), 24);
}

static void heap_give(uintptr_t who)
{
    note_status(who, reel_heap_free(&heap, shares[who].own));
    shares[who].own = NULL;
}

static void heap_drain(uintptr_t who)
{
    (void)who;
    (void)reel_heap_drain(&heap, 1);
}

static void heap_give_later(uintptr_t who)
{
    if (!is_stamped(shares[who].own, 16, who)) {
        note_status(who, REEL_FOREIGN);
    }
    note_status(who, reel_heap_free_later(&heap, shares[who].own));
    shares[who].own = NULL;
}

const operation heap_operations[] = {
    { "free_later", heap_give_later, ANY_CONTEXT },
    { "alloc", heap_take, OWNER_ONLY },
    { "free", heap_give, OWNER_ONLY },
    { "drain", heap_drain, OWNER_ONLY },
    { 0 },
};

uintptr_t heap_is_right(void)
{
    size_t used = 16; // the disputed one
    (void)reel_heap_drain(&heap, SIZE_MAX);
    for (size_t i = 0; i < CONTEXTS; i++) {
        const share *const of = &shares[i];
        used += (of->own != NULL ? 16u : 0) + (of->block != NULL ? 24u : 0);
        if (!is_stamped(of->own, 16, i) || !is_stamped(of->block, 24, i)
            || of->refused > 0) {
            return 0;
        }
    }
    return is_all_well() && reel_heap_is_valid(&heap)
           && reel_heap_stats(&heap).used == used;
}

// ---- a registry ----------------------------------------------------------------------

static reel_registry registry;
static reel_registry_entry entries[3];
static reel_arena parent, child;
static reel_handle parent_handle, child_handle;
static reel_ref ref;
static bool is_rewound;

void start_registry(void)
{
    start_shares();
    is_rewound = false;
    (void)reel_registry_init(&registry, entries, 3);
    (void)reel_arena_init(&parent, memory, sizeof memory);
    (void)reel_arena_bind(&parent, &registry, REEL_NO_HANDLE);
    parent_handle = reel_arena_handle(&parent);
    unsigned char *const buffer = reel_arena_alloc(&parent, 64, 8);
    (void)reel_arena_init(&child, buffer, 64);
    (void)reel_arena_bind(&child, &registry, parent_handle);
    child_handle = reel_arena_handle(&child);
    ref = reel_ref_make(child_handle, buffer);
    disputed = buffer;
}

// Either the block, or nothing any more.
static void get(uintptr_t who)
{
    void *const block = reel_ref_get(&registry, ref);
    if (block != NULL && block != disputed) {
        note_status(who, REEL_FOREIGN);
    }
}

static void rewind_parent(uintptr_t who)
{
    note_status(who, reel_arena_reset(&parent));
    is_rewound = true;
    if (reel_ref_get(&registry, ref) != NULL) {
        note_status(who, REEL_STALE);
    }
}

static void dispose_child(uintptr_t who)
{
    note_status(who, reel_arena_dispose(&child));
    is_rewound = true;
}

const operation registry_operations[] = {
    { "ref_get", get, ANY_CONTEXT },
    { "reset of the parent", rewind_parent, OWNER_ONLY },
    { "dispose of the child", dispose_child, OWNER_ONLY },
    { 0 },
};

uintptr_t registry_is_right(void)
{
    return is_all_well() && reel_registry_is_valid(&registry)
           && (reel_ref_get(&registry, ref) == NULL) == is_rewound;
}

// ---- a gate ----------------------------------------------------------------------------

static reel_word gate;
static volatile size_t inside, passed;

void start_gate(void)
{
    start_shares();
    gate.value = GATE_OPEN;
    inside = 0;
    passed = 0;
}

static void pass(uintptr_t who)
{
    if (!reel_gate_enter(&gate)) {
        note_status(who, reel_port_in_interrupt() ? REEL_OK : REEL_BUSY);
        return;
    }
    inside = inside + 1;
    if (inside != 1) {
        note_status(who, REEL_BUSY);
    }
    passed = passed + 1;
    inside = inside - 1;
    shares[who].wanted = 1;
    gate_leave(&gate);
}

const operation gate_operations[] = {
    { "enter and leave", pass, ANY_CONTEXT },
    { 0 },
};

uintptr_t gate_is_right(void)
{
    return is_all_well() && gate.value == GATE_OPEN && inside == 0
           && passed == wanted_by_all();
}
