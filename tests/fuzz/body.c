// SPDX-License-Identifier: MIT
// The tree, the shadow and the operations.

#include "fuzz.h"

#include <stdio.h>

#define MEMORY ((size_t)1 << 15)
#define LIFE   400 // operations of one tree, at most

static struct {
    const unsigned char *at, *end; // of the input
    uint64_t seed;                 // or, if there is none, of its own
} input;

static REEL_ALIGNAS(64) unsigned char memory[MEMORY];
static node nodes[NODES];
static shadow blocks[BLOCKS];
static reel_registry registry;
static reel_registry_entry entries[NODES + 4];
static uint32_t births;
static unsigned panics;
static bool in_interrupt;
static unsigned refuse_in; // so many questions; 0: none
static bool refuse_on;     // and from then on all
static bool is_tree_bound;
static bool is_misused; // a lock passes it on
#if REEL_ATOMICS == REEL_ATOMICS_CUSTOM
extern void (*test_before_swap)(void);
void (*test_before_swap)(void);
#endif

// ---- what was reached -------------------------------------------------------------------

typedef enum outcome {
    CREATED,
    ALLOCATED,
    REFUSED,
    FREED,
    STAYED,
    MOVED,
    DISPOSED,
    OUTCOMES
} outcome;

static uint64_t reached[16][OUTCOMES]; // by kind

static void reach(const node *n, outcome o)
{
    reached[n->kind - kinds][o]++;
}

// A lock has no end of its own but what is behind it; regions and pools move nothing.
size_t fuzz_unreached(void)
{
    static const char *const names[] = { "created", "allocated", "refused",
                                         "freed",   "stayed",    "moved",
                                         "disposed" };
    size_t missing = 0;
    for (size_t k = 0; k < kind_count; k++) {
        for (size_t o = 0; o < OUTCOMES; o++) {
            const bool moves_nothing = kinds[k].start == kinds[3].start
                                       || kinds[k].start == kinds[4].start;
            if (reached[k][o] == 0 && !(o == MOVED && moves_nothing)) {
                printf("# never: a %s, %s\n", kinds[k].name, names[o]);
                missing++;
            }
        }
    }
    return missing;
}

// ---- what the library asks for ------------------------------------------------------

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    panics++;
}

bool reel_port_in_interrupt(void)
{
    return in_interrupt;
}

#if REEL_ATOMICS == REEL_ATOMICS_MASKED
static uintptr_t masks;

uintptr_t reel_port_mask(void)
{
    return masks++;
}

void reel_port_unmask(uintptr_t saved)
{
    MUST(saved == --masks);
}
#endif

void wrong(const char *what, const char *file, int line)
{
    printf("# %s:%d: this must hold: %s\n", file, line, what);
    fuzz_failed();
}

static void must_be_calm(void)
{
    MUST(panics == 0);
}

// ---- the input ------------------------------------------------------------------------

// Steele, Lea and Flood's splitmix64.
static uint64_t random_word(void)
{
    uint64_t word = input.seed += 0x9E3779B97F4A7C15u;
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
    word = (word ^ word >> 27) * 0x94D049BB133111EBu;
    return word ^ word >> 31;
}

unsigned take(void)
{
    if (input.at != NULL) {
        return input.at < input.end ? *input.at++ : 0;
    }
    return (unsigned)(random_word() & 255);
}

size_t take_size(void)
{
    const unsigned how = take();
    const size_t size = take();
    if (how < 200) {
        return size >> how % 5;
    }
    if (how < 244) {
        return size * 8;
    }
    if (how < 250) {
        return (SIZE_MAX >> how % 3) - size;
    }
    return (size_t)1 << size % (8 * sizeof(size_t));
}

// Not a power of two once in a while.
size_t take_align(void)
{
    const unsigned how = take();
    return how < 120 ? 1 : how < 200 ? 0 : how < 250 ? (size_t)1 << how % 9 : 3;
}

static bool is_alignment(size_t align)
{
    return (align & (align - 1)) == 0;
}

// ---- the shadow -----------------------------------------------------------------------

uint32_t now(void)
{
    return ++births;
}

static size_t at_least_1(size_t size)
{
    return size + (size == 0);
}

static shadow *find_slot(void)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i].of == NULL) {
            return &blocks[i];
        }
    }
    return NULL;
}

bool has_room_for_a_block(void)
{
    return find_slot() != NULL;
}

void forget(shadow *block)
{
    block->of = NULL;
    block->child = NULL;
}

static void fill(const shadow *block)
{
    for (size_t i = 0; i < block->size; i++) {
        block->start[i] = (unsigned char)(block->pattern + i);
    }
}

bool is_intact(const shadow *block, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (block->start[i] != (unsigned char)(block->pattern + i)) {
            return false;
        }
    }
    return true;
}

