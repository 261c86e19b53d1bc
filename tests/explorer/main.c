// SPDX-License-Identifier: MIT
// Explores every scene and prints TAP. Linked with a broken twin of the library,
// after which the program is named (twin-NAME), the one result is whether the
// explorer notices.

#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine.h"
#include "tap.h"

#define SAMPLES          5000 // of a scene without '*'
#define SAMPLES_EACH     250  // of each combination
#define SAMPLES_ONE_CORE 50   // likewise, where each access is a point

static const char *twin = ""; // "": the library itself

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// ---- one scene, all its combinations -------------------------------------------

#define TEXT_MAX (CONTEXTS * (SCRIPT_MAX + 1))

// The number's digits, to the base of how many letters there are, are the letters
// for the '*'s. Returns 0 unless there are no more combinations.
static size_t replace_stars(const scene *whole, char to[TEXT_MAX],
                            size_t number)
{
    strcpy(to, whole->script);
    for (char *at = strchr(to, '*'); at != NULL; at = strchr(at, '*')) {
        *at = whole->letters[number % strlen(whole->letters)];
        number /= strlen(whole->letters);
    }
    return number;
}

static unsigned contexts_of(const scene *whole)
{
    char calls[CALLS_MAX + 1];
    unsigned there = 0;
    for (unsigned i = 0; explorer_calls(whole->script, i, calls); i++) {
        there |= 1u << i;
    }
    return there;
}

static bool is_same_before(const scene *whole, unsigned i)
{
    char a[CALLS_MAX + 1], b[CALLS_MAX + 1];
    (void)explorer_calls(whole->before, i, a);
    (void)explorer_calls(whole->before, i + 1, b);
    return strcmp(a, b) == 0
           && (whole->interrupts >> i & 1)
                  == (whole->interrupts >> (i + 1) & 1);
}

// Contexts that differ in nothing else need not swap their scripts.
static bool is_a_repetition(const scene *whole, const char *script)
{
    char a[CALLS_MAX + 1], b[CALLS_MAX + 1];
    for (unsigned i = 0; explorer_calls(whole->script, i + 1, b); i++) {
        (void)explorer_calls(whole->script, i, a);
        if (strcmp(a, b) == 0 && is_same_before(whole, i)) {
            (void)explorer_calls(script, i, a);
            (void)explorer_calls(script, i + 1, b);
            if (strcmp(a, b) > 0) {
                return true;
            }
        }
    }
    return false;
}

static bool is_sampled(const scene *whole)
{
    const bool is_long =
        REEL_LISTS_ARE_VERSIONED ? whole->is_long : whole->is_long_one_core;
    return is_long && getenv("EXPLORE") == NULL;
}

static bool has_stars(const scene *whole)
{
    return strchr(whole->script, '*') != NULL;
}

static unsigned long samples_of(const scene *whole)
{
    const unsigned long each =
        REEL_LISTS_ARE_VERSIONED ? SAMPLES_EACH : SAMPLES_ONE_CORE;
    return has_stars(whole) ? each : SAMPLES;
}

static void explore_all(const stage *on, const scene *whole,
                        exploration *result)
{
    char script[TEXT_MAX];
    scene part = *whole;
    part.script = script;
    for (size_t number = 0; replace_stars(whole, script, number) == 0;
         number++) {
        if (is_a_repetition(whole, script)) {
            continue;
        }
        explore(on, &part, is_sampled(whole) ? samples_of(whole) : 0, result);
        if (result->bug != NULL && twin[0] == '\0') {
            printf("#   %s\n", script);
            explain(on, &part);
        }
        if (result->bug != NULL || !has_stars(whole)) {
            return;
        }
    }
}

// ---- results ---------------------------------------------------------------------

static const char *const outcome_names[] = {
    "success",
    "empty",
    "retry",
    "freed",
    "double free refused",
    "a free between the two looks at the list",
    "handed over",
    "stale load",
    "growth",
    "waiting",
    "busy in an interrupt",
    "a refusal by the hook",
    "a refill of more than one block",
    "a drain",
    "a place handed out again",
    "a foreign pointer refused",
    "a region closed",
    "a count",
    "a take while another counts",
};

