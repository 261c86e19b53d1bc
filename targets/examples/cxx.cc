// SPDX-License-Identifier: MIT
// C++17: a vector in an arena, and a scope that frees it. There is no heap, and there
// are no exceptions.

#include <vector>

#include "cxx/reel.hpp"

REEL_ARENA_DEFINE(frame, 8192);

static int sum_of_squares(int count)
{
    reel::scope whole(frame); // first, so that it ends last
    reel::arena_resource memory(frame);
    std::pmr::vector<int> squares(&memory);
    squares.reserve(static_cast<std::size_t>(count));
    int sum = 0;
    for (int i = 0; i < count; i++) {
        squares.push_back(i * i);
        sum += squares.back();
    }
    return sum;
}

int main()
{
    for (int i = 0; i < 1000; i++) {
        if (sum_of_squares(10) != 285) {
            return 1;
        }
    }
    return reel_arena_used(&frame) == 0 ? 0 : 2;
}