static bool overlaps(const shadow *a, const shadow *b)
{
    return a->start < b->start + b->size && b->start < a->start + a->size;
}

// A block of the root or of a child is no child's block otherwise.
static void expect_place(const shadow *block, size_t align)
{
    const uintptr_t mask = (align == 0 ? REEL_ALIGN_DEFAULT : align) - 1;
    const size_t offset = (size_t)(block->start - memory);
    MUST(((uintptr_t)block->start & mask) == 0);
    MUST(offset < MEMORY && block->size <= MEMORY - offset);
    for (size_t i = 0; i < BLOCKS; i++) {
        const shadow *const other = &blocks[i];
        if (other->of != NULL && other != block && other->child == NULL
            && block->child == NULL) {
            MUST(!overlaps(block, other));
        }
    }
}

static shadow *note_block(node *of, void *start, size_t size, size_t align,
                          node *child)
{
    shadow *const block = find_slot();
    block->of = of;
    block->child = child;
    block->start = start;
    block->size = at_least_1(size);
    block->pattern = (unsigned char)births;
    block->birth = now();
    expect_place(block, align);
    return block;
}

void add_block(node *of, void *start, size_t size, size_t align)
{
    if (start != NULL) {
        fill(note_block(of, start, size, align, NULL));
    }
}

shadow *take_block(node *of)
{
    const size_t first = take() % BLOCKS;
    for (size_t i = 0; i < BLOCKS; i++) {
        shadow *const block = &blocks[(first + i) % BLOCKS];
        if (block->of == of && block->child == NULL) {
            MUST(is_intact(block, block->size));
            return block;
        }
    }
    return NULL;
}

void drop_blocks(node *of, uint32_t birth)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i].of == of && blocks[i].birth > birth) {
            MUST(blocks[i].child == NULL);
            forget(&blocks[i]);
        }
    }
}

// ---- the tree -------------------------------------------------------------------------

static bool is_registered(const node *n)
{
    return n->kind->handle(n).version != 0;
}

// One that is bound ended with what is above it: it knows, and refuses.
static void expect_end(node *n)
{
    if (!n->is_bound) {
        return;
    }
    MUST(!is_registered(n));
    MUST(reel_allocate(n->kind->allocator(n), 1, 1) == NULL);
    MUST(n->kind->is_valid(n));
    panics = 0;
}

static void drop_node(node *n)
{
    drop_below(n);
    drop_blocks(n, 0);
    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i].child == n) {
            forget(&blocks[i]);
        }
    }
    n->kind = NULL;
}

void drop_below(node *n)
{
    for (size_t i = 0; i < NODES; i++) {
        if (nodes[i].kind != NULL && nodes[i].parent == n) {
            if (n->is_bound && nodes[i].is_bound) {
                expect_end(&nodes[i]);
            }
            drop_node(&nodes[i]);
        }
    }
}

static bool has_children(const node *n)
{
    for (size_t i = 0; i < NODES; i++) {
        if (nodes[i].kind != NULL && nodes[i].parent == n) {
            return true;
        }
    }
    return false;
}

static node *take_node(void)
{
    const size_t first = take() % NODES;
    for (size_t i = 0; i < NODES; i++) {
        node *const n = &nodes[(first + i) % NODES];
        if (n->kind != NULL) {
            return n;
        }
    }
    return &nodes[0];
}

// ---- faults ---------------------------------------------------------------------------

bool refuses(void)
{
    if (refuse_in == 0 || --refuse_in > 0) {
        return false;
    }
    refuse_in = refuse_on;
    return true;
}

static void *allocate(void *self, size_t size, size_t align)
{
    node *const n = self;
    MUST(!in_interrupt);
    return refuses() ? NULL : reel_allocate(n->kind->allocator(n), size, align);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    node *const n = self;
    MUST(!in_interrupt);
    if (new_size > old_size && refuses()) {
        return NULL;
    }
    return reel_reallocate(n->kind->allocator(n), block, old_size, new_size,
                           align);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    node *const n = self;
    MUST(!in_interrupt);
    const reel_status status = reel_free(n->kind->allocator(n), block, size);
    MUST(status == REEL_OK || is_misused);
    return status;
}

static reel_frees frees(const void *self)
{
    node *const n = (node *)(uintptr_t)self;
    return reel_allocator_frees(n->kind->allocator(n));
}

reel_allocator backing_of(node *n)
{
    static const reel_allocator_ops ops = { .allocate = allocate,
                                            .reallocate = reallocate,
                                            .free = give_back,
                                            .frees = frees };
    const reel_allocator allocator = { &ops, n };
    return allocator;
}

// ---- operations -------------------------------------------------------------------------

static void check(const node *n)
{
    MUST(n->kind->is_valid == NULL || n->kind->is_valid(n));
}

static size_t used(const node *n)
{
    return n->kind->used == NULL ? 0 : n->kind->used(n);
}

