// SPDX-License-Identifier: MIT
#include "scenes.h"

share shares[CONTEXTS];
unsigned char *disputed;

void start_shares(void)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        shares[i].own = NULL;
        shares[i].block = NULL;
        shares[i].last = NULL;
        shares[i].size = 0;
        shares[i].wanted = 0;
        shares[i].refused = 0;
        shares[i].is_thread = true;
        shares[i].freed_disputed = false;
        shares[i].status = REEL_OK;
    }
    disputed = NULL;
}

void note_block(uintptr_t who, void *block, size_t size)
{
    share *const mine = &shares[who];
    mine->is_thread = !reel_port_in_interrupt();
    mine->wanted++;
    mine->refused += block == NULL;
    mine->block = block;
    mine->last = block;
    mine->size = size;
    stamp(block, size, who);
}

void note_status(uintptr_t who, reel_status status)
{
    if (shares[who].status == REEL_OK) {
        shares[who].status = status;
    }
}

size_t wanted_by_all(void)
{
    size_t wanted = 0;
    for (size_t i = 0; i < CONTEXTS; i++) {
        wanted += shares[i].wanted;
    }
    return wanted;
}

bool is_all_well(void)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        if (shares[i].status != REEL_OK) {
            return false;
        }
    }
    return true;
}

void stamp(unsigned char *block, size_t size, uintptr_t who)
{
    for (size_t i = 0; block != NULL && i < size; i++) {
        block[i] = (unsigned char)(0xA0 + who);
    }
}

bool is_stamped(const unsigned char *block, size_t size, uintptr_t who)
{
    for (size_t i = 0; block != NULL && i < size; i++) {
        if (block[i] != (unsigned char)(0xA0 + who)) {
            return false;
        }
    }
    return true;
}

// ---- the hooks: schedules.mjs sees these instructions ------------------------------

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    __asm__ volatile("bkpt 2");
}

// A thread waits: nothing changes until another context writes something.
void reel_port_yield(void)
{
    __asm__ volatile("bkpt 1");
}

int main(void)
{
    return 0;
}

const subject subjects[] = {
    { "blocks", start_blocks, blocks_are_right, block_operations, 3 },
    { "pool", start_pages, pages_are_right, page_operations, 3 },
    { "growing pool", start_growing_pages, pages_are_right, page_operations,
      0 },
    { "regions", start_pages, pages_are_right, region_operations, 0 },
    { "arena", start_stack, stack_is_right, stack_operations, 1 },
    { "temp", start_temp, temp_is_right, temp_operations, 0 },
    { "rewindable", start_rewindable, rewindable_is_right,
      rewindable_operations, 0 },
    { "growing rewindable", start_rewindable, rewindable_is_right,
      growing_operations, 0 },
    { "heap", start_heap, heap_is_right, heap_operations, 0 },
    { "registry", start_registry, registry_is_right, registry_operations, 0 },
    { "gate", start_gate, gate_is_right, gate_operations, 1 },
    { 0 },
};
