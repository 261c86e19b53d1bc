#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The picture of a small trace, which has everything that a picture shows, is the golden
# one. GOLDEN=1 writes it anew: look at it. Damaged traces give a picture of what is there,
# or a line that says why not.
use strict;
use warnings;
use Test::More;
use File::Temp 'tempdir';

my $picture = 'port/events/reel-picture';
my $dir     = tempdir( CLEANUP => 1 );

sub text_of {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    local $/ = undef;
    return scalar <$file>;
}

sub write_to {
    my ( $path, $text ) = @_;
    open my $file, '>:raw', $path or die "$path: $!\n";
    print $file $text;
    close $file or die "$path: $!\n";
    return;
}

sub draw {
    my ( $trace, @options ) = @_;
    unlink "$dir/out.svg";
    my $said = qx{ulimit -t 20; $picture '$trace' --svg $dir/out.svg @options 2>&1};
    return ( $? >> 8, $said, text_of("$dir/out.svg") );
}

is( system( 'tests/picture/sample', "$dir/sample" ), 0, 'the sample is written' );
my ( $code, $said, $svg ) = draw( "$dir/sample", '--title "A sample"', '--detail 0.0005 0.00075' );
is( "$code$said", '0', 'it is drawn' );
write_to( 'tests/picture/golden.svg', $svg ) if $ENV{GOLDEN};
ok( $svg eq text_of('tests/picture/golden.svg'), 'the picture is the golden one' )
    or diag 'look at it and, if it is right: GOLDEN=1 tests/picture/picture.t';
is( system("xmllint --noout $dir/out.svg 2>/dev/null || python3 -c 'import xml.dom.minidom,sys; xml.dom.minidom.parse(sys.argv[1])' $dir/out.svg"),
    0, 'it is well-formed' );
unlike( $svg, qr/(?:href|src|url\()=?["']?https?:/, 'it is self-contained' );

# What it shows, counted in the first part.
my ($whole) = $svg =~ /^(.*?)The same, enlarged/s;
my %is = map { ( $_ => scalar( () = $whole =~ /$_/g ) ) } '<title>mark by', '<title>rewind by',
    '<title>refused:', '<title>\d+ bytes at', '4096 B|4,096 B', 'open for 2 pages, 512 B', 'in exception 15';
is_deeply(
    \%is,
    {   '<title>mark by' => 5, '<title>rewind by' => 5, '<title>refused:' => 2,
        '<title>\d+ bytes at' => 40, '4096 B|4,096 B' => 2, 'open for 2 pages, 512 B' => 2,
        'in exception 15' => 1
    },
    'marks, rewinds, refusals, boxes, regions, a handler'
) or diag explain \%is;
like( $whole, qr/120 bytes to \+200/,  'a rewind says how much it freed, and down to where' );
like( $whole, qr/64 bytes at 0x20000000 of 0x100\nby 0x8011\n100 us to 200 us: 100 us, rewind/, 'a box tells size, caller and life' )
    or diag join "\n", $whole =~ /(64 bytes at.*\n.*\n.*)/g;
like( $whole, qr/900 bytes, 704 were free/, 'a refusal says what was left' );

# Damaged ones.
my $events = text_of("$dir/sample/events");
sub damaged {
    my ( $what, $bytes, $wanted, $line ) = @_;
    write_to( "$dir/sample/events", $bytes );
    ( $code, $said, $svg ) = draw("$dir/sample");
    is( $code, $wanted, "$what: exit $wanted" );
    like( $said, qr/^reel-picture: .*$line/, "$what: a line says so" );
    unlike( $said, qr/Traceback/, "$what: in words" );
    is( length $svg > 0, $wanted < 2, "$what: a picture only of what was read" );
    return;
}
damaged( 'cut short', substr( $events, 0, -1000 ), 1, 'events are missing' );
damaged( 'empty', '', 2, '' );
damaged( 'noise', join( '', map { chr( $_ * 37 % 251 ) } 1 .. 4000 ), 2, '' );
my $swapped = $events;
substr( $swapped, 48 + 24 * 20, 24 * 10 ) = substr( $events, 48 + 24 * 60, 24 * 10 );
damaged( 'mixed up', $swapped, 1, '' );
write_to( "$dir/sample/events", $events );
srand 5;
my $crashed = 0;
for ( 1 .. 12 ) {
    my $bytes = $events;
    substr( $bytes, 48 + int rand( length($bytes) - 48 ), 1 ) = chr int rand 256 for 1 .. 20;
    write_to( "$dir/sample/events", $bytes );
    ( $code, $said ) = draw("$dir/sample");
    $crashed++ if $said =~ /Traceback/ || $code > 2;
    diag $said if $said =~ /Traceback/;
}
is( $crashed, 0, 'random bytes in events crash nothing' );
write_to( "$dir/sample/events", $events );
( $code, $said ) = draw( "$dir/sample", '--from 5 --to 6' );
like( "$code $said", qr/^2 .*nothing happened/, 'a time in which nothing happened' );
( $code, $said ) = draw("$dir/none");
like( "$code $said", qr/^2 reel-picture: .*none/, 'a folder that is not there' );
done_testing();
