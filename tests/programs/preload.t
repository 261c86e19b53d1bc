#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Whole processes whose malloc is a heap: they print what they print without it, their
# heaps are valid when they end, and no call was refused.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use Test::More;

my $preload = abs_path('build/gcc+O2+pic/preload.so');
my $folder  = tempdir( CLEANUP => 1 );
my $report  = "$folder/report";

my %script = (
    'lua5.4' => q{local t = {} for i = 1, 200000 do t[i % 999] = {i, 'x' .. i} end }
        . q{print(#t, t[7][2], collectgarbage('count') > 0)},
    'sqlite3' => q{CREATE TABLE a(i INT, t TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL }
        . q{SELECT i+1 FROM n LIMIT 20000) INSERT INTO a SELECT i, 'row ' || i FROM n; }
        . q{SELECT count(*), sum(length(t)), max(t) FROM a WHERE i % 3 = 1;},
    'python3' => q{import json, threading, subprocess
def work(k):
    d = {str(i): [i, str(i) * (i % 20)] for i in range(5000 + k)}
    out[k] = len(json.dumps(json.loads(json.dumps(d, sort_keys=True))))
out = {}
all = [threading.Thread(target=work, args=(k,)) for k in range(3)]
[t.start() for t in all]; [t.join() for t in all]
print(sorted(out.items()), subprocess.run(['echo', 'child'], capture_output=True).stdout)},
);

sub output_of {
    my ( $with, @command ) = @_;
    local %ENV = %ENV;
    if ($with) {
        $ENV{LD_PRELOAD}          = $preload;
        $ENV{REEL_PRELOAD_REPORT} = $report;
    }
    open my $out, '-|', @command or die "$command[0]: $!\n";
    local $/;
    my $text = <$out> // '';
    close $out;
    return "$text\n[ended with $?]";
}

# With `mine` in the report: of the process itself, not of those that it starts.
sub compare {
    my ( $name, $mine, @command ) = @_;
    unlink $report;
    my $plain = output_of( 0, @command );
    is( output_of( 1, @command ), $plain, "$name prints the same" );
    like( $plain, qr/\[ended with 0\]/, "$name works" );
    open my $in, '<', $report or return fail("$name reports");
    my @ends = map { chomp; [ split /\|/ ] } <$in>;
    ok( scalar( grep { $_->[0] eq $mine } @ends ), "$name ran on the heap" );
    is( join( ' ', grep { !$_->[1] } @ends ), '', "$name: heaps are valid in the end" );
    is( join( ' ', map { $_->[4] > 0 ? $_->[0] : () } @ends ), '', "$name: no call was refused" );
    for my $end (@ends) {
        my ( $process, undef, $most, $reached ) = @$end;
        next if $process ne $mine;
        note( sprintf '%s: %d KiB at most, reached %d KiB (%.2f)',
            $process, $most / 1024, $reached / 1024, $reached / ( $most || 1 ) );
        last;
    }
}

compare( 'lua5.4', 'lua5.4', 'lua5.4', '-e', $script{'lua5.4'} );
compare( 'sqlite3', 'sqlite3', 'sqlite3', ':memory:', $script{sqlite3} );
compare( 'python3', 'python3', 'python3', '-c', $script{python3} );
compare( 'gcc -O1', 'cc1', qw(gcc -std=c11 -O1 -Iinclude -S -o - src/heap.c) );

my @git = ( 'git', '-C', $folder, '-c', 'user.name=reel', '-c', 'user.email=reel' );
system( @git, 'init', '-q' );
for my $i ( 1 .. 20 ) {
    open my $out, '>', "$folder/text" or die "$folder/text: $!\n";
    print $out map { "line $_ of " . ( $_ % $i ) . "\n" } 1 .. 500;
    close $out;
    system( @git, 'add', 'text' );
    system( @git, 'commit', '-q', '-m', "change $i" );
}
compare( 'git log -p', 'git', @git, '--no-pager', 'log', '-p', '--stat' );

done_testing();
