#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What a trace of a churn becomes: Debian's babeltrace2 reads it as it is, and knows each
# event that reel-trace knows; the report, the JSON for Perfetto and the VCD agree with
# that; what is cut, damaged or in another order is said. The events themselves are judged
# by tests/events/replayed.
use strict;
use warnings;
use File::Path qw(remove_tree make_path);
use JSON::PP;
use Test::More;

my $tool  = 'port/events/reel-trace';
my $churn = 'build/events/churn';
my $elf   = 'build/gcc+events+O2/record';
my $work  = 'build/events/work';
my $most  = $ENV{EVENTS_SECONDS};    # CPU, of each conversion
remove_tree($work);
make_path($work);

# Exit code, standard output, standard error, CPU seconds.
sub run {
    my @command = @_;
    my $before = (times)[2] + (times)[3];
    my $said = `$command[0] 2>$work/err`;
    my $code = $? >> 8;
    my $took = (times)[2] + (times)[3] - $before;
    open my $err, '<', "$work/err" or die;
    local $/;
    return ( $code, $said, scalar <$err>, $took );
}

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!";
    local $/;
    return scalar <$file>;
}

sub spill {
    my ( $path, $bytes ) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $bytes;
    close $file;
}

# ---- by babeltrace2 ------------------------------------------------------------------

