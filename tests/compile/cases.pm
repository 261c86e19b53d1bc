# SPDX-License-Identifier: MIT
package cases;

# Compilations of one line: options that cannot be, what each CPU gets by default,
# static instances that cannot be. make compiles them all, by the rules that
# tests/compile/cases prints, and config.t reads what the compilers said.
use strict;
use warnings;

our %cpus = (
    host     => 'gcc',
    clang    => 'clang',
    armhf    => 'arm-linux-gnueabihf-gcc',
    m0       => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m0',
    m0plus   => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m0plus',
    m23      => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m23',
    m3       => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m3',
    m4       => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m4',
    m7       => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m7',
    m33      => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m33',
    m55      => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m55',
    m0clang  => 'clang --target=arm-none-eabi -mcpu=cortex-m0',
    m3clang  => 'clang --target=arm-none-eabi -mcpu=cortex-m3',
    rv32imc  => 'riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32',
    rv32imac => 'riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32',
);

my $basepri = 'cortex-m/basepri.h';
my $backend = sub { "-DREEL_ATOMICS=REEL_ATOMICS_$_[0]" };

my $lock_text = 'two cores without compare-and-swap need a lock: see port/rp2040/atomics.h';
my $watched = '-DREEL_PORT_WATCH_HEADER=\\"host/watch.h\\"';
my $primask = '-DREEL_PORT_MASK_HEADER=\\"cortex-m/primask.h\\"';
my $counts  = '-DREEL_PORT_EVENTS_HEADER=\\"events/to_counts.h\\"';
my $two_cores = '-DREEL_CORES=2 -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM '
    . '-DREEL_ATOMICS_HEADER=\\"rp2040/atomics.h\\"';

