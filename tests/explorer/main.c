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

#define SAMPLES      5000 // of a scene without '*'
#define SAMPLES_EACH 500  // of each combination

static const char *twin = ""; // "": the library itself

void test_write(const char *text)
{
    fputs(text, stdout);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// ---- one scene, all its combinations -------------------------------------------

// Scripts with each '*' replaced.
typedef struct scripts {
    char text[CONTEXTS][SCRIPT_MAX + 1];
} scripts;

// The number's digits, to the base of how many letters there are, are the letters
// for the '*'s.
static size_t replace_stars(scene *part, scripts *to, size_t number)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        if (part->script[i] == NULL) {
            continue;
        }
        strcpy(to->text[i], part->script[i]);
        part->script[i] = to->text[i];
        for (char *at = to->text[i]; *at != '\0'; at++) {
            if (*at == '*') {
                *at = part->letters[number % strlen(part->letters)];
                number /= strlen(part->letters);
            }
        }
    }
    return number; // 0 unless there are no more combinations
}

static bool can_be_swapped(const scene *whole, size_t i)
{
    const char *const a = whole->before[i] != NULL ? whole->before[i] : "";
    const char *const b =
        whole->before[i + 1] != NULL ? whole->before[i + 1] : "";
    return strcmp(whole->script[i], whole->script[i + 1]) == 0
           && strcmp(a, b) == 0
           && (whole->interrupts >> i & 1)
                  == (whole->interrupts >> (i + 1) & 1);
}

// Contexts that differ in nothing else need not swap their scripts.
static bool is_a_repetition(const scene *whole, const scene *part)
{
    for (size_t i = 0; i + 1 < CONTEXTS; i++) {
        if (whole->script[i + 1] != NULL && can_be_swapped(whole, i)
            && strcmp(part->script[i], part->script[i + 1]) > 0) {
            return true;
        }
    }
    return false;
}

static void print_bug(const scene *part)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        printf("#   context %zu: %s\n", i,
               part->script[i] != NULL ? part->script[i] : "-");
    }
    explain(part);
}

static bool is_sampled(const scene *whole)
{
    return whole->is_long && getenv("EXPLORE") == NULL;
}

static bool has_stars(const scene *whole)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        if (whole->script[i] != NULL && strchr(whole->script[i], '*') != NULL) {
            return true;
        }
    }
    return false;
}

static unsigned long samples_of(const scene *whole)
{
    return has_stars(whole) ? SAMPLES_EACH : SAMPLES;
}

static void explore_all(const scene *whole, exploration *result)
{
    scripts replaced;
    for (size_t number = 0; result->bug == NULL; number++) {
        scene part = *whole;
        if (replace_stars(&part, &replaced, number) > 0) {
            return;
        }
        if (is_a_repetition(whole, &part)) {
            continue;
        }
        explore(&part, is_sampled(whole) ? samples_of(whole) : 0, result);
        if (result->bug != NULL && twin[0] == '\0') {
            print_bug(&part);
        }
        if (!has_stars(whole)) {
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
};

static void print_outcomes(const char *title, unsigned outcomes)
{
    for (unsigned i = 0; outcomes >> i != 0; i++) {
        if ((outcomes >> i & 1) != 0) {
            printf("# %s: %s\n", title, outcome_names[i]);
        }
    }
}

static void judge(const scene *whole)
{
    exploration result = { 0 };
    const double start = seconds();
    explore_all(whole, &result);
    printf("# %lu schedules%s, %lu left as redundant, %.2f s\n",
           result.schedules, is_sampled(whole) ? " by chance" : "",
           result.redundant, seconds() - start);
    print_outcomes("never reached", whole->must & ~result.reached);
    print_outcomes("reached unasked", result.reached & ~whole->must);
    EXPECT(result.bug == NULL);
    EXPECT(whole->must != 0);
    EXPECT((whole->must & ~result.reached) == 0);
    tap_result(whole->name, NULL);
}

static void judge_all(const scene *scenes)
{
    const char *const wanted = getenv("SCENE");
    for (; scenes->name != NULL; scenes++) {
        if (wanted == NULL || strstr(scenes->name, wanted) != NULL) {
            judge(scenes);
        }
    }
}

// What is found must be a bug, not an outcome that is missing.
static bool notices(const scene *scenes)
{
    if (strncmp(scenes->name, twin, strcspn(twin, "-")) != 0) {
        return false;
    }
    for (; scenes->name != NULL; scenes++) {
        exploration result = { 0 };
        explore_all(scenes, &result);
        if (result.bug != NULL) {
            printf("# %s: %s, schedule %lu\n", scenes->name, result.bug,
                   result.schedules);
            return true;
        }
    }
    return false;
}

static const char *twin_named_by(const char *program)
{
    const char *const name = strstr(program, "/twin-");
    return name != NULL ? name + strlen("/twin-") : "";
}

int main(int count, char **arguments)
{
    twin = twin_named_by(count > 0 ? arguments[0] : "");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (twin[0] != '\0') {
        EXPECT(notices(arena_scenes) || notices(temp_scenes)
               || notices(blocks_scenes) || notices(batch_scenes)
               || notices(registry_scenes) || notices(rewindable_scenes)
               || notices(pool_scenes));
        tap_result("the explorer notices", twin);
    } else {
        judge_all(arena_scenes);
        judge_all(temp_scenes);
        judge_all(blocks_scenes);
        judge_all(batch_scenes);
        judge_all(registry_scenes);
        judge_all(rewindable_scenes);
        judge_all(pool_scenes);
    }
    return tap_end() ? 0 : 1;
}
