#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The tests of the tests: each way in which a test could seem to pass, and must not.
# Programs here are scripts that print what they are given, and an image of a board.
use strict;
use warnings;
use File::Temp 'tempdir';
use Test::More;
use lib 'tests/tools';
use files;

my $scratch = tempdir( CLEANUP => 1 );
my $board   = 'build/mps2-an385/faulty.elf';
my $unit    = 'build/gcc+checks2+poison1/tests';
delete @ENV{qw(ONLY SCENE MOST_CPU MOST_TIME)};
$ENV{REEL_START} = 'tools'; # what is counted here is not counted twice

# A program that prints this and ends with a code.
sub program {
    my ( $text, $code ) = @_;
    my $path = spill( "$scratch/program",
        "#!/bin/sh\ncat <<'END'\n${text}END\nexit " . ( $code // 0 ) . "\n" );
    chmod 0755, $path;
    return $path;
}

# Exit code and complaints of a command line; what it prints is in $printed.
my $printed;

sub outcome {
    my ($command) = @_;
    $printed = `$command 2>$scratch/complaints`;
    return ( $?, text_of("$scratch/complaints") );
}

sub passes {
    my ( $command, $name ) = @_;
    my ( $code, $complaints ) = outcome($command);
    is( "$code$complaints", '0', $name );
}

sub fails {
    my ( $command, $why, $name ) = @_;
    my ( $code, $complaints ) = outcome($command);
    ok( $code != 0, "$name: fails" );
    like( $complaints, $why, "$name: says why" );
}

my $run  = 'tests/tools/run';
my $good = "ok 1 - one\nok 2 - two\n";

# ---- what a program says -----------------------------------------------------

passes( "$run " . program("${good}1..2\n"), 'a program whose results are good' );
fails( "$run " . program($good), qr/did not say how many/, 'no plan' );
fails( "$run " . program("1..0\n"), qr/no results/, 'a plan of 0 results' );
fails( "$run " . program(''), qr/no results/, 'a program that says nothing' );
fails( "$run " . program("${good}1..3\n"), qr/2 results of 3/, 'too few results' );
fails( "$run " . program( "${good}1..2\n", 7 ), qr/ended with code 7/, 'a bad exit code' );
fails( "$run " . program("ok 1 - one\nnot ok 2 - two\n1..2\n"),
    qr/test 2 failed: two/, 'a failure, though the exit code is 0' );
fails( "$run $scratch/nosuch", qr/no such program.*make/, 'a missing program' );
fails( "$run build/mps2-an385/nosuch.elf", qr/no such image/, 'a missing image' );
fails(
    "$run " . program("ok 1 - one # SKIP a new reason\nok 2 - two\n1..2\n"),
    qr/skips 1 results.*allows 0: a new reason/,
    'a skip for an unknown reason'
);
fails(
    "$run " . program(
        join '',
        ( map {"ok $_ - n # SKIP no other context gets in between here\n"} 1 .. 20 ),
        "ok 21 - n\n1..21\n"
    ),
    qr/skips 20 results/,
    'more skips than are known'
);
fails(
    "$run " . program("ok 1 - one # SKIP links are too narrow\n1..1\n"),
    qr/all its results are skipped/,
    'a program that skips everything'
);
fails( "prove --exec $run " . program("1..0\n"), qr/no results/, 'the same by prove' );

# ---- time --------------------------------------------------------------------

my $endless = spill( "$scratch/endless", "#!/bin/sh\nwhile :; do :; done\n" );
my $asleep  = spill( "$scratch/asleep",  "#!/bin/sh\necho 1..1\nsleep 100\n" );
chmod 0755, $endless, $asleep;
fails( "MOST_CPU=1 $run $endless", qr/more than 1 seconds of CPU/, 'a hang' );
fails( "MOST_TIME=1 $run $asleep", qr/did not end within 1 s/, 'a wait without end' );

# ---- boards ------------------------------------------------------------------

my $emulate = "targets/common/emulate $board";
is( `$emulate good`, "ok 1 - the board runs\n1..1\n", 'a board runs' );
is( `$emulate no`, "ok 1 - the board runs\n", 'a board that prints no plan' );
fails( "MOST_CPU=1 $emulate spins", qr/more than 1 seconds of CPU/, 'a board that hangs' );
fails( "timeout 1 $emulate waits", qr/terminating/, 'a board that sleeps' );

# A folder with all that a run needs, but for an emulator.
mkdir "$scratch/bin";
for my $tool (qw(sh cat sed date mkdir basename dirname timeout env perl printf)) {
    my ($path) = grep { -x } map {"$_/$tool"} split /:/, $ENV{PATH};
    symlink $path, "$scratch/bin/$tool" if defined $path;
}
fails(
    "PATH=$scratch/bin $run $board",
    qr/qemu-system-arm is missing: install/,
    'no emulator'
);

# ---- filters and tables ------------------------------------------------------

fails( "$run $unit nosuch", qr/no test that is named like 'nosuch'/, 'a filter for nothing' );
passes( "$run $unit a_span_that_is_open", 'a filter for one test' );
is( scalar( () = $printed =~ /^ok/mg ), 1, 'and no other runs' );
passes( "$run $unit span_", 'a filter for a few' );
fails(
    "SCENE=nosuch $run build/gcc+explorer/explorer",
    qr/name of a scene, nosuch/,
    'a filter for no scene'
);
fails( 'make -s test T=nosuch', qr/named like 'nosuch'/, 'make with a filter for nothing' );

my $table = "const test_case good_tests[] = {\n};\n";
passes( 'tests/unit/tables ' . spill( "$scratch/good.c", $table ), 'a file with a table' );
fails( 'tests/unit/tables ' . spill( "$scratch/bad.c", $table ),
    qr/bad\.c: no line says/, 'a table of another name' );
fails( "tests/unit/tables $scratch/good.c " . spill( "$scratch/empty.c", '' ),
    qr/empty\.c: no line says/, 'a file without a table' );

my @functions = map { text_of($_) =~ /^    TEST\((\w+)\),/mg } glob 'tests/unit/*.c';
passes( "$run $unit", 'the unit tests' );
my %is_run = map { $_ => 1 } $printed =~ /^ok \d+ - (\w+)/mg;
is( join( ' ', grep { !$is_run{$_} } @functions ), '', 'each test of each table runs' );

# ---- captures ----------------------------------------------------------------

mkdir "$scratch/captures";
for my $path ( glob 'build/captures/*.pcap*' ) {
    my ($name) = $path =~ m{([^/]+)$};
    my $bytes = text_of($path);
    my $order = $bytes =~ /^\xa1\xb2/ ? 'N' : 'V';
    my $first = 24 + 16 + unpack "x32 $order", $bytes;
    spill( "$scratch/captures/$name", $name =~ /ng$/ ? $bytes : substr $bytes, 0, $first );
}
fails( "CAPTURES=$scratch/captures $run tests/meter/tshark.t",
    qr/real.*frames/s, 'captures cut to one frame' );
done_testing();
