# SPDX-License-Identifier: MIT
# The RAM of a program by static instance, for gdb behind reel.py. port/gdb/budget runs
# it: the arguments are there. Nothing of the program runs.

import fnmatch
import importlib.machinery
import importlib.util
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def ram_of_image():
    """Bytes of the sections that lie in memory and may be written."""
    text = gdb.execute('maint info sections', to_string=True)
    total = 0
    for start, end, flags in re.findall(
            r'(0x\w+)->(0x\w+) at \w+: \S+ (.*)', text):
        if 'ALLOC' in flags and 'READONLY' not in flags:
            total += int(end, 16) - int(start, 16)
    return total


def static_instances():
    """Each once: found as a variable, not by a pointer."""
    found = [a for a in Finder().all() if not a.name.startswith(('*', '('))]
    return sorted(found, key=lambda a: a.name)


def plain_memory(allocators):
    """(name, bytes) of REEL_MEMORY_DEFINE and the like: what linker/reel.ld placed,
    and no instance has in its initial state."""
    try:
        low, high = (int(gdb.parse_and_eval('(unsigned long)&reel_memory_%s' % at))
                     for at in ('start', 'end'))
    except gdb.error:
        return []  # a host: there is no such script
    taken = [run for a in allocators for run in a.ranges(with_own=True)]
    names = set(re.findall(
        r'^\d+:.*?(\w+)(?:\[[^;]*)?;$',
        gdb.execute('info variables -q -n', to_string=True), re.M))
    found = {}
    for name in names:
        for symbol in [gdb.lookup_global_symbol(name)] \
                + list(gdb.lookup_static_symbols(name)):
            if symbol and symbol.addr_class == gdb.SYMBOL_LOC_STATIC:
                at = int(symbol.value().address)
                if low <= at < high and not any(
                        start <= at < end for start, end in taken):
                    found[at] = name, symbol.type.sizeof
    return sorted(found.values())


def memory_of(allocator):
    return sum(end - start for start, end in allocator.ranges(with_own=True))


# ---- a recorded run --------------------------------------------------------------

def peaks_of(folder):
    """Address: (bytes of memory, peak, refusals) of what a trace tells of, and what
    is wrong with it."""
    path = os.path.join(HERE, '..', 'events', 'reel-trace')
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader('reel_trace', path)
    spec = importlib.util.spec_from_loader('reel_trace', loader)
    reader = importlib.util.module_from_spec(spec)
    loader.exec_module(reader)
    try:
        trace = reader.Trace(folder)
        objects, _ = reader.follow(trace, reader.Watcher())
    except (reader.Unreadable, OSError) as why:
        raise gdb.GdbError(str(why)) from None
    rows = {}
    for o in objects.values():
        is_ours = o.module in reader.STACKS or reader.MODULES[o.module] in (
            'blocks', 'heap')
        rows[o.address] = (o.size if is_ours else 0, o.peak,
                           sum(row[0] for row in o.refused.values()))
    return rows, trace.wrongs


# ---- what is allowed ---------------------------------------------------------------

class Budget:
    """Lines of a file: NAME BYTES, where NAME may be a pattern (*), `total` is all
    RAM of the image, and `margin` is the least percentage that a recorded run must
    leave. The first line that fits a name counts."""

    def __init__(self, path):
        self.lines = []
        with open(path, encoding='ascii') as file:
            for number, line in enumerate(file, 1):
                words = line.split('#')[0].split()
                if not words:
                    continue
                if len(words) != 2 or not words[1].isdigit():
                    raise gdb.GdbError('%s:%d: NAME BYTES is expected'
                                       % (path, number))
                self.lines.append([words[0], int(words[1]), 0])

    def of(self, name):
        for line in self.lines:
            if fnmatch.fnmatchcase(name, line[0]):
                line[2] += 1
                return line[1]
        return None

    def unused(self):
        return [line[0] for line in self.lines
                if not line[2] and line[0] not in ('total', 'margin')]


# ---- the table -----------------------------------------------------------------------

def cell(number):
    return '-' if number is None else str(number)


def table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        say('  '.join(text.ljust(width) if i < 2 else text.rjust(width)
                      for i, (text, width) in enumerate(zip(row, widths)))
            .rstrip())


def judge(allocators, peaks, budget):
    """The table's rows, and what is wrong."""
    rows = [['instance', 'kind', 'control', 'memory', 'RAM', 'budget'] + (
        ['peak', 'margin', 'refused'] if peaks else [])]
    wrongs, sum_of_ram = [], 0
    least = budget.of('margin') if budget else None
    for a in allocators:
        control, memory = a.value.type.sizeof, memory_of(a)
        allowed = budget.of(a.name) if budget else None
        ram = control + memory
        sum_of_ram += ram
        row = [a.name, kind_name(a)[5:], cell(control),
               cell(memory or None), cell(ram), cell(allowed)]
        if allowed is not None and ram > allowed:
            wrongs.append(over(a.name, ram, allowed))
        if peaks:
            size, peak, refused = peaks.get(a.address, (0, None, None))
            size = a.size or size
            margin = size - peak if size and peak is not None else None
            row += [cell(peak), cell(margin), cell(refused)]
            if margin is not None and least and margin * 100 < least * size:
                wrongs.append('%s: a margin of %d bytes is less than %d %%'
                              % (a.name, margin, least))
            if refused:
                wrongs.append('%s: refused requests: %d'
                              % (a.name, refused))
        rows.append(row)
    for name, size in plain_memory(allocators):
        allowed = budget.of(name) if budget else None
        sum_of_ram += size
        rows.append([name, 'memory', '-', cell(size), cell(size),
                     cell(allowed)] + ['-'] * (len(rows[0]) - 6))
        if allowed is not None and size > allowed:
            wrongs.append(over(name, size, allowed))
    return rows, wrongs, sum_of_ram


def over(name, size, allowed):
    return '%s: %d bytes are %d over its budget' % (name, size, size - allowed)


def run(trace, path):
    allocators = static_instances()
    if not allocators:
        raise gdb.GdbError('no static instance was found: is there debug '
                           'information (-g), and does the image use reel?')
    budget = Budget(path) if path else None
    peaks, broken = peaks_of(trace) if trace else ({}, [])
    rows, wrongs, ours = judge(allocators, peaks, budget)
    table(rows)
    total = ram_of_image()
    say('\nreel: %d bytes of %d bytes of RAM that the image names'
        % (ours, total))
    allowed = budget.of('total') if budget else None
    if allowed is not None and total > allowed:
        wrongs.append(over('total', total, allowed))
    wrongs += ['%s: the budget names it, the image does not' % name
               for name in (budget.unused() if budget else [])]
    if peaks and not any(a.address in peaks for a in allocators):
        wrongs.append('the trace tells of no instance of this image')
    for text in broken + wrongs:
        gdb.write('budget: %s\n' % text, gdb.STDERR)
    return 1 if broken or wrongs else 0


try:
    status = run(os.environ.get('REEL_TRACE', ''),
                 os.environ.get('REEL_BUDGET', ''))
except (gdb.GdbError, OSError) as why:
    gdb.write('budget: %s\n' % why, gdb.STDERR)
    status = 2
gdb.execute('quit %d' % status)