static void print_outcomes(const char *title, unsigned outcomes)
{
    for (unsigned i = 0; outcomes >> i != 0; i++) {
        if ((outcomes >> i & 1) != 0) {
            printf("# %s: %s\n", title, outcome_names[i]);
        }
    }
}

// What a backend for one core never does: wait for another context, or with the mask
// begin anew.
static unsigned reachable(unsigned must)
{
    const unsigned waits = STALE | WAITED | FREE_BETWEEN;
    const unsigned never = REEL_LISTS_ARE_VERSIONED            ? 0
                           : REEL_ATOMICS == REEL_ATOMICS_LLSC ? waits
                                                               : waits | RETRY;
    return must & ~never;
}

static void judge(const stage *on, const scene *whole)
{
    exploration result = { 0 };
    const double start = seconds();
    explore_all(on, whole, &result);
    printf("# %lu schedules%s, %lu left as redundant, %.2f s\n",
           result.schedules, is_sampled(whole) ? " by chance" : "",
           result.redundant, seconds() - start);
    print_outcomes("never reached", reachable(whole->must) & ~result.reached);
    print_outcomes("reached unasked", result.reached & ~whole->must);
    EXPECT(result.bug == NULL);
    EXPECT(whole->must != 0);
    EXPECT((reachable(whole->must) & ~result.reached) == 0);
    tap_result(whole->name, NULL);
}

// With one core there are threads only where the scene says so, without any context
// but one where nothing is protected.
static bool is_for_this(const scene *whole)
{
    const unsigned others = contexts_of(whole) & ~1u;
    if (REEL_LISTS_ARE_VERSIONED) {
        return true;
    }
    if (REEL_ATOMICS == REEL_ATOMICS_NONE && twin[0] == '\0') {
        return others == 0;
    }
    return !whole->is_weak && whole->spurious == 0
           && ((whole->interrupts & others) == others || whole->one_core);
}

static const stage *const stages[] = {
    &arena_stage, &temp_stage,     &blocks_stage,
    &batch_stage, &registry_stage, &rewindable_stage,
    &pool_stage,  &heap_stage,     &lifetimes_stage,
#if REEL_LISTS_ARE_VERSIONED // for several cores
    &lock_stage,
#endif
    NULL,
};

// SCENE, if it is set, is a part of the names of all scenes that are wanted.
static void judge_all(void)
{
    const char *const wanted = getenv("SCENE");
    size_t judged = 0;
    for (const stage *const *on = stages; *on != NULL; on++) {
        for (const scene *each = (*on)->scenes; each->name != NULL; each++) {
            if (is_for_this(each)
                && (wanted == NULL || strstr(each->name, wanted) != NULL)) {
                judge(*on, each);
                judged++;
            }
        }
    }
    if (judged == 0) {
        EXPECT(judged > 0);
        tap_result("this is part of a name of a scene", wanted);
    }
}

// What is found must be a bug, not an outcome that is missing.
static bool notices(const stage *on)
{
    const scene *each = on->scenes;
    if (strncmp(each->name, twin, strcspn(twin, "-")) != 0) {
        return false;
    }
    for (; each->name != NULL; each++) {
        exploration result = { 0 };
        if (is_for_this(each)) {
            explore_all(on, each, &result);
        }
        if (result.bug != NULL) {
            printf("# %s: %s, schedule %lu\n", each->name, result.bug,
                   result.schedules);
            return true;
        }
    }
    return false;
}

static void judge_twin(void)
{
    bool is_noticed = false;
    for (const stage *const *on = stages; *on != NULL && !is_noticed; on++) {
        is_noticed = notices(*on);
    }
    EXPECT(is_noticed);
    tap_result("the explorer notices", twin);
}

static const char *twin_named_by(const char *program)
{
    const char *const name = strstr(program, "/twin-");
    return name != NULL ? name + strlen("/twin-") : "";
}

int main(int count, char **arguments)
{
    twin = twin_named_by(count > 0 ? arguments[0] : "");
    if (twin[0] != '\0') {
        judge_twin();
    } else {
        judge_all();
    }
    return tap_end() ? 0 : 1;
}
