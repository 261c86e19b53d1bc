# SPDX-License-Identifier: MIT
# Commands for gdb that show what reel's allocators hold, in a live program, on a
# board behind a stub, and in a core file:
#
#     gdb-multiarch -x port/gdb/reel.py firmware.elf
#
#     reel list              every allocator with a bar, use, peak, size, refusals
#     reel show NAME         all that is known about one; NAME or an expression
#     reel owner ADDRESS     whose memory it is, and in which state
#     reel map               all memory of allocators by address
#
# Only debug information (-g) and memory are read. No function of the program is
# called, nothing is written, and the image needs no byte for it. So a fault handler
# is a good place to look, and an allocator that was interrupted inside a call shows
# what it has at that moment.
#
# Allocators are found as variables: at file scope, static in functions, inside of
# structs and arrays, and in the frames of the selected thread. From these, pointers,
# backings and registries lead to others.

import gdb

BAR = 32  # characters
MOST_FRAMES = 64
MOST_ELEMENTS = 1024  # of one array that is looked through
MOST_SHOWN = 48  # pieces that `reel show` prints

USED, FREED, UNUSED, RESERVED, OWN = '#', '-', '.', '_', '='
LEGEND = ("# used   - freed   . unused   _ not committed"
          "   = reel's own")


class Unreadable(Exception):
    """What an allocator says about itself cannot be true."""


# ---- memory ------------------------------------------------------------------

def read(address, size):
    """Bytes of the program."""
    if size > 1 << 28:
        raise Unreadable('a table of %d bytes' % size)
    if size == 0:
        return b''
    try:
        return gdb.selected_inferior().read_memory(address, size).tobytes()
    except gdb.MemoryError:
        raise Unreadable('no memory at %#x' % address) from None


def numbers_at(address, count, size):
    """`count` unsigned numbers of `size` bytes each."""
    order = 'big' if 'big' in gdb.execute('show endian', to_string=True) \
        else 'little'
    data = read(address, count * size)
    return [int.from_bytes(data[i:i + size], order)
            for i in range(0, len(data), size)]


def word_size():
    return gdb.lookup_type('void').pointer().sizeof


def field(value, path):
    """A number in a struct; a reel_word is the number in it."""
    for name in path.split('.'):
        value = value[name]
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
        value = value['value']
    return int(value)


class Piece:
    """Some memory of an allocator that is in one state."""

    def __init__(self, start, end, state, text):
        self.start, self.end, self.state, self.text = start, end, state, text


def joined(pieces):
    """Neighbours of one state and one text become one piece."""
    result = []
    for piece in pieces:
        last = result[-1] if result else None
        if last and (last.end, last.state, last.text) == \
                (piece.start, piece.state, piece.text):
            last.end = piece.end
        elif piece.start < piece.end:
            result.append(Piece(piece.start, piece.end, piece.state,
                                piece.text))
    return result


