// SPDX-License-Identifier: MIT
// Programs that keep their lifetimes: clang says nothing of them.

#include "world.h"

int a_use_before_the_rewind(void);
int a_scope(int count);
int a_return_out_of_a_scope(int count);
int a_region_that_opened(void);
int a_frame_within_a_loop(int count);
int one_lifetime_within_another(void);
int both_branches_end_it(int count);
int a_call_that_needs_it(void);
int two_frames_one_after_the_other(void);
int begun_and_ended_by_others(void);
int ended_by_a_reset(void);
int without_any_lifetime(void);

int a_use_before_the_rewind(void)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    squares = NEW(frame, 4);
    squares[0] = 1;
    const int first = squares[0];
    (void)REEL_REWIND_OF(frame, &scratch, mark);
    return first;
}

int a_scope(int count)
{
    int total = 0;
    REEL_SCOPE_IN(frame, &scratch)
    {
        squares = NEW(frame, 4);
        squares[0] = count;
        total = squares[0];
    }
    return total;
}

int a_return_out_of_a_scope(int count)
{
    REEL_SCOPE_IN(frame, &scratch)
    {
        squares = NEW(frame, 4);
        if (count == 0) {
            return 0;
        }
        squares[0] = count;
    }
    return 1;
}

int a_region_that_opened(void)
{
    int first = 0;
    if (REEL_OPEN_IN(request, &region, &pool)) {
        answer.text =
            (int *)REEL_NEW_IN(request, reel_region_alloc(&region, 9, 0));
        answer.text[0] = 1;
        first = answer.text[0];
        (void)REEL_CLOSE_OF(request, &region);
    }
    return first;
}

int a_frame_within_a_loop(int count)
{
    int total = 0;
    for (int i = 0; i < count; i++) {
        const reel_mark mark = REEL_MARK_IN(frame, &scratch);
        squares = NEW(frame, 4);
        total += squares[0];
        (void)REEL_REWIND_OF(frame, &scratch, mark);
    }
    return total;
}

int one_lifetime_within_another(void)
{
    int total = 0;
    REEL_SCOPE_IN(frame, &scratch)
    {
        squares = NEW(frame, 4);
        REEL_SCOPE_IN(inner, &scratch)
        {
            roots = NEW(inner, 4);
            total = squares[0] + roots[0];
        }
        total += squares[1];
    }
    return total;
}

int both_branches_end_it(int count)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    if (count > 4) {
        (void)REEL_REWIND_OF(frame, &scratch, mark);
        return 1;
    }
    squares = NEW(frame, 4);
    (void)REEL_REWIND_OF(frame, &scratch, mark);
    return 0;
}

int a_call_that_needs_it(void)
{
    int total = 0;
    REEL_SCOPE_IN(frame, &scratch)
    {
        total = sum();
    }
    whole_frame();
    return total;
}

int two_frames_one_after_the_other(void)
{
    const reel_mark first = REEL_MARK_IN(frame, &scratch);
    (void)REEL_REWIND_OF(frame, &scratch, first);
    const reel_mark second = REEL_MARK_IN(frame, &scratch);
    squares = NEW(frame, 4);
    (void)REEL_REWIND_OF(frame, &scratch, second);
    return 0;
}

int begun_and_ended_by_others(void)
{
    begin();
    const int first = squares[0];
    end();
    return first;
}

int ended_by_a_reset(void)
{
    squares = REEL_BEGIN_BY(frame, (int *)reel_temp_alloc(&temp, 16, 0));
    const int first = squares[0];
    (void)REEL_END_BY(frame, reel_temp_reset(&temp));
    return first;
}

int without_any_lifetime(void)
{
    const reel_mark mark = reel_arena_mark(&scratch);
    int *const local = REEL_NEW(&scratch, int);
    return local != NULL && reel_arena_rewind(&scratch, mark) == REEL_OK;
}