static void bind(node *n)
{
    node *const parent = n->parent;
    n->is_bound = false;
    if (!is_tree_bound || n->kind->bind == NULL
        || (parent != NULL && !parent->is_bound)) {
        return;
    }
    const reel_handle above =
        parent == NULL ? REEL_NO_HANDLE : parent->kind->handle(parent);
    n->is_bound = n->kind->bind(n, &registry, above) == REEL_OK;
    MUST(!n->is_bound || is_registered(n));
}

static node *free_node(void)
{
    for (size_t i = 0; i < NODES; i++) {
        if (nodes[i].kind == NULL) {
            return &nodes[i];
        }
    }
    return NULL;
}

// A region is over a pool, and nothing else is.
static bool may_be_over(const kind *k, const node *parent)
{
    const bool is_region = k == &kinds[kind_count - 1];
    return is_region == (parent->kind->start == kinds[4].start);
}

static void create(node *parent)
{
    node *const n = free_node();
    const kind *const k = &kinds[take() % kind_count];
    if (n == NULL || !may_be_over(k, parent) || !has_room_for_a_block()) {
        return;
    }
    n->parent = parent;
    n->mark_count = 0;
    n->is_bound = false;
    n->memory = NULL;
    n->size = 64 * (4 + take() / 4);
    if (k->takes_memory) {
        n->memory = reel_allocate(backing_of(parent), n->size, 64);
        if (n->memory == NULL) {
            return;
        }
    }
    if (!k->start(n)) {
        if (k->takes_memory) {
            MUST(reel_free(backing_of(parent), n->memory, n->size) == REEL_OK);
        }
        return;
    }
    n->kind = k;
    reach(n, CREATED);
    if (k->takes_memory) {
        (void)note_block(parent, n->memory, n->size, 64, n);
    }
    bind(n);
}

static bool has_blocks(const node *n)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i].of == n) {
            return true;
        }
    }
    return false;
}

static bool is_lock(const node *n)
{
    return n->kind->dispose == NULL;
}

// Blocks of a lock, and children of one, live on in what is behind it.
static bool can_go(const node *n)
{
    return n->parent != NULL
           && !(is_lock(n) && (has_blocks(n) || has_children(n)))
           && !(has_children(n) && !n->is_bound);
}

static void destroy(node *n)
{
    if (!can_go(n) || in_interrupt) {
        return;
    }
    node *const parent = n->parent;
    void *const mine = n->memory;
    const size_t size = n->size;
    if (!is_lock(n)) {
        const reel_status status = n->kind->dispose(n);
        MUST(status == REEL_OK
             || (status == REEL_BUSY && (has_blocks(n) || has_children(n))));
        if (status != REEL_OK) {
            return;
        }
    }
    reach(n, DISPOSED);
    drop_node(n);
    if (mine != NULL) {
        MUST(reel_free(backing_of(parent), mine, size) == REEL_OK);
    }
}

static void try_alloc(node *n, bool is_shared)
{
    const size_t size = take_size(), align = take_align();
    const size_t before = used(n);
    if (!has_room_for_a_block()) {
        return;
    }
    void *const got = is_shared
                          ? n->kind->alloc_shared(n, size, align)
                          : reel_allocate(n->kind->allocator(n), size, align);
    if (!is_alignment(align)) {
        MUST(got == NULL);
        panics = 0;
    }
    must_be_calm();
    MUST(got != NULL || used(n) == before
         || REEL_ATOMICS == REEL_ATOMICS_CUSTOM);
    reach(n, got != NULL ? ALLOCATED : REFUSED);
    add_block(n, got, size, align);
}

static bool stays(const shadow *block, size_t size, size_t align)
{
    const uintptr_t mask = (align == 0 ? REEL_ALIGN_DEFAULT : align) - 1;
    return at_least_1(size) <= block->size
           && ((uintptr_t)block->start & mask) == 0;
}

static void try_realloc(node *n)
{
    shadow *const block = take_block(n);
    const size_t size = take_size(), align = take_align();
    if (block == NULL) {
        return;
    }
    unsigned char *const got = reel_reallocate(
        n->kind->allocator(n), block->start, block->size, size, align);
    if (!is_alignment(align)) {
        MUST(got == NULL);
        panics = 0;
    } else if (stays(block, size, align)) {
        MUST(got == block->start);
    }
    must_be_calm();
    if (got == NULL) {
        MUST(is_intact(block, block->size));
        return;
    }
    reach(n, got == block->start ? STAYED : MOVED);
    const size_t kept =
        at_least_1(size) < block->size ? at_least_1(size) : block->size;
    block->start = got;
    MUST(is_intact(block, kept));
    block->size = at_least_1(size);
    block->birth = now();
    expect_place(block, align);
    fill(block);
}

