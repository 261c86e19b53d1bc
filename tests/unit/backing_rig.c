// SPDX-License-Identifier: MIT
#include "backing_rig.h"

backing_rig *test_backing;

static unsigned char *aligned(unsigned char *at, size_t align)
{
    const size_t unit = align == 0 ? REEL_ALIGN_DEFAULT : align;
    return at + ((0 - (uintptr_t)at) & (unit - 1));
}

// ---- gaps ------------------------------------------------------------------------

// The start of the first block behind an address, or the end.
static unsigned char *end_of_gap(const backing_rig *b,
                                 const unsigned char *from)
{
    unsigned char *end = (unsigned char *)test_backing + TEST_MEMORY;
    for (size_t i = 0; i < b->held; i++) {
        unsigned char *const start = b->blocks[i].start;
        end = start >= from && start < end ? start : end;
    }
    return end;
}

static bool fits(const backing_rig *b, unsigned char *from, size_t size,
                 size_t align)
{
    unsigned char *const start = aligned(from, align);
    unsigned char *const end = end_of_gap(b, from);
    return start >= from && start <= end && size <= (size_t)(end - start);
}

// A gap begins behind a block, or where the memory does.
static void *first_gap(const backing_rig *b, size_t size, size_t align)
{
    unsigned char *best = fits(b, b->memory, size, align) ? b->memory : NULL;
    for (size_t i = 0; i < b->held; i++) {
        unsigned char *const from = b->blocks[i].start + b->blocks[i].size;
        if ((best == NULL || from < best) && fits(b, from, size, align)) {
            best = from;
        }
    }
    return best != NULL ? aligned(best, align) : NULL;
}

// ---- the hooks -------------------------------------------------------------------

static bool refuses(const backing_rig *b, size_t size)
{
    return b->held == MOST_BLOCKS || size > b->refuse_above
           || (b->calls >= b->refuse_from && b->calls < b->refuse_to);
}

static void *take(void *self, size_t size, size_t align)
{
    backing_rig *const b = self;
    EXPECT(!reel_port_in_interrupt());
    b->calls++;
    b->last.size = size;
    b->last.align = align;
    if (b->meanwhile != NULL) {
        void (*const call)(void) = b->meanwhile;
        b->meanwhile = NULL;
        call();
    }
    if (refuses(b, size)) {
        return NULL;
    }
    unsigned char *const start = b->beneath.ops != NULL
                                     ? reel_allocate(b->beneath, size, align)
                                     : first_gap(b, size, align);
    if (start != NULL) {
        backing_block *const block = &b->blocks[b->held++];
        block->start = start;
        block->size = size;
        block->align = align;
        b->bytes += size;
    }
    return start;
}

static size_t number_of(const backing_rig *b, const void *start)
{
    size_t number = 0;
    while (number < b->held && b->blocks[number].start != start) {
        number++;
    }
    return number;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    backing_rig *const b = self;
    const size_t number = number_of(b, block);
    EXPECT(!reel_port_in_interrupt());
    EXPECT(number < b->held && b->blocks[number].size == size);
    EXPECT(!b->is_stack || number + 1 == b->held);
    if (number == b->held) {
        return REEL_FOREIGN;
    }
    stamp(block, size, 0x77);
    b->held--;
    b->bytes -= size;
    for (size_t i = number; i < b->held; i++) {
        b->blocks[i].start = b->blocks[i + 1].start;
        b->blocks[i].size = b->blocks[i + 1].size;
        b->blocks[i].align = b->blocks[i + 1].align;
    }
    return b->beneath.ops != NULL ? reel_free(b->beneath, block, size)
                                  : REEL_OK;
}

// What is not larger stays, as the rule is; what grows is always moved.
static void *change(void *self, void *block, size_t old_size, size_t new_size,
                    size_t align)
{
    backing_rig *const b = self;
    if (new_size <= old_size && aligned(block, align) == block) {
        const size_t number = number_of(b, block);
        EXPECT(is_held(block, old_size));
        b->blocks[number].size = new_size;
        b->bytes -= old_size - new_size;
        return block;
    }
    unsigned char *const copy = take(self, new_size, align);
    if (copy != NULL) {
        const unsigned char *const from = block;
        for (size_t i = 0; i < old_size && i < new_size; i++) {
            copy[i] = from[i];
        }
        EXPECT_EQUAL(take_back(self, block, old_size), REEL_OK);
    }
    return copy;
}

static const reel_allocator_ops ops = { .allocate = take,
                                        .reallocate = change,
                                        .free = take_back };

// ---- for tests -------------------------------------------------------------------

void fresh_backing_behind(size_t size)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    stamp(memory, TEST_MEMORY, UNTOUCHED);
    test_backing = (backing_rig *)(void *)memory;
    test_backing->allocator.ops = &ops;
    test_backing->allocator.self = test_backing;
    test_backing->beneath.ops = NULL;
    test_backing->memory = memory + size;
    test_backing->held = 0;
    test_backing->bytes = 0;
    test_backing->is_stack = false;
    test_backing->calls = 0;
    refuse_no_calls();
    test_backing->meanwhile = NULL;
}

void *cut_off_backing(size_t size, size_t align)
{
    unsigned char *const start = aligned(test_backing->memory, align);
    test_backing->memory = start + size;
    return start;
}

void refuse_calls_from(size_t number)
{
    test_backing->refuse_from = test_backing->calls + number;
    test_backing->refuse_to = SIZE_MAX;
}

void refuse_call(size_t number)
{
    test_backing->refuse_from = test_backing->calls + number;
    test_backing->refuse_to = test_backing->refuse_from + 1;
}

void refuse_no_calls(void)
{
    test_backing->refuse_from = SIZE_MAX;
    test_backing->refuse_to = SIZE_MAX;
    test_backing->refuse_above = SIZE_MAX;
}

bool is_held(const void *start, size_t size)
{
    const size_t number = number_of(test_backing, start);
    return number < test_backing->held
           && test_backing->blocks[number].size == size;
}

void stamp(void *block, size_t size, size_t with)
{
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)block)[i] = (unsigned char)with;
    }
}

bool is_stamped(const void *block, size_t size, size_t with)
{
    for (size_t i = 0; i < size; i++) {
        if (((const unsigned char *)block)[i] != (unsigned char)with) {
            return false;
        }
    }
    return true;
}
