#!/usr/bin/perl
# Options that cannot be are refused with a text that says why, and what nobody
# chooses is chosen for each CPU. One line is compiled with each.
use strict;
use warnings;
use Test::More;

my %cpus = (
    host     => 'gcc',
    clang    => 'clang',
    armhf    => 'arm-linux-gnueabihf-gcc',
    m0       => 'arm-none-eabi-gcc -mthumb -mcpu=cortex-m0',
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

# CPU, options, what the compiler must say, and what is included if it is not
# the way to a shared word, which brings the configuration.
my @refused = (
    [ 'host', '-DLIST_HAS_PIECES', 'a batch may look for a link in a piece', 'batch.h' ],
    [ 'host', '-DREEL_CHECKS=3',  'REEL_CHECKS must be 0, 1 or 2' ],
    [ 'host', '-DREEL_CHECKS=-1', 'REEL_CHECKS must be 0, 1 or 2' ],
    [ 'host', '-DREEL_POISON=2',  'REEL_POISON must be 0 or 1' ],
    [ 'host', '-DREEL_POISON=-1', 'REEL_POISON must be 0 or 1' ],
    [ 'host', '-DREEL_CORES=0',   'REEL_CORES must be 1 or more' ],
    [ 'host', '-DREEL_WIDE_LINKS=2', 'REEL_WIDE_LINKS must be 0 or 1' ],
    [ 'host', '-DREEL_ALIGN_DEFAULT=0',  'REEL_ALIGN_DEFAULT' ],
    [ 'host', '-DREEL_ALIGN_DEFAULT=12', 'REEL_ALIGN_DEFAULT' ],

    [ 'host', '-DREEL_ATOMICS=0', 'REEL_ATOMICS must be one of' ],
    [ 'host', '-DREEL_ATOMICS=6', 'REEL_ATOMICS must be one of' ],
    [ 'host', $backend->('CUSTOM'), 'REEL_ATOMICS_CUSTOM needs REEL_ATOMICS_HEADER' ],
    [ 'host', $backend->('LLSC'),   'no exclusive load and store on this CPU' ],
    [ 'armhf', $backend->('LLSC'), 'REEL_ATOMICS_LLSC is for one core of a Cortex-M' ],
    [ 'm0',   $backend->('LLSC'),   'no exclusive load and store on this CPU' ],
    [ 'rv32imac', $backend->('LLSC'), 'no exclusive load and store on this CPU' ],
    [ 'm0',       $backend->('NATIVE'), 'no compare-and-swap on this CPU' ],
    [ 'm0clang',  $backend->('NATIVE'), 'no compare-and-swap on this CPU' ],
    [ 'rv32imc',  $backend->('NATIVE'), 'no compare-and-swap on this CPU' ],
    (   map { [ $_->[0], '-DREEL_CORES=2 ' . $backend->( $_->[1] ),
                'REEL_CORES above 1 needs REEL_ATOMICS_NATIVE' ] }
            [ 'm3', 'LLSC' ], [ 'm33', 'LLSC' ], [ 'm3', 'MASKED' ], [ 'm0', 'MASKED' ],
        [ 'host', 'MASKED' ], [ 'host', 'NONE' ], [ 'rv32imac', 'NONE' ]
    ),
    [ 'm0',      '-DREEL_CORES=2', 'REEL_CORES above 1 needs REEL_ATOMICS_NATIVE' ],
    [ 'rv32imc', '-DREEL_CORES=2', 'REEL_CORES above 1 needs REEL_ATOMICS_NATIVE' ],

    [ 'm3', '', 'REEL_PORT_BASEPRI must be the priority', $basepri ],
    [ 'm3', '-DREEL_PORT_BASEPRI=0',   'REEL_PORT_BASEPRI must be 1 to 255', $basepri ],
    [ 'm3', '-DREEL_PORT_BASEPRI=256', 'REEL_PORT_BASEPRI must be 1 to 255', $basepri ],
    [   'm3', '-DREEL_PORT_BASEPRI=0x48 -D__NVIC_PRIO_BITS=4',
        "bits that this part's priorities have not", $basepri
    ],
    map { [ $_, '-DREEL_PORT_BASEPRI=64', 'no BASEPRI on this CPU', $basepri ] }
        qw(m0 m23 armhf host),
);

my @accepted = (
    [ 'host', '-DREEL_CORES=2' ],
    [ 'host', '-DREEL_CORES=64 ' . $backend->('NATIVE') ],
    [ 'm3',   '-DREEL_CORES=2' ],
    [ 'm3', $backend->('LLSC') ],
    [ 'm23', $backend->('LLSC') ],
    [ 'host', '-DREEL_CHECKS=2 -DREEL_POISON=1 -DREEL_ALIGN_DEFAULT=64' ],
    [ 'm0', $backend->('NONE') ],
    map( { [ $_, '-DREEL_PORT_BASEPRI=0x40 -D__NVIC_PRIO_BITS=4', undef, $basepri ] }
        qw(m3 m4 m7 m33 m55) ),
);

my @chosen = (
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
my @links = (
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
my $blocks_text = '1 to REEL_BLOCKS_MAX blocks of 1 byte or more';
my @impossible  = (
    [ 'm3',   'REEL_BLOCKS_DEFINE(pool, 4, 32767);', $blocks_text ],
    [ 'm3',   'REEL_BLOCKS_DEFINE(pool, 4, 0);',     $blocks_text ],
    [ 'host', 'REEL_BLOCKS_DEFINE(pool, 0, 4);',     $blocks_text ],
    [ 'host', 'REEL_ARENA_DEFINE(arena, 0);',        '1 byte or more' ],
    [ 'host', 'REEL_REGISTRY_DEFINE(registry, 0);',  '1 entry or more' ],
    [ 'm3',   'REEL_BLOCKS_DEFINE(pool, 4, 32766);', undef ],
);

# What the compiler says of one line; nothing if it likes it.
sub said {
    my ( $cpu, $options, $line, $mode ) = @_;
    open my $pipe, '-|', "printf '%s\\n' '$line' | $cpus{$cpu} -std=c11 -Wall -Wextra"
        . " -ffreestanding -Iinclude -Iport -Isrc $options $mode -xc - 2>&1"
        or die $!;
    local $/;
    return scalar( <$pipe> ) // '';
}

sub said_of_include {
    my ( $cpu, $options, $header ) = @_;
    return said( $cpu, $options, '#include "' . ( $header // 'atomic.h' ) . '"',
        '-fsyntax-only' );
}

my %unseen = map { $_ => 1 } map { /^\s*#error "(.*)"/mg } map {
    open my $file, '<', $_ or die "$_: $!";
    local $/;
    scalar <$file>;
} glob('include/reel/*.h src/*.h src/*/*.h port/*.h port/*/*.h');

for my $case (@refused) {
    my ( $cpu, $options, $text, $header ) = @$case;
    my $said = said_of_include( $cpu, $options, $header );
    like( $said, qr/error: .*\Q$text\E/, "$cpu $options is refused: $text" );
    delete $unseen{$_} for grep { index( $said, $_ ) >= 0 } keys %unseen;
}
is( join( '; ', sort keys %unseen ), '', 'every #error there is was seen' );

for my $case (@impossible) {
    my ( $cpu, $line, $text ) = @$case;
    my $said = said( $cpu, '-Wno-unused', "#include \"reel/reel.h\"\n$line", '-fsyntax-only' );
    defined $text
        ? like( $said, qr/error: .*\Q$text\E/, "$cpu: $line is refused" )
        : unlike( $said, qr/error:/, "$cpu: $line is accepted" );
}
for my $case (@accepted) {
    my ( $cpu, $options, undef, $header ) = @$case;
    is( said_of_include( $cpu, $options, $header ), '', "$cpu $options is accepted" );
}
for my $case (@chosen) {
    my ( $cpu, $options, $name ) = @$case;
    my $fact = "REEL_ATOMICS == REEL_ATOMICS_$name";
    is( said( $cpu, $options,
            "#include \"reel/base.h\"\n_Static_assert($fact, \"\");", '-fsyntax-only' ),
        '', "$cpu $options: REEL_ATOMICS_$name"
    );
}
for my $case (@links) {
    my ( $cpu, $options, $bytes ) = @$case;
    my $fact = "sizeof(reel_link) == $bytes";
    is( said( $cpu, $options,
            "#include \"reel/blocks.h\"\n_Static_assert($fact, \"\");", '-fsyntax-only' ),
        '', "$cpu $options: a link takes $bytes bytes"
    );
}

# Neither the dialect of `inline` nor a kernel's macros change what the library is: each
# public function is defined once.
my $uses = qq{#include "reel/reel.h"\nREEL_ARENA_DEFINE(a, 64);}
    . ' void f(void); void f(void) { REEL_SCOPE(&a) { (void)REEL_NEW(&a, int); } }';
my $macros = q{-nostdinc -include tests/hostile_types.h -DREEL_ALIGN_DEFAULT=8}
    . q{ '-DREEL_TYPES_HEADER="tests/hostile_types.h"' -I. -Wno-unused};
for my $dialect ( '-std=c11', '-std=c11 -fgnu89-inline', "-std=gnu11 $macros" ) {
    for my $cpu (qw(host clang m3)) {
        my $said = `for file in src/*.c; do $cpus{$cpu} $dialect -Wall -Wextra \\
            -ffreestanding -Iinclude -S -o - \$file; done 2>&1`;
        my %times;
        $times{$_}++ for $said =~ /^\s*\.globa?l\s+(reel_\w+)/mg;
        my @twice = grep { $times{$_} > 1 } sort keys %times;
        is( "@twice", '', "$cpu $dialect: each function is defined once" );
        ok( $times{$_}, "$cpu $dialect: $_ is in the library" )
            for qw(reel_arena_alloc reel_arena_mark reel_temp_alloc reel_span_alloc
            reel_region_alloc);
        $said .= said( $cpu, $dialect, $uses, '-fsyntax-only' );
        my @found = grep { /warning:|error:/ } split /\n/, $said;
        is( "@found", '', "$cpu $dialect: the compiler finds nothing" );
    }
}
done_testing();
