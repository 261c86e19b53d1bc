// SPDX-License-Identifier: MIT
#include "pieces.h"

piece pieces[PIECES];
size_t pieces_count, pieces_refused;

void pieces_begin(void)
{
    pieces_count = pieces_refused = 0;
}

void pieces_keep(unsigned context, void *start, size_t size)
{
    REQUIRE(pieces_count < PIECES);
    pieces_refused += start == NULL;
    if (start == NULL || pieces_count == PIECES) {
        return;
    }
    piece *const kept = &pieces[pieces_count++];
    kept->owner = context;
    kept->start = start;
    kept->size = size > 0 ? size : 1;
    kept->stamp = (unsigned char)pieces_count;
    for (size_t i = 0; i < kept->size; i++) {
        kept->start[i] = kept->stamp;
    }
}

static bool is_stamped(const piece *kept)
{
    size_t i = 0;
    while (i < kept->size && kept->start[i] == kept->stamp) {
        i++;
    }
    return i == kept->size;
}

void pieces_let_go(piece *kept)
{
    REQUIRE(is_stamped(kept));
    kept->owner = NO_OWNER;
}

void pieces_check(void)
{
    for (size_t i = 0; i < pieces_count; i++) {
        REQUIRE(pieces[i].owner == NO_OWNER || is_stamped(&pieces[i]));
    }
}
