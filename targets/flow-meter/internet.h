// SPDX-License-Identifier: MIT
// The outermost IP header of a packet, and the transport header behind it.

#ifndef INTERNET_H
#define INTERNET_H

#include "packet.h"
#include "view.h"

// Parse the IP header at the view. `announced` is the version that the header
// before it gave, 4 or 6, or 0 if it gave none.
void internet_parse(struct packet *packet, struct view *view,
                    unsigned announced);

#endif
