// SPDX-License-Identifier: MIT
// What two cores do to each allocator, besides what pool.h and regions.h say. Each says
// how often the cores met; that they can is what the pool's test insists on.

#ifndef CHECKS_H
#define CHECKS_H

void each_fresh_block_goes_to_one_core(void);
void of_two_that_free_a_block_one_wins(void);
void blocks_wander_through_caches(void);
void an_arena_is_cut_into_whole_blocks(void);
void a_temp_commits_for_one_core_at_a_time(void);
void a_rewindable_grows_for_one_core_at_a_time(void);
void blocks_and_spans_come_and_go(void);
void of_two_that_free_in_a_rewindable_one_wins(void);
void a_heap_takes_back_what_another_core_frees(void);
void a_pool_grows_for_one_core_at_a_time(void);

#endif
