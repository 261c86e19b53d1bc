#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A firmware uses memory that was rewound. Its fault handler says what is there; reel-trace
# makes lines of the source of the addresses, and a report of the trace that it wrote.
use strict;
use warnings;
use File::Path qw(remove_tree make_path);
use Test::More;

my $image  = 'build/mps2-an385+events+timer0+Os/callers/crash-story.elf';
my $source = 'targets/crash-story/main.c';
my $folder = 'build/events/crash-test';
remove_tree($folder);
make_path($folder);

# The line of the source where a text is.
sub line_of {
    my ($text) = @_;
    open my $file, '<', $source or die "$source: $!";
    while (<$file>) {
        return $. if /\Q$text\E/;
    }
    die "$source: no $text";
}

my $said = `targets/common/emulate $image $folder`;
is( $? >> 8, 3, 'the firmware faults' );
like( $said, qr/^A fault at 0x[0-9a-f]{8}: temp messages \+ 0, freed$/m,
    'the handler names the temp and the state of the address' );

open my $to, '>', "$folder/../crash.log" or die;
print $to $said;
close $to;
my $story = `port/events/reel-trace places --elf $image < $folder/../crash.log`;
my $line = line_of('= reel_temp_alloc(');
like( $story, qr/^  allocated: 8 bytes, by main[.]c:$line parse_message\(\)/m,
    'the line that allocated' );
$line = line_of('(void)reel_temp_rewind(');
like( $story, qr/^  rewound:   8 bytes, by main[.]c:$line handle_message\(\)/m,
    'the line that rewound' );

my $report = `port/events/reel-trace report $folder --elf $image`;
is( $?, 0, 'its trace is whole' );
like( $report, qr/^messages +temp +2048 +8 /m, 'and has its temp' );
like( $report, qr/^messages +main[.]c:\d+ parse_message\(\) +8 +2 .*rewind 2$/m,
    'whose blocks ended by rewinds' );
my $listed = `babeltrace2 $folder 2>&1`;
is( $?, 0, 'babeltrace2 reads a trace of 32 bits' );
is( join( ' ', $listed =~ /\) (\w+): /g ),
    'define mark commit alloc rewind decommit mark commit alloc rewind decommit',
    'and lists what happened' );
done_testing();
