// SPDX-License-Identifier: MIT
#include "things.h"

static const things *all;
static unsigned owners[LEDGER_THINGS];
static unsigned char stamps[LEDGER_THINGS];
static bool is_stamped[LEDGER_THINGS];
static unsigned char *places[LEDGER_THINGS];

unsigned char *things_at(size_t number)
{
    return places[number];
}

size_t things_holding(const void *address)
{
    size_t i = 0;
    while (i < all->count
           && (uintptr_t)address - (uintptr_t)places[i] >= all->size) {
        i++;
    }
    return i;
}

unsigned things_owner(size_t number)
{
    return owners[number];
}

// ---- stamps ------------------------------------------------------------------

static void fill(size_t number, unsigned char stamp)
{
    stamps[number] = stamp;
    is_stamped[number] = true;
    for (size_t i = 0; i < all->size; i++) {
        things_at(number)[i] = stamp;
    }
}

void things_stamp(size_t number)
{
    fill(number,
         (unsigned char)((owners[number] + 1) * LEDGER_THINGS + number));
}

static bool is_whole(size_t number)
{
    size_t i = 0;
    while (i < all->size && things_at(number)[i] == stamps[number]) {
        i++;
    }
    return i == all->size || !is_stamped[number];
}

// ---- taking ------------------------------------------------------------------

static void find_places(void)
{
    unsigned char *next = all->first;
    size_t in_group = 0;
    for (size_t i = 0; i < all->count; i++) {
        places[i] = next;
        next += all->size;
        if (++in_group == all->group) {
            next += all->gap;
            in_group = 0;
        }
    }
}

void things_begin(const things *of)
{
    all = of;
    find_places();
    ledger_open(of->count);
    for (size_t i = 0; i < of->count; i++) {
        owners[i] = NO_OWNER;
        fill(i, (unsigned char)i);
    }
}

size_t things_own(unsigned context, const void *thing)
{
    const size_t number = things_holding(thing);
    const bool is_thing = number < all->count && thing == things_at(number);
    REQUIRE(thing == NULL || is_thing);
    ledger_end_taking(context, &number, is_thing, false);
    if (!is_thing) {
        return all->count;
    }
    owners[number] = context;
    is_stamped[number] = false;
    return number;
}

size_t things_keep(unsigned context, const void *thing)
{
    const size_t number = things_own(context, thing);
    if (number < all->count) {
        things_stamp(number);
    }
    return number;
}

static size_t take(unsigned context)
{
    ledger_begin_taking(context, 1);
    return things_keep(context, all->take());
}

void things_take(unsigned context, size_t count)
{
    while (count-- > 0) {
        (void)take(context);
    }
}

// ---- giving back ---------------------------------------------------------------

void things_let_go(size_t number)
{
    REQUIRE(is_whole(number));
    owners[number] = NO_OWNER;
    ledger_begin_freeing(number);
}

size_t things_let_go_of_all(unsigned context)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (owners[i] == context) {
            things_let_go(i);
            count++;
        }
    }
    return count;
}

static void end_giving(size_t number, reel_status status)
{
    REQUIRE(status == REEL_OK || status == REEL_DOUBLE_FREE);
    ledger_end_freeing(number, status == REEL_OK);
}

void things_end_giving(reel_status status)
{
    for (size_t i = 0; i < all->count; i++) {
        while (book.freeing[i] > 0) {
            end_giving(i, status);
        }
    }
}

static void give(size_t number)
{
    things_let_go(number);
    const reel_status status = all->give(things_at(number));
    REQUIRE(status == REEL_OK);
    end_giving(number, status);
}

static void give_if_handlers(size_t number)
{
    if (number < all->count && owners[number] == HANDLER) {
        give(number);
    }
}

static size_t handlers_first(void)
{
    size_t i = 0;
    while (i < all->count && owners[i] != HANDLER) {
        i++;
    }
    return i;
}

void things_list(size_t count)
{
    while (count-- > 0) {
        give(handlers_first());
    }
}

// ---- what must hold --------------------------------------------------------------

// What two contexts gave back at once was given back by one.
void things_check(void)
{
    for (size_t i = 0; i < all->count; i++) {
        REQUIRE(is_whole(i));
        REQUIRE(book.out[i] == (owners[i] != NO_OWNER));
    }
}

void things_check_each(size_t count)
{
    for (size_t owned = (size_t)book.owned; owned < count; owned++) {
        (void)take(MAIN_LOOP);
    }
    REQUIRE((size_t)book.owned == count);
    REQUIRE(all->take() == NULL);
}

// ---- the handler -----------------------------------------------------------------

void handler_takes_one(void)
{
    (void)take(HANDLER);
}

void handler_frees_one(void)
{
    give_if_handlers(handlers_first());
}

// "Take A, take B, free A": the head is what it was, the link below it is not.
void handler_takes_two_frees_one(void)
{
    const size_t first = take(HANDLER);
    (void)take(HANDLER);
    give_if_handlers(first);
}

static void take_and_free(void)
{
    give_if_handlers(take(HANDLER));
}

static void take_and_free_another(void)
{
    handler_takes_one();
    handler_frees_one();
}

// The head is what it was, the list below it is not: one that was on it is not,
// and another is.
static void turn_over(void)
{
    const size_t other = handlers_first();
    const size_t first = take(HANDLER);
    (void)take(HANDLER);
    const size_t third = take(HANDLER);
    give_if_handlers(other);
    give_if_handlers(third);
    give_if_handlers(first);
}

static void free_the_same(void)
{
    ledger_begin_freeing(0);
    end_giving(0, all->give(things_at(0)));
}

#define FREES_ANOTHER "the handler frees another"
#define TAKES_TWO     "the handler takes two and frees one"

const test_action things_actions[] = {
    { "the handler takes one", handler_takes_one, NULL },
    { FREES_ANOTHER, handler_frees_one, NULL },
    { TAKES_TWO, handler_takes_two_frees_one, NULL },
    { "the handler takes one and frees it", take_and_free, NULL },
    { 0 },
};

const test_action things_few_actions[] = {
    { FREES_ANOTHER, handler_frees_one, NULL },
    { TAKES_TWO, handler_takes_two_frees_one, NULL },
    { 0 },
};

const test_action things_one_action[] = {
    { TAKES_TWO, handler_takes_two_frees_one, NULL },
    { 0 },
};

const test_action things_changes[] = {
    { FREES_ANOTHER, handler_frees_one, NULL },
    { "the handler takes one and frees another", take_and_free_another, NULL },
    { "the handler turns the list over", turn_over, NULL },
    { 0 },
};

const test_action things_turns[] = {
    { "the handler turns the list over, later again", turn_over, turn_over },
    { "the handler frees one, later takes two", handler_frees_one,
      handler_takes_two_frees_one },
    { 0 },
};

const test_action things_disputes[] = {
    { "the handler frees the same", free_the_same, NULL },
    { 0 },
};

const test_action things_pairs[] = {
    { "the handler takes one, later frees one", handler_takes_one,
      handler_frees_one },
    { "the handler frees one, later takes one", handler_frees_one,
      handler_takes_one },
    { 0 },
};