my ( $code, $listed, $err ) = run("babeltrace2 --names=payload,context $churn");
is( "$code $err", '0 ', 'babeltrace2 reads the trace as it is, without a warning' );
my ( %kinds, %live, %peak, %refused, $bad );
for ( split /\n/, $listed ) {
    my ( $kind, $module, $object, $place, $size ) =
        /\) (\w+): .*module = \( "(\w+)".*object = 0x(\w+), place = 0x(\w+), size = (\d+)/
        or $bad .= "$_\n", next;
    $kinds{$kind}++;
    $refused{$object}++ if $kind eq 'refuse';
    next if $module !~ /^(?:heap|blocks)$/;
    my $blocks = $live{$object} //= { sum => 0 };
    if ( $kind eq 'alloc' || $kind eq 'fill' ) {
        $blocks->{$place} = $size;
        $blocks->{sum} += $size;
    }
    elsif ( $kind eq 'free' ) {
        $blocks->{sum} -= delete $blocks->{$place};
    }
    elsif ( $kind eq 'resize' ) {
        $blocks->{sum} += $size - $blocks->{$place};
        $blocks->{$place} = $size;
    }
    elsif ( $kind =~ /^(?:reset|end|define)$/ ) {
        $live{$object} = { sum => 0 };
    }
    $peak{$object} = $live{$object}{sum}
        if $live{$object}{sum} > ( $peak{$object} // 0 );
}
is( $bad, undef, 'each line has its fields' );
is( join( ' ', sort keys %kinds ),
    'alloc close commit decommit define end fill free mark open put refuse reset resize'
        . ' rewind take',
    'each kind of event is in it' );

# ---- the report ------------------------------------------------------------------------

( $code, my $report, $err, my $took ) = run("$tool report $churn");
is( "$code $err", '0 ', 'a report of it' );
my ($blocks) = $report =~ /^\d+ objects, (\d+) blocks/;
is( $blocks, $kinds{alloc} + $kinds{fill}, 'it counts the blocks that babeltrace2 lists' );
my %rows = map { /^0x(\w+) +(\w+) +\d+ +(\d+) +\S+ \S+ +\d+ +\d+ +\d+ +\d+ +(\d+) / ? ( uc $1 => [ $3, $4 ] ) : () }
    split /\n/, $report;
is_deeply(
    { map { $_ => $rows{$_}[0] } keys %peak },
    \%peak, 'it has the peaks of heaps and block pools that follow from babeltrace2\'s list' );
is_deeply(
    { map { $_ => $rows{$_}[1] } keys %refused },
    \%refused, 'and the refusals of each object' );
cmp_ok( $took, '<', $most, "a report takes less than $most s of CPU" ) if $most;

( $code, my $named ) = run("$tool report $churn --elf $elf");
is( $code, 0, 'a report with names' );
like( $named, qr/^messages +heap/m, 'objects have the names of the program' );
like( $named, qr/^packets +churn[.]c:\d+ churn_blocks\(\)/m, 'and callers lines of its source' );

my $diff = ( run("$tool diff $churn $churn") )[1];
is( $diff, "no peak differs\n", 'a run does not differ from itself' );
make_path("$work/other");
is( system( $elf, "$work/other", 3000, 7 ), 0, 'another run' );
( $code, $diff ) = run("$tool diff $churn $work/other --elf $elf");
like( $diff, qr/^ *-?\d+ +\d+ +\d+ +messages +\(all\)/m, 'two runs differ by object' );
like( $diff, qr/^ *-?\d+ +\d+ +\d+ +messages +churn[.]c/m, 'and by caller' );

# ---- for other programs ------------------------------------------------------------------

( $code, my $json, $err, $took ) = run("$tool chrome $churn");
is( "$code $err", '0 ', 'a trace for Perfetto' );
my $events = decode_json($json)->{traceEvents};
my ( %open, $wrong );
for my $event (@$events) {
    if ( $event->{ph} eq 'b' ) { $open{ $event->{id} } = $event; }
    if ( $event->{ph} eq 'e' ) {
        my $begin = delete $open{ $event->{id} };
        $wrong++ if !$begin || $begin->{ts} > $event->{ts} || $begin->{name} ne $event->{name};
    }
}
is( $wrong, undef, 'each block of it begins and then ends' );
is( scalar keys %open, 0, 'and none stays open' );
my $begun  = grep { $_->{ph} eq 'b' } @$events;
is( $begun, $kinds{alloc} + $kinds{take} + $kinds{resize},
    'a slice for each block that a caller had, and each new size' );
cmp_ok( $took, '<', $most, "it takes less than $most s of CPU" ) if $most;


( $code, my $vcd, $err, $took ) = run("$tool vcd $churn");
is( "$code $err", '0 ', 'a VCD' );
my ( $time, $back ) = (0);
my %declared = map { $_ => 1 } $vcd =~ /^\$var wire \d+ (\S+) \w+ \$end$/mg;
for ( split /\n/, $vcd =~ s/.*\$enddefinitions \$end\n//sr ) {
    if (/^#(\d+)$/) { $back++ if $1 < $time; $time = $1; }
    elsif ( !/^b[01]+ (\S+)$/ || !$declared{$1} ) { $back++; }
}
is( $back, undef, 'its times go up, and each change is of a signal that it names' );
cmp_ok( $took, '<', $most, "it takes less than $most s of CPU" ) if $most;

# ---- what is damaged -----------------------------------------------------------------------

my $bytes = slurp("$churn/events");
sub damaged {
    my ($changed) = @_;
    make_path("$work/bad");
    spill( "$work/bad/metadata", slurp("$churn/metadata") );
    spill( "$work/bad/events",   $changed );
    return run("$tool report $work/bad");
}

my $half = substr $bytes, 0, length($bytes) / 2 + 5;
( $code, $report, $err ) = damaged($half);
is( $code, 1, 'a trace that was cut is read as far as it goes' );
like( $err, qr/ends within a packet: \d+ events are missing/, 'and that is said' );
like( $report, qr/^\d+ objects/, 'there is a report of the rest' );

( $code, $report, $err ) = damaged("what is this?" x 10);
is( $code, 1, 'a file of something else' );
like( $err, qr/no packet at byte 0/, 'is no trace' );

my $version = $bytes;
substr( $version, 4, 1 ) = "\x07";
like( ( damaged($version) )[2], qr/no packet at byte 0/, 'nor is one of another version' );

# The first two packets in each other's place.
my $first  = unpack( 'Q<', substr $bytes, 32, 8 ) / 8;
my $second = unpack( 'Q<', substr $bytes, $first + 32, 8 ) / 8;
my $turned = substr( $bytes, $first, $second ) . substr( $bytes, 0, $first )
    . substr( $bytes, $first + $second );
( $code, $report, $err ) = damaged($turned);
is( $code, 1, 'packets in another order' );
like( $err, qr/the time goes back/, 'are noticed' );

( $code, $report, $err ) = damaged('');
like( $err, qr/is empty/, 'an empty file is said to be empty' );
( $code, $report, $err ) = run("$tool report $work/nowhere");
is( $code, 2, 'a folder that is not there' );
like( $err, qr/^reel-trace: .*No such file/, 'is named' );
unlink "$work/bad/metadata";
is( ( run("$tool report $work/bad") )[0], 2, 'without metadata nothing is read' );

my $runs = $ENV{EVENTS_DAMAGED} // 150;
make_path("$work/short");
is( system( $elf, "$work/short", 1000 ), 0, 'a short trace' );
( $code, my $outcomes, $err ) = run("tests/events/mutate $work/short $runs");
is( $code, 0, "$runs damaged traces: each ends with a result or a message" ) or diag($err);
like( $outcomes, qr/whole [1-9].*partial [1-9].*refused [1-9]/, 'and each outcome came' )
    or diag($outcomes);

done_testing();
