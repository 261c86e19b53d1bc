# SPDX-License-Identifier: MIT
package meter;

# What the tests of the flow meter share: running its firmware, and files.
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);
use lib 'tests/tools';
use files qw(text_of);

our @EXPORT_OK = qw($image $captures $scratch firmware emulated intervals run text_of spill);

our $image = $ENV{METER_ELF} // 'build/mps2-an385/flow-meter.elf';
our $captures = $ENV{CAPTURES} // 'build/captures';
our $scratch = tempdir(CLEANUP => 1);
open(STDIN, '<', '/dev/null') or die; # or the emulator would read it

# What a program prints, line by line, behind its exit code.
sub run
{
    my @command = @_;
    open(my $pipe, '-|', @command) or die "$command[0]: $!\n";
    my @lines = <$pipe>;
    close($pipe);
    chomp(@lines);
    return ($? >> 8 | ($? & 127) << 8, @lines);
}

# The command that runs the firmware with these arguments.
sub firmware
{
    return emulated($image, undef, @_);
}

# The same for any image, and if not undef with 2^$shift ns for an instruction.
sub emulated
{
    my ($elf, $shift, @arguments) = @_;
    $ENV{ICOUNT} = $shift // '';
    return ('targets/common/emulate', $elf, @arguments);
}

# The line that the meter must print of its intervals, for frames given as
# [second, bytes, flow or '-'].
sub intervals
{
    my @intervals;
    foreach my $frame (@_) {
        my ($second, $bytes, $flow) = @$frame;
        my $start = $second - $second % 60;
        push(@intervals, { start => $start, frames => 0, bytes => 0, flows => {} })
            if !@intervals || $intervals[-1]{start} != $start;
        my $interval = $intervals[-1];
        $interval->{frames}++;
        $interval->{bytes} += $bytes;
        $interval->{flows}{$flow} = 1 if $flow ne '-';
    }
    my $busiest = { start => 0, frames => 0, bytes => -1, flows => {} };
    foreach my $interval (@intervals) {
        $busiest = $interval if $interval->{bytes} > $busiest->{bytes};
    }
    my ($count, $bytes) = (scalar(@intervals), @intervals ? $busiest->{bytes} : 0);
    return "intervals=$count busiest=$busiest->{start} frames=$busiest->{frames}"
        . " bytes=$bytes flows=" . keys(%{ $busiest->{flows} }) . " stale_refs=$count";
}

# A file of this run; returns its path.
sub spill
{
    my ($name, $bytes) = @_;
    return files::spill("$scratch/$name", $bytes);
}

1;