static void try_free(node *n)
{
    shadow *const block = take_block(n);
    if (block == NULL) {
        return;
    }
    const reel_allocator a = n->kind->allocator(n);
    const reel_status status = reel_free(a, block->start, block->size);
    must_be_calm();
    if (status == REEL_BUSY && in_interrupt) {
        MUST(is_intact(block, block->size));
        return;
    }
    MUST(status == REEL_OK);
    reach(n, FREED);
    forget(block);
    if (n->kind->detects_double_free && !in_interrupt) {
        const size_t left = used(n);
        MUST(reel_free(a, block->start, block->size) != REEL_OK);
        MUST(used(n) == left);
    }
}

static void try_misuse(node *n)
{
    static unsigned char outside[64];
    const reel_allocator a = n->kind->allocator(n);
    const size_t before = used(n);
    is_misused = true;
    const reel_status status = reel_free(a, outside + take() % 48, 8);
    MUST(status != REEL_OK || is_lock(n)
         || n->kind->start == kinds[kind_count - 1].start);
    MUST(reel_free(a, NULL, 1) != REEL_OK);
    is_misused = false;
    MUST(used(n) == before);
    panics = 0;
    check(n);
}

// A handler's call, while another one is about to exchange a word.
#if REEL_ATOMICS == REEL_ATOMICS_CUSTOM
static size_t free_slots(void)
{
    size_t count = 0;
    for (size_t i = 0; i < BLOCKS; i++) {
        count += blocks[i].of == NULL;
    }
    return count;
}

static node *handled;

static void handle(void)
{
    const bool before = in_interrupt;
    in_interrupt = true;
    if (free_slots() > 1) { // one is for the call that is interrupted
        void *const got = handled->kind->alloc_shared(handled, 8, 1);
        add_block(handled, got, 8, 1);
    }
    in_interrupt = before;
}

static void arm(void)
{
    node *const n = take_node();
    const size_t nesting = n->kind->alloc_shared != NULL && take() % 2 == 0;
    handled = n;
    test_before_swap = nesting ? handle : NULL;
}

static void disarm(void)
{
    test_before_swap = NULL;
}
#else
static void arm(void)
{
}

static void disarm(void)
{
}
#endif

static void step(void)
{
    const unsigned what = take();
    node *const n = take_node();
    in_interrupt = what % 16 == 15;
    if (what < 90) {
        arm();
        try_alloc(n, what % 3 == 0 && n->kind->alloc_shared != NULL);
        disarm();
    } else if (what < 140) {
        try_free(n);
    } else if (what < 185) {
        try_realloc(n);
    } else if (what < 215) {
        if (n->kind->special != NULL) {
            n->kind->special(n);
        }
    } else if (what < 235) {
        in_interrupt = false;
        create(n);
    } else if (what < 240) {
        destroy(n);
    } else if (what < 248) {
        refuse_in = 1 + take() % 8;
        refuse_on = take() % 4 == 0;
    } else {
        try_misuse(n);
    }
    in_interrupt = false;
    must_be_calm();
    if (n->kind != NULL && what % 8 == 0) {
        check(n);
    }
}

// The root is an arena, a temp or a heap over all the memory.
static void plant(void)
{
    for (size_t i = 0; i < NODES; i++) {
        nodes[i].kind = NULL;
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        forget(&blocks[i]);
    }
    births = 0;
    panics = 0;
    refuse_in = 0;
    refuse_on = false;
    is_tree_bound = take() % 2 == 0;
    (void)reel_registry_init(&registry, entries, 2 + take() % (NODES + 3));
    node *const root = &nodes[0];
    root->parent = NULL;
    root->memory = memory;
    root->size = MEMORY;
    root->mark_count = 0;
    const kind *const k = &kinds[take() % 3];
    MUST(k->start(root));
    root->kind = k;
    bind(root);
}

static uint64_t live(uint64_t most)
{
    uint64_t done = 0;
    while (done < most && (input.at == NULL || input.at < input.end)) {
        step();
        done++;
    }
    for (size_t i = 0; i < NODES; i++) {
        if (nodes[i].kind != NULL) {
            check(&nodes[i]);
        }
    }
    MUST(reel_registry_is_valid(&registry));
    for (size_t i = 0; i < BLOCKS; i++) {
        MUST(blocks[i].of == NULL || blocks[i].child != NULL
             || is_intact(&blocks[i], blocks[i].size));
    }
    return done;
}

uint64_t fuzz(const unsigned char *bytes, size_t size, uint64_t seed,
              uint64_t operations)
{
    uint64_t done = 0;
    input.at = bytes;
    input.end = bytes + size;
    input.seed = seed;
    do {
        plant();
        const uint64_t left = operations - done;
        done += live(left < LIFE ? left : LIFE);
    } while (done < operations && bytes == NULL);
    return done;
}
