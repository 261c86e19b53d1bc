// SPDX-License-Identifier: MIT
// A view of the part of a frame that is still to be parsed. Frames are hostile:
// every header is taken by view_take(), which compares its size with what is
// left and never adds.

#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct view {
    const uint8_t *at;
    size_t left; // bytes captured
    size_t wire; // bytes there were, as far as the frame or a header says
};

static inline unsigned view_half(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static inline uint32_t view_word(const uint8_t *at)
{
    return (uint32_t)view_half(at) << 16 | view_half(at + 2);
}

static inline size_t view_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

// The next `size` bytes, or NULL if they are not all there.
static inline const uint8_t *view_take(struct view *view, size_t size)
{
    if (view->left < size) {
        return NULL;
    }
    const uint8_t *const at = view->at;
    view->at += size;
    view->left -= size;
    view->wire -= view_smaller(size, view->wire);
    return at;
}

// What a header says is the end is the end, of padding as of trailers. False if
// it claims more than there was, and so contradicts the frame.
static inline bool view_limit(struct view *view, size_t size)
{
    const bool is_possible = size <= view->wire;
    view->wire = view_smaller(view->wire, size);
    view->left = view_smaller(view->left, size);
    return is_possible;
}

#endif