# CPU, options, what the compiler must say, and what is included if it is not
# the way to a shared word, which brings the configuration.
our @refused = (
    [ 'armhf', '-U__unix__', 'clock.h has no clock for this CPU: define REEL_EVENTS_TIME', 'events/clock.h' ],
    [ 'host', '-DLIST_HAS_PIECES', 'a batch needs one table of links', 'batch.h' ],
    [ 'host', '-DREEL_CHECKS=3',  'REEL_CHECKS must be 0, 1 or 2' ],
    [ 'host', '-DREEL_CHECKS=-1', 'REEL_CHECKS must be 0, 1 or 2' ],
    [ 'host', '-DREEL_POISON=2',  'REEL_POISON must be 0 or 1' ],
    [ 'host', '-DREEL_POISON=-1', 'REEL_POISON must be 0 or 1' ],
    [ 'host', '-DREEL_RED_ZONES=16', 'REEL_RED_ZONES needs a memory checker: define REEL_PORT_WATCH_HEADER' ],
    [ 'host', "$watched -DREEL_RED_ZONES=8", 'REEL_RED_ZONES must be 0, or a multiple of 16 up to 4096' ],
    [ 'host', "$watched -DREEL_RED_ZONES=4112", 'REEL_RED_ZONES must be 0, or a multiple of 16 up to 4096' ],
    [ 'host', '-DREEL_CORES=0',   'REEL_CORES must be 1 or more' ],
    [ 'host', '-DREEL_CALLERS=2', 'REEL_CALLERS must be 0 or 1' ],
    [ 'host', '-DREEL_LIST=2', 'REEL_LIST must be 0 or 1' ],
    [ 'host', '-DREEL_WIDE_LINKS=2', 'REEL_WIDE_LINKS must be 0 or 1' ],
    [ 'host', '-DREEL_NO_LINKER_SCRIPT=2', 'REEL_NO_LINKER_SCRIPT must be 0 or 1' ],
    [ 'host', '-DREEL_WEAK_HOOKS=2',       'REEL_WEAK_HOOKS must be 0 or 1' ],
    [ 'host', '-DREEL_ALIGN_DEFAULT=0',  'REEL_ALIGN_DEFAULT' ],
    [ 'host', '-DREEL_ALIGN_DEFAULT=12', 'REEL_ALIGN_DEFAULT' ],

    [ 'host', '-DREEL_ATOMICS=0', 'REEL_ATOMICS is unknown' ],
    [ 'host', '-DREEL_ATOMICS=6', 'REEL_ATOMICS is unknown' ],
    [ 'host', $backend->('CUSTOM'), 'REEL_ATOMICS_CUSTOM needs a header' ],
    [ 'host', $backend->('LLSC'),   'no exclusive load and store on this CPU' ],
    [ 'armhf', $backend->('LLSC'), 'REEL_ATOMICS_LLSC is for one core of a Cortex-M' ],
    [ 'm0',   $backend->('LLSC'),   'no exclusive load and store on this CPU' ],
    [ 'rv32imac', $backend->('LLSC'), 'no exclusive load and store on this CPU' ],
    [ 'm0',       $backend->('NATIVE'), 'no compare-and-swap on this CPU' ],
    [ 'm0clang',  $backend->('NATIVE'), 'no compare-and-swap on this CPU' ],
    [ 'rv32imc',  $backend->('NATIVE'), 'no compare-and-swap on this CPU' ],
    (   map { [ $_->[0], '-DREEL_CORES=2 ' . $backend->( $_->[1] ),
                'REEL_CORES above 1 needs REEL_ATOMICS_NATIVE' ] }
            [ 'm3', 'LLSC' ], [ 'm33', 'LLSC' ], [ 'm3', 'MASKED' ],
        [ 'host', 'MASKED' ], [ 'host', 'NONE' ], [ 'rv32imac', 'NONE' ]
    ),
    (   map { [ $_->[0], "-DREEL_CORES=2 $_->[1]", $lock_text ] }
            [ 'm0', '' ], [ 'm0clang', '' ], [ 'rv32imc', '' ],
        [ 'm0', $backend->('MASKED') ], [ 'm0', $backend->('NATIVE') ],
        [ 'm0', $backend->('NONE') ]
    ),
    [   'm0plus', $two_cores, 'REEL_PORT_SPIN_LOCK must be a spin lock, 0 to 31' ],
    [   'm0plus', "$two_cores -DREEL_PORT_SPIN_LOCK=32", 'REEL_PORT_SPIN_LOCK must be 0 to 31' ],
    [ 'host', '-D__AVR__ ' . $backend->('MASKED'), 'a word takes two loads on this CPU' ],

    [ 'm3', '', 'REEL_PORT_BASEPRI is not set', $basepri ],
    [ 'm3', '-DREEL_PORT_BASEPRI=0',   'REEL_PORT_BASEPRI must be 1 to 255', $basepri ],
    [ 'm3', '-DREEL_PORT_BASEPRI=256', 'REEL_PORT_BASEPRI must be 1 to 255', $basepri ],
    [   'm3', '-DREEL_PORT_BASEPRI=0x48 -D__NVIC_PRIO_BITS=4',
        "bits that are not in __NVIC_PRIO_BITS", $basepri
    ],
    map { [ $_, '-DREEL_PORT_BASEPRI=64', 'no BASEPRI on this CPU', $basepri ] }
        qw(m0 m23 armhf host),
);

our @accepted = (
    [ 'm0plus', "$two_cores -DREEL_PORT_SPIN_LOCK=31" ],
    map( { [ $_, '', undef, 'cortex-m/exclusives.h' ] } qw(m3 m33) ),
    [ 'host', '-DREEL_CORES=2' ],
    [ 'host', '-DREEL_CORES=64 ' . $backend->('NATIVE') ],
    [ 'm3',   '-DREEL_CORES=2' ],
    [ 'm3', $backend->('LLSC') ],
    [ 'm23', $backend->('LLSC') ],
    [ 'host', '-DREEL_CHECKS=2 -DREEL_POISON=1 -DREEL_ALIGN_DEFAULT=64' ],
    [ 'm0', "$primask $counts", undef, 'reel/port.h' ],
    [ 'host', "$watched -DREEL_RED_ZONES=0" ],
    [ 'host', "$watched -DREEL_RED_ZONES=16" ],
    [ 'host', "$watched -DREEL_RED_ZONES=4096" ],
    [ 'm0', $backend->('NONE') ],
    map( { [ $_, '-DREEL_PORT_BASEPRI=0x40 -D__NVIC_PRIO_BITS=4', undef, $basepri ] }
        qw(m3 m4 m7 m33 m55) ),
);