def bar(pieces, start, end, width=BAR):
    """[start, end) in characters: each is the state of most of its bytes. A used
    byte is seen in any case."""
    bytes_in = [{} for _ in range(width)]
    size = max(end - start, 1)
    for piece in pieces:
        low, high = max(piece.start, start), min(piece.end, end)
        first = (low - start) * width // size
        while low < high and first < width:
            stop = min(high, start + -(-(first + 1) * size // width))
            states = bytes_in[first]
            states[piece.state] = states.get(piece.state, 0) + stop - low
            low, first = stop, first + 1
    return ''.join(max(states, key=lambda s: (states[s], s == USED))
                   if states else ' ' for states in bytes_in)


# ---- lists of numbers: blocks and pages ------------------------------------------

def signed(number, size):
    return number - (1 << 8 * size) if number >> (8 * size - 1) else number


class List:
    """The list of free numbers in blocks and pools. It has versions between cores,
    else what ends it is negative: src/list.h."""

    def __init__(self, value):
        self.head = field(value, 'head')
        self.count = field(value, 'count')
        self.fresh = field(value, 'fresh_bit')
        self.link_size = value['links'].type.target().sizeof
        bit = self.fresh
        self.has_versions = self.link_size > 2 and self.count < bit \
            <= 2 * self.count and bit & (bit - 1) == 0

    def free(self, link_of):
        """The numbers on the list, from the top. link_of(i) is None for a number
        that no list has."""
        i, found = self.head, set()
        while True:
            if self.has_versions:
                i &= 2 * self.fresh - 1
                if i & self.fresh:
                    return found
            else:
                i = signed(i, word_size() if not found else self.link_size)
                if i == -(1 << 8 * self.link_size - 1) and self.fresh >= 2:
                    i = self.fresh - 2  # what a context that counts has covered
                if i < 0:
                    return found
            link = link_of(i)
            if link is None or i in found:
                raise Unreadable('the list of free numbers leads to %d' % i)
            found.add(i)
            i = link


# ---- allocators ------------------------------------------------------------------

class Allocator:
    """What is read of one. Subclasses set used, peak, size, refused."""

    unit = ''  # what used, peak and size count, if not bytes

    def __init__(self, name, value, place):
        self.name, self.value, self.place = name, value, place
        self.address = int(value.address)
        self.used = self.peak = self.size = self.refused = 0
        self.facts = []  # the first one is in `reel list`, too
        self.state, self.pieces, self.leads = '', [], []
        try:
            self.look(value)
        except (Unreadable, gdb.error) as why:
            self.state = 'cannot be read: %s' % why
            self.pieces = []

    def get(self, path):
        return field(self.value, path)

    def add(self, start, end, state, text):
        if start < end:
            self.pieces.append(Piece(start, end, state, text))

    def lead(self, kind, address):
        """Another allocator, found by a pointer in this one."""
        if address:
            self.leads.append((kind, address))

    def lead_to_allocator(self, value):
        kind = kind_of_ops(value['ops'])
        if kind:
            self.lead(kind, int(value['self']))

    def lead_to_entry(self, entry):
        """Its registry, if the entry is its own: else it may lead anywhere."""
        try:
            if int(entry) and int(entry['allocator']['self']) == self.address:
                self.lead('reel_registry', int(entry['registry']))
        except gdb.MemoryError:
            pass

    def ranges(self, with_own=False):
        """Runs of pieces without a gap; what is reel's own is apart, or in them."""
        runs, is_own = [], None
        for piece in sorted(self.pieces, key=lambda p: p.start):
            if runs and runs[-1][1] == piece.start \
                    and (with_own or is_own == (piece.state == OWN)):
                runs[-1][1] = piece.end
            else:
                runs.append([piece.start, piece.end])
            is_own = piece.state == OWN
        return runs

    def bar(self):
        width = BAR
        if not self.pieces:
            return ' ' * width
        if len(self.ranges()) == 1:
            return bar(self.pieces, *self.ranges()[0])
        at, moved = 0, []
        for piece in sorted(self.pieces, key=lambda p: p.start):
            size = piece.end - piece.start
            moved.append(Piece(at, at + size, piece.state, ''))
            at += size
        return bar(moved, 0, at)


class Arena(Allocator):
    def look(self, value):
        self.look_at_stack(value, lambda at: None)
        self.lead_to_entry(value['entry'])

    def look_at_stack(self, value, committed):
        base, end = field(value, 'base'), field(value, 'end')
        if base == 0:
            self.state = 'not initialised'
            return
        if base == end:
            self.state = 'ended'
            return
        stop = field(value, 'next')
        peak = max(field(value, 'peak'), stop)
        floor = min(field(value, 'floor'), stop)
        refusals = field(value, 'refusals')
        if not base <= stop <= end or peak > end:
            raise Unreadable('its position is outside of its buffer')
        self.used, self.peak, self.size = stop - base, peak - base, end - base
        self.refused = refusals >> 8
        self.facts.append('newest mark or rewind at +%d' % (floor - base)
                          if floor > base else '')
        if refusals & 255:
            self.facts.append('granule %d' % (1 << (refusals & 255)))
        if self.refused:
            self.facts.append('largest refused %d'
                              % field(value, 'largest_refused'))
        self.facts.append('%d rewinds and resets that dropped marks'
                          % field(value, 'serial'))
        self.add(base, floor, USED, 'used, below the newest mark or rewind')
        self.add(floor, stop, USED, 'used')
        if committed(base) is None:
            self.add(stop, peak, FREED, 'freed')
            self.add(peak, end, UNUSED, 'unused')


class Temp(Arena):
    def look(self, value):
        committed = self.get('committed')
        self.look_at_stack(value['stack'], lambda at: committed)
        if self.state:
            return
        base = self.get('stack.base')
        end = base + self.size
        self.peak = max(self.peak, self.get('peak'))
        if not base + self.used <= committed <= end:
            raise Unreadable('its frontier is outside of its range')
        stop, peak = base + self.used, base + self.peak
        self.add(stop, min(peak, committed), FREED, 'freed')
        self.add(max(stop, peak), committed, UNUSED, 'unused, committed')
        self.add(committed, peak, RESERVED, 'freed, not committed')
        self.add(max(committed, peak), end, RESERVED, 'unused, not committed')
        self.facts.insert(0, 'committed %d' % (committed - base))
        pages = value['pages']
        if int(pages):
            page = field(pages.dereference(), 'page_size')
            self.facts.append('memory page %d' % page)
            self.beyond = (end, end + page)
        if self.get('gate'):
            self.facts.append('a thread is inside')
        self.lead_to_entry(value['stack']['entry'])


def has_zones():
    """Has the library red zones? The linker's name of an init function says so."""
    for kind in 'pool', 'blocks', 'arena', 'heap', 'temp', 'rewindable':
        try:
            name = gdb.execute('info symbol reel_%s_init' % kind, to_string=True)
            return '_watch_zones_' in name
        except gdb.error:
            pass  # it is not linked
    return False


class Blocks(Allocator):
    def stride(self):
        """Bytes from a block to the next: reel divides by them, so it has the inverse."""
        odd = pow(self.get('inverse'), -1, 1 << (8 * word_size()))
        return odd << self.get('shift')

    def look(self, value):
        count, size = self.get('list.count'), self.get('block_size')
        base, links = self.get('base'), self.get('list.links')
        if links == 0 or base == 0:
            self.state = 'not initialised'
            return
        if count == 0:
            self.state = 'ended'
            return
        peak = self.get('list.peak')
        if peak > count:
            raise Unreadable('more blocks than there are were allocated')
        free = List(value['list'])
        owned = [link == i for i, link in
                 enumerate(numbers_at(links, peak, free.link_size))]
        self.used, self.peak = sum(owned) * size, peak * size
        self.size, self.refused = count * size, self.get('failures')
        self.facts.append('%d of %d blocks of %d' % (sum(owned), count, size))
        stride = self.stride()
        for i in range(peak):
            self.add(base + i * stride, base + i * stride + size,
                     USED if owned[i] else FREED,
                     'block %d: %s' % (i, 'used' if owned[i] else 'freed'))
        self.add(base + peak * stride, base + count * stride, UNUSED, 'unused')
        self.add(links, links + count * free.link_size, OWN, 'links')
        self.lead_to_entry(value['entry'])


class Pool(Allocator):
    def look(self, value):
        capacity, table = self.get('capacity'), value['chunks']
        if int(table) == 0:
            self.state = 'not initialised'
            return
        if capacity == 0:
            self.state = 'ended'
            return
        self.page = 1 << self.get('page_bits')
        self.stride = self.page << has_zones()  # an unusable page behind each
        self.place_bits = self.get('place_bits')
        self.chunk_pages = self.get('chunk_pages')
        self.bases, self.links, peaks = {}, {}, {}
        free = List(value['list'])
        for i in range(min(capacity, 1 << 16)):
            chunk = table[i]
            base = field(chunk, 'base')
            if base:
                self.bases[i], peaks[i] = base, field(chunk, 'peak')
                self.links[i] = numbers_at(int(chunk['links']), peaks[i],
                                           free.link_size)
                self.own = int(chunk['links'])
                self.add(self.own, self.own + self.chunk_pages * free.link_size,
                         OWN, 'links')
        on_list = free.free(self.link)
        claimed = sum(peaks.values())
        self.used = (claimed - len(on_list)) * self.page
        self.peak = max(self.get('peak'), claimed) * self.page
        self.size = len(self.bases) * self.chunk_pages * self.page
        self.refused = self.get('failures')
        self.facts.append('%d of %d pages of %d, %d of %d chunks'
                          % (claimed - len(on_list),
                             self.size // self.page, self.page,
                             len(self.bases), capacity))
        for i, base in self.bases.items():
            for place in range(peaks[i]):
                is_free = (i << self.place_bits | place) in on_list
                at = base + place * self.stride
                self.add(at, at + self.page, FREED if is_free else USED,
                         'page %d.%d: %s' % (i, place,
                                             'freed' if is_free else 'used'))
            self.add(base + peaks[i] * self.stride,
                     base + self.chunk_pages * self.stride, UNUSED, 'unused')
        if self.get('gate'):
            self.facts.append('a thread is inside')
        self.lead_to_allocator(value['backing'])
        self.lead_to_allocator(value['links'])
        self.lead_to_entry(value['entry'])

    def link(self, number):
        """The link of a page that was ever claimed; None for any other."""
        links = self.links.get(number >> self.place_bits, [])
        place = number & ((1 << self.place_bits) - 1)
        return links[place] if place < len(links) else None

    def page_at(self, number):
        return self.bases[number >> self.place_bits] \
            + (number & ((1 << self.place_bits) - 1)) * self.stride


class Region(Allocator):
    def look(self, value):
        end, pool = self.get('end'), value['pool']
        if end == 0:
            self.state = 'closed'
            return
        found = Pool('', pool.dereference(), '')
        self.lead('reel_pool', int(pool))
        if found.state:
            raise Unreadable('its pool: ' + found.state)
        page, stop, number = found.page, self.get('next'), self.get('newest')
        for _ in range(self.get('pages')):
            link = found.link(number)
            if link is None:
                raise Unreadable('it has a page %d, which its pool has not'
                                 % number)
            at = found.page_at(number)
            full = stop if at == end - page else at + page
            self.add(at, full, USED, 'used')
            self.add(full, at + page, UNUSED, 'unused')
            number = link
        if not end - page <= stop <= end:
            raise Unreadable('its position is outside of its page')
        self.pieces.sort(key=lambda piece: piece.start)
        self.used = self.get('pages') * page - (end - stop)
        self.size = self.get('pages') * page
        self.peak, self.refused = self.used, self.get('failures')
        self.facts.append('%d pages of %d' % (self.get('pages'), page))
        if self.get('has_more'):
            self.look_at_large(value)
        if self.refused:
            self.facts.append('largest refused %d'
                              % self.get('largest_refused'))

    def look_at_large(self, value):
        """Notes of large objects: next, object, size; the words of src/large.h."""
        word, note, count = word_size(), self.get('large'), 0
        while note:
            note, block, size = numbers_at(note, 3, word)
            self.add(block, block + size, USED, 'large object')
            count += 1
            if count > 1 << 16:
                raise Unreadable('a ring of large objects')
        self.used += self.get('large_size')
        self.size += self.get('large_size')
        self.peak = max(self.used, self.get('peak'))
        if count:
            self.facts.append('%d large objects' % count)
        self.lead_to_entry(value['entry'])


class Rewindable(Allocator):
    def look(self, value):
        table = value['table']
        if int(table) == 0:
            self.state = 'not initialised'
            return
        if self.get('capacity') == 0:
            self.state = 'ended'
            return
        shift, half = self.get('shift'), 4 * word_size()
        count = self.get('count')
        if count > self.get('capacity') or shift >= 2 * half:
            raise Unreadable('more chunks than its table has')
        for i in range(count):
            self.look_at_chunk(i, table[i], shift, half)
        self.peak = max(self.get('peak'), self.used)
        self.refused = self.get('failures')
        self.facts.append('%d of %d chunks, %d rewinds'
                          % (count, self.get('capacity'),
                             self.get('generation')))
        if count == 0:
            self.state = 'disposed'
        if self.refused:
            self.facts.append('largest refused %d'
                              % self.get('largest_refused'))
        if self.get('gate'):
            self.facts.append('a thread is inside')
        self.lead_to_allocator(value['backing'])
        self.lead_to_entry(value['entry'])

    def look_at_chunk(self, number, chunk, shift, half):
        word, base = field(chunk, 'used'), field(chunk, 'base')
        granules = field(chunk, 'granules')
        position, live = word >> half, word & ((1 << half) - 1)
        if position > granules:
            raise Unreadable('chunk %d is used beyond its end' % number)
        stop, end = base + (position << shift), base + (granules << shift)
        self.used += position << shift
        self.size += granules << shift
        bits, words = end, -(-granules // half)
        starts = []
        if self.get('frees_blocks'):
            if int(self.value['bits']['ops']):
                bits = int(chunk['bits'])
            starts = self.starts(bits, granules, half)
            self.add(bits, bits + words * word_size(), OWN, 'start bits')
        name = 'chunk %d: ' % number
        before = starts[0] if starts else position
        self.add(base, base + (before << shift), USED, name + (
            'freed, or padding' if starts else 'used, %d live' % live))
        for i, after in zip(starts, starts[1:] + [position]):
            self.add(base + (i << shift), base + (after << shift), USED,
                     name + 'live block at +%d, and what follows'
                     % (i << shift))
        self.add(stop, end, UNUSED, 'chunk %d: free' % number)

    def starts(self, bits, granules, half):
        """Granules at which a live block starts."""
        now = self.get('generation') & ((1 << half) - 1)
        words = numbers_at(bits, -(-granules // half), word_size())
        return [i * half + bit for i, word in enumerate(words)
                if word >> half == now
                for bit in range(half) if word >> bit & 1]


class Span(Allocator):
    def look(self, value):
        start, end, stop = (self.get(n) for n in ('start', 'end', 'next'))
        if end == 0:
            self.state = 'closed'
            return
        owner = value['rewindable']
        self.lead('reel_rewindable', int(owner))
        if field(owner.dereference(), 'generation') != self.get('generation'):
            self.state = 'stale: its rewindable was rewound'
            return
        if not start <= stop <= end:
            raise Unreadable('its position is outside of it')
        self.used = self.peak = stop - start
        self.size = end - start
        self.add(start, stop, USED, 'used')
        self.add(stop, end, UNUSED, 'unused')


class Heap(Allocator):
    def look(self, value):
        base, heads = self.get('base'), self.get('heads')
        if base == 0:
            self.state = 'not initialised'
            return
        count = self.get('count')
        if count == 0:
            self.state = 'ended'
            return
        shift, frontier = self.get('shift'), self.get('frontier')
        if frontier > count or shift > 8 * word_size():
            raise Unreadable('its frontier is outside of its buffer')
        granule, end = 1 << shift, base + (count << shift)
        blocks = list(self.blocks(frontier))
        top = min(self.get('cleared') * 8 * word_size(), count)
        self.add(heads, base, OWN, 'lists and map')
        for start, after, is_free in blocks:
            self.add(base + (start << shift), base + (after << shift),
                     FREED if is_free else USED,
                     'block: %s' % ('free' if is_free else 'used'))
        self.add(base + (frontier << shift), end, UNUSED,
                 'above the frontier')
        self.peak = self.get('peak')
        self.used = self.peak - self.get('below_peak')
        self.size, self.refused = end - base, self.get('failures')
        free = [(after - start) << shift for start, after, is_free in blocks
                if is_free]
        above = (count - frontier) << shift
        largest, total = max(free + [above]), sum(free) + above
        self.facts.append('%d blocks, %d free in %d pieces, largest %d'
                          % (len(blocks) - len(free), total,
                             len(free) + (above > 0), largest))
        self.facts.append('granule %d' % granule)
        if self.refused:
            self.facts.append('largest refused %d'
                              % self.get('largest_refused'))
        if self.get('later') or self.get('pending'):
            self.facts.append('blocks wait for a drain')
        self.lead_to_entry(value['entry'])

    def blocks(self, frontier):
        """(first granule, granule after the last, is it free)."""
        if frontier == 0:
            return
        bits = 8 * word_size()
        cells = numbers_at(self.get('map'), 2 * (frontier // bits + 1),
                           word_size())
        at = [i for i in range(frontier + 1)
              if cells[2 * (i // bits)] >> (i % bits) & 1]
        if not at or at[0] != 0 or at[-1] != frontier:
            raise Unreadable('its map has no block at both ends')
        for start, after in zip(at, at[1:]):
            yield (start, after,
                   bool(cells[2 * (start // bits) + 1] >> (start % bits) & 1))


class Registry(Allocator):
    def look(self, value):
        capacity, entries = self.get('capacity'), value['entries']
        if int(entries) == 0:
            self.state = 'not initialised'
            return
        used, watermark = self.get('used'), self.get('watermark')
        size = entries.type.target().sizeof
        if watermark > capacity:
            raise Unreadable('more entries than it has were used')
        self.used, self.peak, self.size = used * size, \
            self.get('peak') * size, capacity * size
        self.refused = self.get('failures')
        self.facts.append('%d of %d entries' % (used, capacity))
        self.entries = {}
        for i in range(watermark):
            entry = entries[i]
            if field(entry, 'version'):
                self.entries[i] = entry
                self.lead_to_allocator(entry['allocator'])
        start = int(entries)
        for i in range(watermark):
            at = start + i * size
            self.add(at, at + size, USED if i in self.entries else FREED,
                     'entry %d' % i)
        self.add(start + watermark * size, start + capacity * size, UNUSED,
                 'unused')

    def tree(self, names):
        """Lines: each entry below its parent."""
        children, lines = {}, []
        for i, entry in self.entries.items():
            parent = field(entry, 'parent')
            parent = parent if parent in self.entries else None
            children.setdefault(parent, []).append(i)

        def down(parent, depth):
            for i in children.pop(parent, []):
                entry = self.entries[i]
                itself = int(entry['allocator']['self'])
                lines.append('  %s%d, version %#x: %s'
                             % ('  ' * depth, i, field(entry, 'version'),
                                names.get(itself, '%#x' % itself)))
                down(i, depth + 1)
        down(None, 0)
        return lines


class Lock(Allocator):
    def look(self, value):
        if int(value['backing']['ops']) == 0:
            self.state = 'ended, or not initialised'
            return
        self.facts.append('a thread is inside' if self.get('gate')
                          else 'no thread is inside')
        self.lead_to_allocator(value['backing'])


class BlocksCache(Allocator):
    unit = 'blocks'
    owner, owner_kind = 'blocks', 'reel_blocks'

    def look(self, value):
        slots, top = self.get('slots'), self.get('top')
        limit = self.get('limit')
        if slots == 0:
            self.state = 'not initialised'
            return
        if limit == slots or self.has_ended():
            self.state = 'ended'
            return
        owner = value[self.owner]
        self.lead(self.owner_kind, int(owner))
        slot = value['slots'].type.target().sizeof
        if not slots <= top <= limit:
            raise Unreadable('its top is outside of its slots')
        words = numbers_at(slots, (top - slots) // word_size(), word_size())
        size = self.held_size(owner)
        held = words[::slot // word_size()]
        self.used = self.peak = len(held)
        self.size = (limit - slots) // slot
        for at in sorted(held):
            self.add(at, at + size, FREED, 'in the cache')
        self.lead_to_entry(value['entry'])

    def has_ended(self):
        return self.get('bytes') == 0

    def held_size(self, owner):
        return field(owner.dereference(), 'block_size')


class PoolCache(BlocksCache):
    unit = 'pages'
    owner, owner_kind = 'pool', 'reel_pool'

    def has_ended(self):
        return False

    def held_size(self, owner):
        return self.get('page_size')


class HeapCache(Allocator):
    unit = 'blocks'

    def look(self, value):
        slots, heap = value['slots'], value['heap']
        if int(slots) == 0 or int(heap) == 0:
            self.state = 'not initialised'
            return
        if self.get('capacity') == 0:
            self.state = 'ended'
            return
        self.lead('reel_heap', int(heap))
        self.lead_to_entry(value['entry'])
        shift = field(heap.dereference(), 'shift')
        word, most = word_size(), slots.type.target().sizeof
        for i in range(self.get('capacity')):
            count = int(slots[i]['count'])
            if count >= most // word:
                raise Unreadable('a slot of %d blocks' % count)
            blocks = numbers_at(int(slots[i]['blocks'].address), count, word)
            for at in blocks:
                self.add(at, at + ((i + 1) << shift), FREED, 'in the cache')
            self.used += count
        self.pieces.sort(key=lambda piece: piece.start)
        self.peak = self.used
        self.size = self.get('capacity') * (most // word - 1)


KINDS = {
    'reel_arena': Arena,
    'reel_temp': Temp,
    'reel_blocks': Blocks,
    'reel_pool': Pool,
    'reel_region': Region,
    'reel_rewindable': Rewindable,
    'reel_span': Span,
    'reel_heap': Heap,
    'reel_registry': Registry,
    'reel_lock': Lock,
    'reel_blocks_cache': BlocksCache,
    'reel_pool_cache': PoolCache,
    'reel_heap_cache': HeapCache,
}

TYPE = 'reel_word'  # known where any of these is

# The file of an allocator's operations says what it is.
KIND_OF_FILE = {
    'arena.c': 'reel_arena',
    'temp.c': 'reel_temp',
    'blocks.c': 'reel_blocks',
    'blocks_cache.c': 'reel_blocks_cache',
    'pool.c': 'reel_pool',
    'pool_cache.c': 'reel_pool_cache',
    'region.c': 'reel_region',
    'rewindable_allocator.c': 'reel_rewindable',
    'heap_init.c': 'reel_heap',
    'locked.c': 'reel_lock',
}


def kind_of_ops(ops):
    """The kind of object that operations are for; None for others'."""
    try:
        if int(ops) == 0:
            return None
        allocate = int(ops.dereference()['allocate'])
    except gdb.MemoryError:
        return None
    symtab = gdb.find_pc_line(allocate & ~1).symtab
    if symtab is None:
        return None
    return KIND_OF_FILE.get(symtab.filename.replace('\\', '/').split('/')[-1])


# ---- finding them ----------------------------------------------------------------

def kind_of(type_):
    """The name of reel's type that it is, or None."""
    plain = type_.strip_typedefs().unqualified()
    if plain.code != gdb.TYPE_CODE_STRUCT:
        return None
    return next((name for name in (plain.tag, plain.name, type_.name)
                 if name in KINDS), None)


def function_of(block):
    """The name of the function, which may be inlined into another."""
    while block and not block.function:
        block = block.superblock
    return block.function.name if block else ''


class Finder:
    """All allocators that can be found from here."""

    def __init__(self):
        self.found = {}  # (address, kind): Allocator
        self.may_hold = {}
        self.pointers = []  # looked at last: an object's own name is better
        for function, symbol, frame in self.variables():
            self.start(function, symbol, frame)
        for function, symbol, frame in self.locals():
            self.start(function, symbol, frame)
        for name, value, place in self.pointers:
            self.add(kind_of(value.type), name, value, place)
        self.follow()

    def start(self, function, symbol, frame):
        try:
            value = symbol.value(frame) if frame else symbol.value()
            if not value.is_optimized_out and value.address is not None \
                    and int(value.address) != 0:
                self.walk((function + '::' if function else '') + symbol.name,
                          value, '%s:%d' % (symbol.symtab.filename,
                                            symbol.line))
        except gdb.error:
            pass  # it has no place here

    def variables(self):
        """Variables with a place of their own, in files and in functions, of each
        translation unit that knows reel's types. Kept while the files are loaded:
        a large program has many functions."""
        key = [(file.filename, file.is_valid()) for file in gdb.objfiles()]
        if key != self.known_files \
                or not all(v[1].is_valid() for v in self.known):
            known, units = {}, {}
            for type_ in gdb.lookup_static_symbols(TYPE):
                block = type_.symtab.static_block()
                units[type_.symtab.filename, block.start, block.end] = \
                    type_.symtab
            for unit in units.values():
                for function, symbol in self.symbols_of(unit):
                    place = symbol.name, symbol.symtab.filename, symbol.line
                    if symbol.is_variable and place not in known \
                            and symbol.addr_class == gdb.SYMBOL_LOC_STATIC \
                            and self.holds(symbol.type):
                        known[place] = function, symbol, None
            Finder.known_files, Finder.known = key, list(known.values())
        return self.known

    known_files, known = None, []

    @classmethod
    def symbols_of(cls, unit):
        for block in unit.global_block(), unit.static_block():
            for symbol in block:
                yield '', symbol
                if symbol.is_function:
                    for inner in cls.inner_blocks(symbol):
                        name = function_of(inner)
                        for local in inner:
                            yield name, local

    @staticmethod
    def inner_blocks(function):
        """The blocks of a function, its own first."""
        outer = gdb.block_for_pc(function.value().address)
        seen, pc = [], outer.start if outer else 0
        while outer and pc < outer.end:
            block = gdb.block_for_pc(pc)
            while block and block not in seen and not block.is_static:
                seen.append(block)
                block = block.superblock
            last = gdb.find_pc_line(pc).last
            pc = last + 1 if last else outer.end
        return seen

    def locals(self):
        """Variables in the frames of the selected thread, the newest first."""
        try:
            frame = gdb.selected_frame()
        except gdb.error:
            return
        for _ in range(MOST_FRAMES):
            try:
                block = frame.block()
                while block and not block.is_static and not block.is_global:
                    for symbol in block:
                        if (symbol.is_variable or symbol.is_argument) \
                                and symbol.addr_class != gdb.SYMBOL_LOC_STATIC \
                                and self.holds(symbol.type):
                            yield function_of(block), symbol, frame
                    block = block.superblock
                frame = frame.older()
            except (gdb.error, RuntimeError):
                return
            if frame is None:
                return

    def holds(self, type_):
        """May a variable of this type hold an allocator, or lead to one?"""
        plain = type_.strip_typedefs().unqualified()
        if plain.code == gdb.TYPE_CODE_ARRAY:
            return self.holds(plain.target())
        if plain.code == gdb.TYPE_CODE_PTR:
            return kind_of(plain.target()) is not None
        if plain.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            return False
        if kind_of(plain):
            return True
        key = plain.name or plain.tag
        if key is None:
            return any(self.holds(f.type) for f in plain.fields())
        if key not in self.may_hold:
            self.may_hold[key] = False
            self.may_hold[key] = any(self.holds(f.type)
                                     for f in plain.fields())
        return self.may_hold[key]

    def walk(self, name, value, place):
        plain = value.type.strip_typedefs().unqualified()
        kind = kind_of(value.type)
        if kind:
            self.add(kind, name, value, place)
        elif plain.code == gdb.TYPE_CODE_ARRAY and self.holds(plain.target()):
            low, high = plain.range()
            for i in range(low, min(high, low + MOST_ELEMENTS - 1) + 1):
                self.walk('%s[%d]' % (name, i), value[i], place)
        elif plain.code == gdb.TYPE_CODE_PTR:
            if int(value):
                self.pointers.append(('*' + name, value.dereference(), place))
        elif plain.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            for part in plain.fields():
                if hasattr(part, 'bitpos') and self.holds(part.type):
                    self.walk('%s.%s' % (name, part.name) if part.name
                              else name, value[part], place)

    def add(self, kind, name, value, place):
        key = (int(value.address), kind)
        if key in self.found or (key[0], 'reel_temp') in self.found:
            return
        self.found[key] = KINDS[kind](name, value, place)

    def follow(self):
        """What backings, pools and registries lead to."""
        queue = list(self.found.values())
        for known in queue:
            for kind, address in known.leads:
                if (address, kind) not in self.found:
                    try:
                        pointer = gdb.lookup_type(kind).pointer()
                        value = gdb.Value(address).cast(pointer).dereference()
                        self.add(kind, '(%s *)%#x' % (kind, address), value,
                                 'found by ' + known.name)
                    except gdb.error:
                        continue
                    if (address, kind) in self.found:
                        queue.append(self.found[address, kind])

    def all(self):
        order = list(KINDS)
        return sorted(self.found.values(),
                      key=lambda a: (order.index(kind_name(a)), a.address))


def kind_name(allocator):
    return next(kind for kind, view in KINDS.items()
                if view is type(allocator))


# ---- commands --------------------------------------------------------------------

def say(text=''):
    gdb.write(text + '\n')


def numbers(allocator):
    if allocator.state:
        return allocator.state
    unit = ' ' + allocator.unit if allocator.unit else ''
    return 'used %d, peak %d, size %d%s, refused %d' % (
        allocator.used, allocator.peak, allocator.size, unit,
        allocator.refused)


def owners(finder, address):
    """(bytes, allocator, text), the widest memory first."""
    found = []
    for allocator in finder.all():
        low, high = getattr(allocator, 'beyond', (0, 0))
        if low <= address < high:
            found.append((high - low, allocator,
                          '%d bytes beyond its end: an overrun'
                          % (address - low)))
        for start, end in allocator.ranges():
            if start <= address < end:
                piece = next(p for p in allocator.pieces
                             if p.start <= address < p.end)
                found.append((end - start, allocator, '+%d: %s, [%#x, %#x) + %d'
                              % (address - start, piece.text, piece.start,
                                 piece.end, address - piece.start)))
        size = allocator.value.type.sizeof
        if allocator.address <= address < allocator.address + size:
            found.append((size, allocator, 'its control block + %d'
                          % (address - allocator.address)))
    return sorted(found, key=lambda item: -item[0])


class Reel(gdb.Command):
    """See what reel's allocators hold: reel list, show, owner, map."""

    def __init__(self):
        super().__init__('reel', gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


class ReelList(gdb.Command):
    """List every allocator: what is used, the most that was, refusals.

Bars:  # used   - freed   . unused   _ not committed   = reel's own"""

    def __init__(self):
        super().__init__('reel list', gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        allocators = Finder().all()
        if not allocators:
            raise gdb.GdbError('no allocator was found: is there debug '
                               'information (-g), and does the image use reel?')
        width = max(len(a.name) for a in allocators)
        say('%-*s %-12s %-*s %10s %10s %10s %8s' % (
            width, 'instance', 'kind', BAR + 2, '', 'used', 'peak', 'size',
            'refused'))
        for a in allocators:
            line = '%-*s %-12s ' % (width, a.name, kind_name(a)[5:])
            if a.state:
                line += ' ' * (BAR + 3) + a.state
            elif isinstance(a, Lock):
                line += ' ' * (BAR + 3) + a.facts[0]
            else:
                line += '[%s] %10d %10d %10d %8d  %s' % (
                    a.bar(), a.used, a.peak, a.size, a.refused,
                    a.unit or (a.facts[0] if a.facts else ''))
            say(line.rstrip())
        say(LEGEND)


class ReelShow(gdb.Command):
    """Show all that is known about one allocator: reel show NAME

NAME is a name that `reel list` prints, or an expression."""

    def __init__(self):
        super().__init__('reel show', gdb.COMMAND_DATA,
                         gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument.strip():
            raise gdb.GdbError('reel show NAME: `reel list` prints the names')
        finder = Finder()
        shown = self.choose(finder, argument.strip())
        say('%s: %s at %#x' % (shown.name, kind_name(shown)[5:],
                               shown.address))
        if shown.place:
            say('  %s' % shown.place)
        say('  ' + numbers(shown))
        for fact in filter(None, shown.facts):
            say('  ' + fact)
        names = {a.address: a.name for a in finder.all()}
        for kind, address in dict.fromkeys(shown.leads):
            if not isinstance(shown, Registry):
                say('  uses %s' % names.get(address, '%#x' % address))
        if isinstance(shown, Registry) and not shown.state:
            for line in shown.tree(names):
                say(line)
        pieces = joined(sorted(shown.pieces, key=lambda p: p.start))
        for piece in pieces[:MOST_SHOWN]:
            say('  %s [%#x, %#x) %8d  %s' % (piece.state, piece.start,
                                            piece.end, piece.end - piece.start,
                                            piece.text))
        if len(pieces) > MOST_SHOWN:
            say('  and %d more pieces' % (len(pieces) - MOST_SHOWN))

    @staticmethod
    def choose(finder, text):
        named = [a for a in finder.all() if a.name == text]
        if named:
            return named[0]
        try:
            value = gdb.parse_and_eval(text)
        except gdb.error as why:
            raise gdb.GdbError(str(why)) from None
        plain = value.type.strip_typedefs()
        if plain.code == gdb.TYPE_CODE_PTR and kind_of(plain.target()):
            value = value.dereference()
        kind = kind_of(value.type)
        if kind is None:
            raise gdb.GdbError('%s is no allocator of reel: it is of type %s'
                               % (text, value.type))
        key = (int(value.address), kind)
        return finder.found.get(key) or KINDS[kind](text, value, '')


class ReelOwner(gdb.Command):
    """Say whose memory an address is: reel owner ADDRESS

Allocators over allocators are listed from the outermost to the innermost."""

    def __init__(self):
        super().__init__('reel owner', gdb.COMMAND_DATA,
                         gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument.strip():
            raise gdb.GdbError('reel owner ADDRESS')
        address = int(gdb.parse_and_eval(argument).cast(
            gdb.lookup_type('unsigned long')))
        found = owners(Finder(), address)
        say('%#x' % address + ('' if found else ' is in no allocator of reel'))
        for _, allocator, text in found:
            say('  %s (%s) %s' % (allocator.name, kind_name(allocator)[5:],
                                  text))


class ReelMap(gdb.Command):
    """Print all memory of allocators by address, what lies inside indented.

Bars:  # used   - freed   . unused   _ not committed   = reel's own"""

    def __init__(self):
        super().__init__('reel map', gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        runs = []
        for order, allocator in enumerate(Finder().all()):
            if type(allocator) not in (BlocksCache, PoolCache, HeapCache):
                runs += [(start, -end, order, allocator)
                         for start, end in allocator.ranges(with_own=True)]
        ends = []
        for start, end, _, allocator in sorted(runs, key=lambda r: r[:3]):
            while ends and ends[-1] <= start:
                ends.pop()
            say('%#010x  %#010x %9d  %s[%s]  %s (%s)' % (
                start, -end, -end - start, '  ' * len(ends),
                bar(allocator.pieces, start, -end), allocator.name,
                kind_name(allocator)[5:]))
            ends.append(-end)
        say(LEGEND)


for command in Reel, ReelList, ReelShow, ReelOwner, ReelMap:
    command()
