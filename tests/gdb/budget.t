#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The table of RAM by static instance, and what fails a build.
use strict;
use warnings;
use Test::More;
use File::Temp 'tempdir';

my $meter = 'build/mps2-an385/flow-meter.elf';
my $host  = 'build/gcc/objects';
my $dir   = tempdir( CLEANUP => 1 );

# The exit code, and what was printed to both.
sub budget {
    my ( $image, $limits, $trace ) = @_;
    my $file = '';
    if ( defined $limits ) {
        $file = "$dir/limits";
        open my $out, '>', $file or die "$file: $!\n";
        print $out $limits;
        close $out or die "$file: $!\n";
    }
    my $text = qx{port/gdb/budget '$image' '@{[ $trace // '' ]}' '$file' 2>&1};
    return ( $? >> 8, $text );
}

# NAME: bytes in RAM by the table.
sub rams {
    my ($text) = @_;
    return map { /^(\S+) +[a-z_]+ +(?:\d+|-) +(?:\d+|-) +(\d+)/ ? ( $1 => $2 ) : () }
        split /\n/, $text;
}

my ( $code, $text ) = budget($meter);
my %ram = rams($text);
is( $code, 0, 'without limits nothing fails' );

# The oracle: what the symbol table says of control blocks and of their memory.
my %size = map { /^\w+ 0*([0-9a-f]+) \w (\S+)$/ ? ( $2 => hex $1 ) : () } qx{arm-none-eabi-nm -S $meter};
for my $name (qw(flow_arena packet_pool interval_pool flow_registry)) {
    my $sum = 0;
    $sum += $size{"$name$_"} // 0 for '', '_memory', '_links', '_entries';
    is( $ram{$name}, $sum, "$name has what its symbols have" );
}
is( $ram{frame_memory}, $size{frame_memory}, 'memory that the program starts a temp in' );
ok( $ram{'meter_run::meter.flows.generations[1].region'}, 'regions inside a struct in a function' );
my ($of) = $text =~ /of (\d+) bytes of RAM/;
my ( undef, $data, $bss ) = ( qx{arm-none-eabi-size $meter} )[1] =~ /(\d+)\s+(\d+)\s+(\d+)/;
is( $of, $data + $bss, 'all RAM is what size says' );

( $code, $text ) = budget( $meter, "flow_arena 2097211 # bytes\n*_pool 70000\ntotal 3000000\n" );
is( $code, 1, 'over a limit by one byte' );
like( $text, qr/^budget: flow_arena: 2097212 bytes are 1 over its budget\n\z/m, 'it is named, and nothing else' );
( $code, $text ) = budget( $meter, "flow_arena 2097212\n*_pool 70000\n" );
is( $code, 0, 'just at it' ) or diag $text;
( $code, $text ) = budget( $meter, "total 2000000\n" );
like( "$code $text", qr/^1 .*total: \d+ bytes are \d+ over/s, 'a limit for all RAM' );
( $code, $text ) = budget( $meter, "frame_memory 100\n" );
like( "$code $text", qr/^1 .*frame_memory: 65536 bytes/s, 'a limit for plain memory' );
( $code, $text ) = budget( $meter, "no_such_pool 100\n" );
like( "$code $text", qr/^1 .*no_such_pool: the budget names it, the image does not/s, 'a name that nothing has' );

( $code, $text ) = budget($host);
%ram = rams($text);
is( $code, 0, 'an image of a host, moved when it is loaded' );
is( $ram{messages}, 160 + 2336, 'a heap with its lists and map' );
is( $ram{cards} % 64, ( 160 + 64 * 5 + 40 ) % 64, 'a pool with its pages and links' ) or diag $ram{cards};
is( $ram{'device.queues[1]'}, 120, 'an arena that is started later: its control block' );

# A recorded run: 1,000 bytes of the arena at one time, and a refusal.
my $at = 0x20100000;
my %address = map { /^0*([0-9a-f]+) [0-9a-f]+ \w (\S+)$/ ? ( $2 => hex $1 ) : () } qx{arm-none-eabi-nm -S $meter};
sub trace {
    my (@events) = @_;
    my $body = join '', map { pack 'V6', @$_ } @events;
    my $bits = 8 * ( 48 + length $body );
    mkdir "$dir/trace";
    my %text = (
        metadata => "/* CTF 1.8 */\ntypealias integer { size = 32; align = 8; } := word_t;\n"
            . "byte_order = le;\nclock { freq = 1000; };\n",
        events => pack( 'VVQ<5', 0xC1FC1FC1, 1, 1, 9, $bits, $bits, 0 ) . $body,
    );
    for my $name ( keys %text ) {
        open my $out, '>:raw', "$dir/trace/$name" or die "$name: $!\n";
        print $out $text{$name};
        close $out or die "$name: $!\n";
    }
    return "$dir/trace";
}
my @run = ( [ 1, 0x102, $address{flow_arena}, $address{flow_arena_memory}, 1000, 8 ],
    [ 2, 0x201, $address{frame_temp}, $address{frame_memory}, 65536, 8 ] );
( $code, $text ) = budget( $meter, undef, trace(@run) );
is( $code, 0, 'a run without refusals' ) or diag $text;
like( $text, qr/^flow_arena .* 1000 +2096152 +0$/m, 'its peak, and what stayed free' );
( $code, $text ) = budget( $meter, "margin 100\n", trace(@run) );
like( "$code $text", qr/^1 .*flow_arena: a margin of 2096152 bytes is less than 100 %/s, 'too small a margin' );
( $code, $text ) = budget( $meter, "margin 99\n", trace(@run) );
is( $code, 0, 'a margin that is large enough' );
( $code, $text ) = budget( $meter, undef, trace( @run, [ 3, 0x10D, $address{flow_arena}, 5, 9, 8 ] ) );
like( "$code $text", qr/^1 .*flow_arena: refused requests: 1/s, 'a refusal' );
( $code, $text ) = budget( $meter, undef, trace( [ 1, 0x102, 0x42, $at, 1000, 8 ] ) );
like( "$code $text", qr/^1 .*the trace tells of no instance of this image/s, 'a trace of another image' );

for my $case (
    [ "$dir/missing", undef, 'no such image' ],
    [ '/bin/true', undef, 'no static instance was found' ],
    [ $meter, "flow_arena many\n", 'limits:1: NAME BYTES is expected' ],
    [ $meter, undef, 'trace', "$dir/no-trace" ],
    )
{
    my ( $image, $limits, $says, $trace ) = @$case;
    ( $code, $text ) = budget( $image, $limits, $trace );
    is( $code, 2, "$says: exit 2" );
    like( $text, qr/^budget: .*\Q$says\E/m, "$says: said in a line" );
    unlike( $text, qr/Traceback/, "$says: in words" );
}
done_testing();
