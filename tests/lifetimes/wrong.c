// SPDX-License-Identifier: MIT
// Programs that break their lifetimes, one way each: clang reports each of them.

#include "world.h"

int a_read_after_the_rewind(void);
void a_write_after_the_rewind(void);
void an_allocation_without_a_mark(void);
int a_path_that_leaves_it_open(int count);
void two_rewinds(void);
void a_mark_while_it_is_on(void);
int a_call_without_what_it_needs(void);
int a_use_after_the_close(void);
void a_region_that_may_not_have_opened(void);
int a_use_after_the_scope(void);
int ended_in_one_branch_only(int count);
void marked_in_each_pass_and_rewound_once(int count);
int a_use_of_the_inner_in_the_outer(void);
void a_call_that_must_not_be_within(void);
int a_use_after_a_reset(void);
void ended_by_another_and_by_itself(void);

int a_read_after_the_rewind(void)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    squares = NEW(frame, 4);
    (void)REEL_REWIND_OF(frame, &scratch, mark);
    return squares[0];
}

void a_write_after_the_rewind(void)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    squares = NEW(frame, 4);
    (void)REEL_REWIND_OF(frame, &scratch, mark);
    squares[0] = 1;
}

void an_allocation_without_a_mark(void)
{
    squares = NEW(frame, 4);
}

int a_path_that_leaves_it_open(int count)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    if (count == 0) {
        return 0;
    }
    (void)REEL_REWIND_OF(frame, &scratch, mark);
    return 1;
}

void two_rewinds(void)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    (void)REEL_REWIND_OF(frame, &scratch, mark);
    (void)REEL_REWIND_OF(frame, &scratch, mark);
}

void a_mark_while_it_is_on(void)
{
    (void)REEL_MARK_IN(frame, &scratch);
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    (void)REEL_REWIND_OF(frame, &scratch, mark);
}

int a_call_without_what_it_needs(void)
{
    return sum();
}

int a_use_after_the_close(void)
{
    if (REEL_OPEN_IN(request, &region, &pool)) {
        (void)REEL_CLOSE_OF(request, &region);
    }
    return answer.text[0];
}

void a_region_that_may_not_have_opened(void)
{
    (void)REEL_OPEN_IN(request, &region, &pool);
    answer.text = (int *)REEL_NEW_IN(request, reel_region_alloc(&region, 9, 0));
    (void)REEL_CLOSE_OF(request, &region);
}

int a_use_after_the_scope(void)
{
    REEL_SCOPE_IN(frame, &scratch)
    {
        squares = NEW(frame, 4);
    }
    return squares[0];
}

int ended_in_one_branch_only(int count)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    if (count > 4) {
        (void)REEL_REWIND_OF(frame, &scratch, mark);
    }
    return count;
}

void marked_in_each_pass_and_rewound_once(int count)
{
    reel_mark mark = { 0, 0, 0 };
    for (int i = 0; i < count; i++) {
        mark = REEL_MARK_IN(frame, &scratch);
    }
    (void)REEL_REWIND_OF(frame, &scratch, mark);
}

int a_use_of_the_inner_in_the_outer(void)
{
    REEL_SCOPE_IN(frame, &scratch)
    {
        REEL_SCOPE_IN(inner, &scratch)
        {
            roots = NEW(inner, 4);
        }
        return roots[0];
    }
    return 0;
}

void a_call_that_must_not_be_within(void)
{
    REEL_SCOPE_IN(frame, &scratch)
    {
        whole_frame();
    }
}

int a_use_after_a_reset(void)
{
    squares = REEL_BEGIN_BY(frame, (int *)reel_temp_alloc(&temp, 16, 0));
    (void)REEL_END_BY(frame, reel_temp_reset(&temp));
    return squares[0];
}

void ended_by_another_and_by_itself(void)
{
    const reel_mark mark = REEL_MARK_IN(frame, &scratch);
    end();
    (void)REEL_REWIND_OF(frame, &scratch, mark);
}