our @chosen = (
    [ 'm0',       '', 'MASKED' ],
    [ 'm0clang',  '', 'MASKED' ],
    [ 'm23',      '', 'NATIVE' ],
    ( map { [ $_, '', 'LLSC' ] } qw(m3 m3clang m4 m7 m33 m55) ),
    [ 'm3',       '-DREEL_CORES=2', 'NATIVE' ],
    [ 'm33',      '-DREEL_CORES=2', 'NATIVE' ],
    [ 'host',     '', 'NATIVE' ],
    [ 'clang',    '', 'NATIVE' ],
    [ 'armhf',    '', 'NATIVE' ],
    [ 'rv32imc',  '', 'MASKED' ],
    [ 'rv32imac', '', 'NATIVE' ],
    [ 'm3', $backend->('MASKED'), 'MASKED' ],
    [ 'host', $backend->('NONE'), 'NONE' ],
);

# Bytes of a link.
our @links = (
    [ 'm0',   '', 2 ],
    [ 'm3',   '', 2 ],
    [ 'm3',   '-DREEL_WIDE_LINKS=1',  4 ],
    [ 'm3',   $backend->('NATIVE'),   4 ],
    [ 'm3',   '-DREEL_CORES=2',       4 ],
    [ 'host', '', 8 ],
    [ 'host', $backend->('NONE'), 2 ],
    [ 'host', $backend->('NONE') . ' -DREEL_WIDE_LINKS=1', 8 ],
);

# Static instances that cannot be, and what must be said of them.
my $blocks_text = '1 to REEL_BLOCKS_MAX blocks, 1 byte or more';
my $pages_text  = 'bytes, align, step must be whole pages of the port';
our @impossible  = (
    [ 'm3',   'REEL_BLOCKS_DEFINE(pool, 4, 32767);', $blocks_text ],
    [ 'm3',   'REEL_BLOCKS_DEFINE(pool, 4, 0);',     $blocks_text ],
    [ 'host', 'REEL_BLOCKS_DEFINE(pool, 0, 4);',     $blocks_text ],
    [ 'host', 'REEL_ARENA_DEFINE(arena, 0);',        '1 byte or more' ],
    [ 'host', 'REEL_REGISTRY_DEFINE(registry, 0);',  '1 entry or more' ],
    [ 'm3',   'REEL_BLOCKS_DEFINE(pool, 4, 32766);', undef ],
    [ 'm3',   'REEL_ALWAYS_DEFINE(a, 48, 1);', 'page_size must be a power of two', 'always.h' ],
    [ 'm3',   'REEL_ALWAYS_DEFINE(a, 0, 1);',  'page_size must be a power of two', 'always.h' ],
    (   map {
            [   'm3', "REEL_ALWAYS_DEFINE(a, 256, 1); REEL_TEMP_DEFINE(t, $_->[0]);",
                $_->[1], 'always.h'
            ]
        }
            [ '4096, 64, a, 64',    $pages_text ],
        [ '4096, 64, a, 256',   $pages_text ],
        [ '4096, 256, a, 64',   $pages_text ],
        [ '4096, 256, a, 0',    $pages_text ],
        [ '4000, 256, a, 256',  $pages_text ],
        [ '0, 256, a, 256',     $pages_text ],
        [ '4096, 256, a, 512',  undef ],
        [ '4096, 4096, a, 256', undef ],
    ),
);


sub including {
    my ($header) = @_;
    return '#include "' . ( $header // 'atomic.h' ) . '"';
}

# Each as { cpu, options, line }, in this order: those of @refused first.
sub all {
    return (
        ( map { [ @$_[ 0, 1 ], including( $_->[3] ) ] } @refused ),
        ( map { [ $_->[0], '-Wno-unused', including( $_->[3] // 'reel/reel.h' ) . "\\n#include \"reel/reel.h\"\\n$_->[1]" ] }
            @impossible ),
        ( map { [ @$_[ 0, 1 ], including( $_->[3] ) ] } @accepted ),
        ( map { [ @$_[ 0, 1 ], asserting( 'base', "REEL_ATOMICS == REEL_ATOMICS_$_->[2]" ) ] }
                @chosen ),
        ( map { [ @$_[ 0, 1 ], asserting( 'blocks', "sizeof(reel_link) == $_->[2]" ) ] } @links ),
    );
}

sub asserting {
    my ( $header, $fact ) = @_;
    return "#include \"reel/$header.h\"\\n_Static_assert($fact, \"\");";
}

1;
