#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The flow meter on captures made for the purpose, hostile and damaged ones
# included: mostly its host build under sanitizers, and some as firmware.
#
#     METER_HOST     the host build     (build/gcc+checks2+poison1+asan/flow-meter)
#     METER_STARVED  the same with little memory: FLAGS_starved in flow-meter.mk
#                    (build/gcc+checks2+poison1+asan/starved/flow-meter)
#     METER_UNREWOUND  the same, and rewinding a rewindable does nothing
#                    (build/gcc+checks2+poison1+asan/unrewound/flow-meter)
#     METER_UNCLOSED   the same, and closing a region does nothing
#                    (build/gcc+checks2+poison1+asan/unclosed/flow-meter)
#     METER_SHALLOW    the same with a flow table of 4 buckets to begin with and of
#                    256 at most
#                    (build/gcc+checks2+poison1+asan/shallow/flow-meter)
#     METER_ELF      the image          (build/mps2-an385/flow-meter.elf)
#     METER_DRY      with few buffers   (build/mps2-an385/dry/flow-meter.elf)
#     METER_NONE     with a pool that interrupts must not use
#                    (build/mps2-an385+none/flow-meter.elf)
#     CAPTURES       Debian's captures  (build/captures)

use strict;
use warnings;
use Test::More;
use lib 'tests/meter';
use meter qw($image $captures $scratch firmware emulated intervals text_of spill);

my $host = $ENV{METER_HOST} // 'build/gcc+checks2+poison1+asan/flow-meter';
my $starved = $ENV{METER_STARVED} // 'build/gcc+checks2+poison1+asan/starved/flow-meter';
my $unrewound = $ENV{METER_UNREWOUND}
    // 'build/gcc+checks2+poison1+asan/unrewound/flow-meter';
my $unclosed = $ENV{METER_UNCLOSED}
    // 'build/gcc+checks2+poison1+asan/unclosed/flow-meter';
my $shallow = $ENV{METER_SHALLOW}
    // 'build/gcc+checks2+poison1+asan/shallow/flow-meter';
my $dry = $ENV{METER_DRY} // 'build/mps2-an385/dry/flow-meter.elf';
my $none = $ENV{METER_NONE} // 'build/mps2-an385+none/flow-meter.elf';
my $random = "$captures/random.pcap";
foreach my $needed ($host, $starved, $unrewound, $unclosed, $shallow, $image, $dry, $none,
    $random) {
    -s $needed or BAIL_OUT("$needed is missing");
}
$ENV{UBSAN_OPTIONS} = 'halt_on_error=1';

# Running the meter ---------------------------------------------------------

# { code, lines, totals, dropped, generations, refused, intervals, lost }, the last
# six as the meter prints them.
sub run
{
    my ($code, @lines) = meter::run(@_);
    my ($totals) = grep { /^totals / } @lines;
    my ($dropped) = grep { /^dropped_/ } @lines;
    my ($generations) = grep { /^generations=/ } @lines;
    my ($refused) = grep { /^refused_/ } @lines;
    my ($intervals) = grep { /^intervals=/ } @lines;
    my ($lost) = grep { /^lost_/ } @lines;
    return { code => $code, lines => \@lines,
        generations => $generations // '', refused => $refused // '',
        intervals => $intervals // '', lost => $lost // '',
        totals => ($totals // '') =~ s/^totals //r, dropped => $dropped // '' };
}

sub on_host
{
    return run($host, @_);
}

sub on_target
{
    return run(firmware(@_));
}

# An image on a machine whose clock goes by instructions, each of which takes
# 2 to the power of `shift` nanoseconds: the timer always strikes in the same places.
sub by_instructions
{
    my ($elf, $shift, @arguments) = @_;
    return run(emulated($elf, $shift, @arguments));
}

# The lines of the frames, without their numbers.
sub frames
{
    my ($run) = @_;
    return map { /^frame \d+ (.*)/ ? $1 : () } @{ $run->{lines} };
}

# A run that fails says why in its last line.
sub fails_ok
{
    my ($run, $path, $why, $name) = @_;
    is($run->{code}, 1, "$name: it fails");
    is($run->{lines}[-1], "flow-meter: $path $why", "$name: and says why");
}

# A row of the table of memory: size, used, peak, failures, largest refused.
sub memory
{
    my ($run, $name) = @_;
    my ($row) = grep { /^$name / } @{ $run->{lines} };
    my (undef, @numbers) = split(' ', $row // '');
    my %memory;
    @memory{qw(size used peak failures largest)} = @numbers;
    return \%memory;
}

# What the timer did: ticks, took, gave, lost, sampled_frames.
sub timer
{
    my ($run) = @_;
    my ($line) = grep { /^timer / } @{ $run->{lines} };
    return { ($line // '') =~ /(\w+)=(\d+)/g };
}

# Writing captures ----------------------------------------------------------

# A capture: order 'V' or 'N', magic, link type, frames; a frame is its bytes,
# or [bytes that are there, length on the wire].
sub capture
{
    my ($order, $magic, $link, @frames) = @_;
    my $half = lc($order);
    my $bytes = pack("$order$half${half}${order}4", $magic, 2, 4, 0, 0, 65535, $link);
    foreach my $frame (@frames) {
        my ($there, $size) = ref($frame) ? @$frame : ($frame, length($frame));
        $bytes .= pack("${order}4", 1, 2, length($there), $size) . $there;
    }
    return $bytes;
}

# A capture, in any order, of frames with time stamps: [seconds, fraction, frame].
sub timed_capture
{
    my ($order, $magic, @frames) = @_;
    my $bytes = capture($order, $magic, 1);
    foreach my $timed (@frames) {
        my ($seconds, $fraction, $frame) = @$timed;
        $bytes .= pack("${order}4", $seconds, $fraction, (length($frame)) x 2) . $frame;
    }
    return $bytes;
}

sub ethernet_capture
{
    return capture('V', 0xa1b2c3d4, 1, @_);
}

sub ethernet
{
    return "\2" . "\0" x 4 . "\1\2" . "\0" x 4 . "\2" . pack('n*', @_);
}

sub tcp
{
    my ($from, $to, $options, $data) = @_;
    return pack('nnNNnnnn', $from, $to, 1, 2,
        (5 + length($options) / 4) << 12 | 0x10, 512, 0, 0) . $options . $data;
}

sub udp
{
    my ($from, $to, $data) = @_;
    return pack('nnnn', $from, $to, 8 + length($data), 0) . $data;
}

# 10.0.0.1 to 10.0.0.2.
sub ipv4
{
    my ($protocol, $payload, %with) = @_;
    my $options = $with{options} // '';
    my $words = 5 + length($options) / 4;
    return pack('CCnnnCCnNN', 0x40 | ($with{words} // $words), 0,
        $with{size} // $words * 4 + length($payload), 7, $with{fragment} // 0, 64,
        $protocol, 0, $with{from} // 0x0a000001, $with{to} // 0x0a000002)
        . $options . $payload;
}

# 2001:db8::1 to fe80::2.
my $one = '20010db8' . '0' x 23 . '1';
my $two = 'fe80' . '0' x 27 . '2';

sub ipv6
{
    my ($next, $payload, %with) = @_;
    return pack('NnCC', 6 << 28, $with{size} // length($payload), $next, 64)
        . pack('H32H32', $with{from} // $one, $with{to} // $two) . $payload;
}

my $tcp = tcp(4001, 80, '', 'x' x 20);
my $udp = udp(4002, 53, 'y' x 30);
my $first = udp(9, 53, 'z' x 24); # with 868 more bytes in later fragments
substr($first, 4, 2) = pack('n', 900);
my $tcp4 = 'ipv4 tcp 10.0.0.1:4001 10.0.0.2:80';
my $udp4 = 'ipv4 udp 10.0.0.1:4002 10.0.0.2:53';
my $tcp6 = 'ipv6 tcp [2001:db8::1]:4001 [fe80::2]:80';
my $udp6 = 'ipv6 udp [2001:db8::1]:4002 [fe80::2]:53';

# Runs frames of link type 1 and compares what is found with what is expected:
# [name, frame, expected line], ...
sub frames_ok
{
    my ($what, @cases) = @_;
    my $path = spill('frames.pcap', ethernet_capture(map { $_->[1] } @cases));
    my $run = on_host('frames', $path);
    is($run->{code}, 0, "$what: read to the end");
    my @found = frames($run);
    is(scalar(@found), scalar(@cases), "$what: every frame has a line");
    is($found[$_], $cases[$_][2], "$what: $cases[$_][0]") foreach 0 .. $#cases;
}

# The tests -----------------------------------------------------------------

sub both_orders_and_units
{
    my @frames = (ethernet(0x0800) . ipv4(6, $tcp), ethernet(0x0800) . ipv4(17, $udp),
        ethernet(0x0806) . "\0" x 28);
    my $expected = 'frames=3 bytes=188 ipv4=2 tcp=1 udp=1 malformed=0'
        . ' tcp_flows=1 udp_flows=1';
    foreach my $order (qw(V N)) {
        foreach my $magic (0xa1b2c3d4, 0xa1b23c4d) {
            my $path = spill('orders.pcap', capture($order, $magic, 1, @frames));
            my $name = sprintf('%s %x', $order, $magic);
            my $run = on_host($path);
            is($run->{code}, 0, "$name: read to the end");
            is($run->{totals}, $expected, "$name: totals");
            is(on_target($path)->{totals}, $expected, "$name: totals of the firmware");
        }
    }
}

sub link_types
{
    my @frames = (ipv4(6, $tcp), ipv6(17, $udp), '', "\x50" . "\0" x 40);
    foreach my $link (12, 14, 101, 228, 229, 101 | 4 << 28 | 1 << 26) {
        my $path = spill('raw.pcap', capture('V', 0xa1b2c3d4, $link, @frames));
        my $run = on_host('frames', $path);
        is($run->{code}, 0, "link type $link: read to the end");
        is_deeply([frames($run)],
            ["$tcp4 -", "$udp6 -", '- - - - malformed', '- - - - malformed'],
            "link type $link: frames");
    }
    foreach my $link (0, 105, 113, 276, 0x10001) {
        my $path = spill('link.pcap', capture('V', 0xa1b2c3d4, $link, @frames));
        fails_ok(on_host($path), $path,
            'has an unsupported link type: not Ethernet or raw IP',
            "link type $link");
    }
}

sub links
{
    my $ip = ipv4(6, $tcp);
    frames_ok('link',
        ['no tag', ethernet(0x0800) . $ip, "$tcp4 -"],
        ['one tag', ethernet(0x8100, 5, 0x0800) . $ip, "$tcp4 -"],
        ['two tags', ethernet(0x88a8, 6, 0x8100, 5, 0x0800) . $ip, "$tcp4 -"],
        ['the old two', ethernet(0x9100, 6, 0x8100, 5, 0x86dd) . ipv6(6, $tcp), "$tcp6 -"],
        ['forty tags', ethernet((0x8100, 5) x 40, 0x0800) . $ip, "$tcp4 -"],
        ['tags only', ethernet((0x8100, 5) x 40), '- - - - malformed'],
        ['a tag and ARP', ethernet(0x8100, 5, 0x0806) . $ip, '- - - - -'],
        ['ARP', ethernet(0x0806) . $ip, '- - - - -'],
        ['a length, not a type', ethernet(0x05dc) . $ip, '- - - - -'],
        ['a length of 8', ethernet(0x0008) . $ip, '- - - - -'],
        ['PPPoE', ethernet(0x8864, 0x1100, 1, 2 + length($ip), 0x21) . $ip, "$tcp4 -"],
        ['PPPoE, IPv6', ethernet(0x8864, 0x1100, 1, 82, 0x57) . ipv6(6, $tcp), "$tcp6 -"],
        ['PPPoE, no IP', ethernet(0x8864, 0x1100, 1, 62, 0xc021) . $ip, '- - - - -'],
        ['PPPoE, cut off', ethernet(0x8864, 0x1100, 1), '- - - - malformed'],
        ['PPPoE, too long', ethernet(0x8864, 0x1100, 1, 99, 0x21) . $ip, "$tcp4 malformed"],
        ['PPPoE, too short', ethernet(0x8864, 0x1100, 1, 30, 0x21) . $ip, 'ipv4 - - - malformed'],
        ['version 6 as IPv4', ethernet(0x0800) . ipv6(6, $tcp), "$tcp6 malformed"],
        ['version 4 as IPv6', ethernet(0x86dd) . $ip, '- - - - malformed'],
        ['version 5', ethernet(0x0800) . "\x55" . substr($ip, 1), '- - - - malformed']);
}

sub ipv4_headers
{
    my $e = ethernet(0x0800);
    frames_ok('IPv4',
        ['options', $e . ipv4(17, $udp, options => "\1" x 40), "$udp4 -"],
        ['header below 20', $e . ipv4(6, $tcp, words => 4), 'ipv4 - - - malformed'],
        ['header beyond the end', $e . ipv4(6, '', words => 15), 'ipv4 - - - malformed'],
        ['length below the header', $e . ipv4(6, $tcp, size => 19), 'ipv4 - - - malformed'],
        ['length 0: offload', $e . ipv4(6, $tcp, size => 0), "$tcp4 -"],
        ['length beyond the frame', $e . ipv4(6, $tcp, size => 61), "$tcp4 malformed"],
        ['padding', $e . ipv4(6, $tcp) . "\0" x 10, "$tcp4 -"],
        ['TCP in the padding', $e . ipv4(6, $tcp, size => 39), 'ipv4 - - - malformed'],
        ['do not fragment', $e . ipv4(6, $tcp, fragment => 0x4000), "$tcp4 -"],
        ['first fragment', $e . ipv4(17, $first, fragment => 0x2000),
            'ipv4 udp 10.0.0.1:9 10.0.0.2:53 -'],
        ['middle fragment', $e . ipv4(17, $udp, fragment => 0x2001), 'ipv4 - - - -'],
        ['fragment at 32 KiB', $e . ipv4(6, $tcp, fragment => 0x1000), 'ipv4 - - - -'],
        ['last fragment', $e . ipv4(6, $tcp, fragment => 0x1fff), 'ipv4 - - - -'],
        ['ICMP quoting TCP', $e . ipv4(1, "\3\3" . "\0" x 6 . ipv4(6, $tcp)), 'ipv4 - - - -'],
        ['IP in IP', $e . ipv4(4, ipv4(6, $tcp)), 'ipv4 - - - -'],
        ['AH', $e . ipv4(51, "\6\4" . "\0" x 22 . $tcp), "$tcp4 -"],
        ['UDP below 8', $e . ipv4(17, "\0\1\0\2\0\7\0\0"),
            'ipv4 udp 10.0.0.1:1 10.0.0.2:2 malformed'],
        ['UDP beyond the packet', $e . ipv4(17, "\0\1\0\2\0\x09\0\0"),
            'ipv4 udp 10.0.0.1:1 10.0.0.2:2 malformed'],
        ['UDP, 7 bytes', $e . ipv4(17, "\0" x 7), 'ipv4 - - - malformed'],
        ['TCP, 19 bytes', $e . ipv4(6, substr($tcp, 0, 19)), 'ipv4 - - - malformed'],
        ['TCP, header below 20', $e . ipv4(6, "\0\1\0\2" . "\0" x 8 . "\x40" . "\0" x 7),
            'ipv4 tcp 10.0.0.1:1 10.0.0.2:2 malformed'],
        ['TCP, header beyond the end', $e . ipv4(6, "\0\1\0\2" . "\0" x 8 . "\x60" . "\0" x 7),
            'ipv4 tcp 10.0.0.1:1 10.0.0.2:2 malformed']);
}

sub ipv6_headers
{
    my $e = ethernet(0x86dd);
    my $hop = pack('CCCCN', 60, 0, 1, 4, 0);
    my $destination = pack('CCCCN', 43, 1, 1, 12, 0) . "\0" x 8;
    my $routing = pack('CCCCN', 17, 2, 253, 0, 0) . "\0" x 16;
    my $ah = pack('CC', 6, 4) . "\0" x 22;
    frames_ok('IPv6',
        ['no extension', $e . ipv6(6, $tcp), "$tcp6 -"],
        ['three extensions', $e . ipv6(0, $hop . $destination . $routing . $udp), "$udp6 -"],
        ['AH', $e . ipv6(51, $ah . $tcp), "$tcp6 -"],
        ['extension cut off', $e . ipv6(0, $hop), 'ipv6 - - - malformed'],
        ['extension of 7 bytes', $e . ipv6(0, substr($hop, 0, 7)), 'ipv6 - - - malformed'],
        ['extension too long', $e . ipv6(43, pack('CC', 17, 255) . "\0" x 60),
            'ipv6 - - - malformed'],
        ['sixty extensions', $e . ipv6(60, pack('CCCCN', 60, 0, 1, 4, 0) x 59
            . pack('CCCCN', 6, 0, 1, 4, 0) . $tcp), "$tcp6 -"],
        ['first fragment', $e . ipv6(44, pack('CCnN', 6, 0, 1, 9) . $tcp), "$tcp6 -"],
        ['first fragment, UDP', $e . ipv6(44, pack('CCnN', 17, 0, 1, 9) . $first),
            'ipv6 udp [2001:db8::1]:9 [fe80::2]:53 -'],
        ['only fragment', $e . ipv6(44, pack('CCnN', 17, 0, 0, 9) . $udp), "$udp6 -"],
        ['later fragment', $e . ipv6(44, pack('CCnN', 17, 0, 8, 9) . $udp), 'ipv6 - - - -'],
        ['no next header', $e . ipv6(59, $udp), 'ipv6 - - - -'],
        ['ICMPv6 quoting UDP', $e . ipv6(58, "\1\0" . "\0" x 6 . ipv6(17, $udp)), 'ipv6 - - - -'],
        ['length 0', $e . ipv6(6, $tcp, size => 0), "$tcp6 -"],
        ['length beyond the frame', $e . ipv6(6, $tcp, size => 41), "$tcp6 malformed"],
        ['TCP in the padding', $e . ipv6(6, $tcp, size => 19), 'ipv6 - - - malformed'],
        ['padding', $e . ipv6(6, $tcp) . "\0" x 10, "$tcp6 -"]);
}

sub addresses
{
    my @cases = (
        ['0' x 32, '::'],
        ['0' x 31 . '1', '::1'],
        ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
        ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
        ['00010000000000000002000000000000', '1::2:0:0:0'],
        ['0001000000000002000000000000000a', '1:0:0:2::a'],
        ['abcd0ef0000000000000000000000000', 'abcd:ef0::'],
        ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
        ['ffffffffffffffffffffffffffffffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);
    frames_ok('address', map {
            [$_->[1], ethernet(0x86dd) . ipv6(17, udp(65535, 0, ''), from => $_->[0]),
                "ipv6 udp [$_->[1]]:65535 [fe80::2]:0 -"] } @cases);
    frames_ok('address', ['IPv4', ethernet(0x0800) . ipv4(17, udp(1, 10, ''),
                from => 0xffffffff, to => 0x00646409),
            'ipv4 udp 255.255.255.255:1 0.100.100.9:10 -']);
}

# What a whole frame, of which `size` bytes are there, is expected to give:
# the sizes from which IP is seen, TCP is seen, and all headers are whole.
sub cut_line
{
    my ($size, $ip, $tcp, $whole, $version, $line) = @_;
    return '- - - - malformed' if $size < $ip;
    return "$version - - - malformed" if $size < $tcp;
    return $size < $whole ? "$line malformed" : "$line -";
}

sub cut_frames
{
    my $segment = tcp(4001, 80, "\1" x 4, 'data');
    my @cases = (
        ['ipv4', ethernet(0x8100, 5, 0x0800) . ipv4(6, $segment), 19, 58, 62, $tcp4],
        ['ipv6', ethernet(0x86dd) . ipv6(60, "\6" . "\0" x 7 . $segment), 15, 82, 86, $tcp6]);
    foreach my $case (@cases) {
        my ($version, $frame, $ip, $tcp, $whole, $line) = @$case;
        my @sizes = 0 .. length($frame);
        my $snapped = spill('snapped.pcap', ethernet_capture(
                map { [substr($frame, 0, $_), length($frame)] } @sizes));
        my $run = on_host('frames', $snapped);
        my @expected = map { cut_line($_, $ip, $tcp, $whole, $version, $line) } @sizes;
        is_deeply([frames($run)], \@expected, "$version: a capture cuts every frame short");
        is_deeply([frames(on_target('frames', $snapped))], \@expected,
            "$version: and so says the firmware");
        # Cut on the wire: now the length in the IP header is wrong as well.
        my $cut = spill('cut.pcap', ethernet_capture(map { substr($frame, 0, $_) } @sizes));
        my $last = pop(@expected);
        s/-$/malformed/ foreach @expected;
        is_deeply([frames(on_host('frames', $cut))], [@expected, $last],
            "$version: frames end too soon");
    }
}

sub cut_files
{
    my @frames = (ethernet(0x0800) . ipv4(6, $tcp), ethernet(0x0800) . ipv4(17, $udp));
    my $bytes = ethernet_capture(@frames);
    my ($first, $second) = (24 + 16 + length($frames[0]), length($bytes));
    my @totals = ('frames=0 bytes=0 ipv4=0 tcp=0 udp=0 malformed=0 tcp_flows=0 udp_flows=0',
        'frames=1 bytes=74 ipv4=1 tcp=1 udp=0 malformed=0 tcp_flows=1 udp_flows=0',
        'frames=2 bytes=146 ipv4=2 tcp=1 udp=1 malformed=0 tcp_flows=1 udp_flows=1');
    my %whole = (24 => 0, $first => 1, $second => 2);
    my @wrong;
    foreach my $size (0 .. $second) {
        my $path = spill('cut file.pcap', substr($bytes, 0, $size));
        my $run = on_host($path);
        my $in = $size < $first ? $size - 24 : $size - $first;
        my $why = $size == 0 ? 'is empty'
            : $size < 24 ? 'is cut off in the file header'
            : $in < 16 ? 'is cut off in a record header'
            : 'is cut off in a frame';
        my $expected = exists($whole{$size})
            ? ['', 0] : ["flow-meter: $path $why", 1];
        my $totals = $size < 24 ? '' : $totals[$size < $first ? 0 : $size < $second ? 1 : 2];
        my ($said) = (grep({ /^flow-meter: / } @{ $run->{lines} }), '');
        push(@wrong, "$size: $run->{code} $said [$run->{totals}]")
            if $said ne $expected->[0] || $run->{code} != $expected->[1]
            || $run->{totals} ne $totals
            || $size >= 24 && memory($run, 'packet_pool')->{used} != 0;
    }
    is_deeply(\@wrong, [], 'a file cut off after every byte');
}

sub unreadable
{
    my $good = ethernet_capture(ethernet(0x0800) . ipv4(6, $tcp));
    my $version = $good;
    substr($version, 4, 1) = "\1";
    my $modified = "\x34\xcd\xb2\xa1" . substr($good, 4);
    my $huge = $good . pack('V4', 1, 2, 0xffffffff, 60) . 'x' x 60;
    my $over = $good . pack('V4', 1, 2, 262145, 262145) . 'x' x 262145;
    my @cases = (
        ['missing', undef, 'cannot be opened'],
        ['empty', '', 'is empty'],
        ['text', 'this is a text and no capture', 'is not a pcap or pcapng capture'],
        ['short text', 'text', 'is not a pcap or pcapng capture'],
        ['zeros', "\0" x 100, 'is not a pcap or pcapng capture'],
        ['another format', $modified, 'is not a pcap or pcapng capture'],
        ['version', $version, 'has an unsupported version of its format'],
        ['record of 4 GiB', $huge, 'is damaged: a record is longer than any frame'],
        ['record over the limit', $over, 'is damaged: a record is longer than any frame']);
    foreach my $case (@cases) {
        my ($name, $bytes, $why) = @$case;
        my $path = defined($bytes) ? spill("$name.pcap", $bytes) : "$scratch/no such.pcap";
        fails_ok(on_host($path), $path, $why, $name);
        fails_ok(on_target($path), $path, $why, "$name, firmware");
    }
    damaged_blocks();
    my $run = on_host("$scratch/record of 4 GiB.pcap");
    is($run->{totals}, 'frames=1 bytes=74 ipv4=1 tcp=1 udp=0 malformed=0'
            . ' tcp_flows=1 udp_flows=0', 'what came before a damaged record counts');
}

# A block of pcapng, little-endian; $size is what it says of its length.
sub block
{
    my ($type, $body, $size) = @_;
    $body .= "\0" x (-length($body) % 4);
    $size //= length($body) + 12;
    return pack('V2', $type, $size) . $body . pack('V', $size);
}

sub damaged_blocks
{
    my $frame = ethernet(0x0800) . ipv4(6, $tcp);
    my $section = block(0x0a0d0d0a, pack('Vv2', 0x1a2b3c4d, 1, 0) . "\xff" x 8);
    my $interface = block(1, pack('v2V', 1, 0, 0));
    my $good = block(6, pack('V5', 0, 0, 0, length($frame), length($frame)) . $frame);
    my $start = $section . $interface;
    my $length = 'is damaged: a block has a wrong length';
    my $cut = 'is cut off in a block';
    my @cases = (
        ['order', block(0x0a0d0d0a, pack('Vv2', 0x01020304, 1, 0) . "\xff" x 8),
            'is not a pcap or pcapng capture'],
        ['pcapng version', block(0x0a0d0d0a, pack('Vv2', 0x1a2b3c4d, 2, 0) . "\xff" x 8),
            'has an unsupported version of its format'],
        ['section cut', substr($section, 0, 20), 'is cut off in the file header'],
        ['short block', $start . block(9, '', 8), $length],
        ['odd block', $start . block(9, 'abcd', 17), $length],
        ['lengths differ', $start . block(9, 'abcd', 20) . $good, $length],
        ['block cut', $start . substr($good, 0, 20), $cut],
        ['header cut', $start . substr($good, 0, 5), $cut],
        ['frame cut', $start . substr($good, 0, 60), 'is cut off in a frame'],
        ['trailer cut', $start . substr($good, 0, -2), $cut],
        ['frame beyond its block', $start . block(6, pack('V5', 0, 0, 0, 5, 5) . 'abcd'), $length],
        ['block of 4 GiB', $start . block(9, 'abcd', 0xfffffffc), $cut],
        ['frame over the limit', $start . pack('V7', 6, 300032, 0, 0, 0, 300000, 300000),
            'is damaged: a record is longer than any frame'],
        ['no interface', $section . $good,
            'is damaged: a frame is of an interface that is not described'],
        ['no interface of a simple one', $section . block(3, pack('V', 4) . 'abcd'),
            'is damaged: a frame is of an interface that is not described'],
        ['a new section forgets', "$start$section$good",
            'is damaged: a frame is of an interface that is not described'],
        ['many interfaces', $section . $interface x 17,
            'has more interfaces than this program has room for'],
        ['link type of an interface', $section . block(1, pack('v2V', 147, 0, 0)) . $good,
            'has an unsupported link type: not Ethernet or raw IP'],
        ['unit of time', $section . block(1, pack('v2V', 1, 0, 0) . pack('v2V', 9, 1, 20)) . $good, $length],
        ['option beyond its block', $section . block(1, pack('v2V', 1, 0, 0) . pack('v2V', 2, 9, 0)) . $good,
            $length]);
    foreach my $case (@cases) {
        my ($name, $bytes, $why) = @$case;
        my $path = spill("$name.pcapng", $bytes);
        fails_ok(on_host($path), $path, $why, $name);
    }
    my $path = spill('sixteen.pcapng', $section . $interface x 16 . $good);
    is(on_host($path)->{totals}, 'frames=1 bytes=74 ipv4=1 tcp=1 udp=0 malformed=0'
            . ' tcp_flows=1 udp_flows=0', 'sixteen interfaces fit');

    # Where buffers end, frames of the newer format are dropped and counted, too.
    my $long = $frame . "\0" x 500;
    my $many = spill('many.pcapng', $start . join('', map {
            block(6, pack('V5', 0, 0, 0, length($_), length($_)) . $_) } ($long, $frame) x 4));
    my $old = spill('many.pcap', ethernet_capture(($long, $frame) x 4));
    my ($ng, $pcap) = (run($starved, $many), run($starved, $old));
    is($ng->{code}, 0, 'little memory: it goes on');
    like($ng->{dropped}, qr/=[1-9]/, 'frames are dropped');
    is($ng->{dropped}, $pcap->{dropped}, 'as many as of the same pcap');
    is($ng->{totals}, $pcap->{totals}, 'and the totals are the same');
}

sub names_with_blanks
{
    my $path = spill('a b, c  d.pcap', ethernet_capture(ethernet(0x0800) . ipv4(6, $tcp)));
    my $run = on_target($path);
    is($run->{code}, 0, 'blanks and a comma in a path');
    is_deeply([frames(on_target('frames', $path))], ["$tcp4 -"], 'and behind "frames"');
}

# Sums beyond 32 bits, and bytes that the capture does not hold.
sub large_sums
{
    my $frame = [ethernet(0x0800) . ipv4(6, $tcp), 0xffffffff];
    my $path = spill('large.pcap', ethernet_capture(($frame) x 3));
    foreach my $run (on_host($path), on_target($path)) {
        is($run->{totals}, 'frames=3 bytes=12884901885 ipv4=3 tcp=3 udp=0 malformed=0'
                . ' tcp_flows=1 udp_flows=0', 'totals of 64 bits');
    }
}

sub flow_frame
{
    my ($port, $size, $back) = @_;
    my @ends = $back ? (from => 0x0a000002, to => 0x0a000001) : ();
    my $data = 'd' x ($size - 54);
    return ethernet(0x0800)
        . ipv4(6, $back ? tcp(80, $port, '', $data) : tcp($port, 80, '', $data), @ends);
}

# Both directions are one flow, protocols are two, and so are ports swapped
# between the hosts; the largest come first, then most frames, then the first.
sub flows_and_ranks
{
    my @frames = (flow_frame(1000, 100), flow_frame(1001, 60), flow_frame(1002, 60),
        flow_frame(1001, 60, 1), (map { flow_frame($_, 70) } 2000 .. 2010),
        flow_frame(1003, 120), flow_frame(1002, 60, 1));
    push(@frames, ethernet(0x0800) . ipv4(17, udp(80, 1000, 'u' x 8)),
        ethernet(0x0800) . ipv4(6, tcp(80, 1000, '', '')));
    my $path = spill('ranks.pcap', ethernet_capture(@frames));
    my @expected = (map({ "$_->[0] tcp 10.0.0.1:$_->[1] 10.0.0.2:80 $_->[2] $_->[3]" }
            [1, 1001, 2, 120], [2, 1002, 2, 120], [3, 1003, 1, 120], [4, 1000, 1, 100]),
        map({ ($_ + 5) . ' tcp 10.0.0.1:' . ($_ + 2000) . ' 10.0.0.2:80 1 70' } 0 .. 5));
    foreach my $run (on_host($path), on_target($path)) {
        is($run->{totals}, 'frames=19 bytes=1334 ipv4=19 tcp=18 udp=1 malformed=0'
                . ' tcp_flows=16 udp_flows=1', 'flows');
        my @top = map { s/^ +//r =~ s/ +/ /gr } grep { /^ +\d+  (tcp|udp)/ } @{ $run->{lines} };
        is_deeply(\@top, \@expected, 'the ten largest');
    }
}

# The pages in use are those of the present flow table, and are filled.
sub present_pages_ok
{
    my ($run, $name) = @_;
    my ($pool, $region) = map { memory($run, $_) } qw(flow_pool flow_region);
    is($pool->{used}, $region->{size}, "$name: no page but those of the present table");
    cmp_ok($region->{used}, '<=', $region->{size}, "$name: it uses them");
    cmp_ok($region->{used}, '>', $region->{size} - 1024, "$name: but for the last one's rest");
}

# What the meter must say of frames as [second, fraction, frame, flow], all of TCP:
# its totals, and port, frames and bytes of the ten largest flows.
sub expected_flows
{
    my (%flows, $bytes);
    foreach my $frame (@_) {
        my $flow = $flows{ $frame->[3] } //= [scalar(keys %flows), $frame->[3], 0, 0];
        $flow->[2]++;
        $flow->[3] += length($frame->[2]);
        $bytes += length($frame->[2]);
    }
    my @ranked = sort { $b->[3] <=> $a->[3] || $b->[2] <=> $a->[2] || $a->[0] <=> $b->[0] }
        values %flows;
    my $count = @_;
    return ("frames=$count bytes=$bytes ipv4=$count tcp=$count udp=0 malformed=0"
            . ' tcp_flows=' . keys(%flows) . ' udp_flows=0',
        [map { join(' ', @$_[1 .. 3]) } @ranked[0 .. 9]]);
}

sub largest_flows
{
    my ($run) = @_;
    return [map { /^ +\d+  tcp +10\.0\.0\.1:(\d+) +10\.0\.0\.2:80 +(\d+) +(\d+)$/
            ? "$1 $2 $3" : () } @{ $run->{lines} }];
}

# So many flows, 300 frames a minute: each flow once, then every other one again,
# the other way round.
sub frames_of_flows
{
    my ($count) = @_;
    my @flows = (1 .. $count, grep { $_ % 2 } reverse(1 .. $count));
    return map { my $flow = $flows[$_];
        [60 * int($_ / 300), 0, flow_frame($flow, 60 + ($flow * 7 + $_) % 31, $_ >= $count), $flow]
    } 0 .. $#flows;
}

sub rebuilt_ok
{
    my ($run, $name, $generations, $buckets, @frames) = @_;
    my ($totals, $largest) = expected_flows(@frames);
    is($run->{totals}, $totals, "$name: totals");
    is_deeply(largest_flows($run), $largest, "$name: the ten largest");
    intervals_ok($run, $name, @frames);
    is($run->{generations},
        "generations=$generations buckets=$buckets stale_refs=$generations",
        "$name: rebuilt, and refs to what was before are stale");
    present_pages_ok($run, $name);
}

# The table is rebuilt as soon as there are more flows than buckets. Before and
# after, nothing that is found may differ, and the old table leaves no page.
sub rebuilt_tables
{
    foreach my $case ([256, 0, 256], [257, 1, 512], [512, 1, 512], [513, 2, 1024],
        [3000, 4, 4096]) {
        my ($count, @expected) = @$case;
        my @frames = frames_of_flows($count);
        my $path = spill('flows.pcap', timed_capture('V', 0xa1b2c3d4, @frames));
        # A page holds 14 flows, or 128 buckets of 8 bytes, or 256 of 4.
        foreach my $build ([on_host($path), "$count flows", 128],
            [on_target($path), "$count flows, firmware", 256]) {
            my ($run, $name, $piece) = @$build;
            rebuilt_ok($run, $name, @expected, @frames);
            is($run->{refused}, '', "$name: no rebuild is refused");
            cmp_ok(memory($run, 'flow_pool')->{used} / 1024, '<=',
                int($count / 14) + $expected[1] / $piece + 2, "$name: no more than it takes");
        }
    }
}

# Flows that come again in the same minute, but after the table was rebuilt: they
# lie elsewhere, and are the same.
sub rebuilt_within_a_minute
{
    my @frames = map { timed(60, $_, 60 + $_ % 9) } 1 .. 400, 1 .. 400;
    my $path = spill('minute.pcap', timed_capture('V', 0xa1b2c3d4, @frames));
    rebuilt_ok(on_host($path), 'within a minute', 1, 512, @frames);
    rebuilt_ok(on_target($path), 'within a minute, firmware', 1, 512, @frames);
}

# A page of the shallow build lists 16 pieces of 16 buckets. Then the table is as it
# is, and each 256 flows one more rebuild is refused; nothing else is.
sub refused_rebuilds
{
    my @frames = frames_of_flows(3000);
    my $path = spill('flows.pcap', timed_capture('V', 0xa1b2c3d4, @frames));
    my $run = run($shallow, $path);
    rebuilt_ok($run, 'no more pieces', 6, 256, @frames);
    is($run->{refused}, 'refused_rebuilds=11', 'no more pieces: rebuilds are refused');
    is($run->{dropped}, '', 'no more pieces: no flow is dropped');
}

# The meter must notice a table that was not closed: refs into it are good, and
# its pages have no owner.
sub tables_that_stay_open
{
    my $path = spill('flows.pcap', timed_capture('V', 0xa1b2c3d4, frames_of_flows(257)));
    my $run = run($unclosed, $path);
    is($run->{code}, 5, 'without a close: the run fails');
    is_deeply([grep { /^flow-meter: / } @{ $run->{lines} }],
        ['flow-meter: a ref into an old flow table is still good',
            'flow-meter: an old flow table still has pages'], 'without a close: and says why');
    like($run->{generations}, qr/^generations=1 .* stale_refs=0$/,
        'without a close: no stale ref');
    my ($pool, $region) = map { memory($run, $_) } qw(flow_pool flow_region);
    cmp_ok($pool->{used}, '>', $region->{size}, 'without a close: pages are lost');
}

# The same addresses and ports, but another protocol or another version of IP.
# The starved build has few buckets, so that some of these share one.
sub near_twins
{
    my %wide = map { $_->[0] => $_->[1] . '0' x 24 } ['from', '0a000001'], ['to', '0a000002'];
    foreach my $run (1 .. 8) {
        my @ports = map { 100 * $run + $_ } 1 .. 4;
        my @frames = map { (ethernet(0x0800) . ipv4(6, tcp($_, 80, '', '')),
                ethernet(0x0800) . ipv4(17, udp($_, 80, '')),
                ethernet(0x86dd) . ipv6(17, udp($_, 80, ''), %wide)) } @ports;
        my $path = spill('twins.pcap', ethernet_capture(@frames));
        is(run($starved, $path)->{totals}, 'frames=12 bytes=632 ipv4=8 tcp=4 udp=8'
                . ' malformed=0 tcp_flows=4 udp_flows=8', "near twins, $run");
    }
}

# Frames that are longer than a buffer, so that there is room for any number.
sub no_room
{
    my $count = 40;
    my @frames = map { flow_frame(3000 + $_, 130) } 1 .. $count;
    my $path = spill('many.pcap', ethernet_capture(@frames));
    my $run = run($starved, $path);
    is($run->{code}, 0, 'too many flows: read to the end');
    my ($kept) = $run->{totals} =~ /tcp_flows=(\d+)/;
    my $dropped = $count - $kept;
    cmp_ok($kept, '>', 8, 'too many flows: some are kept');
    cmp_ok($dropped, '>', 0, 'too many flows: some are dropped');
    is($run->{totals}, "frames=40 bytes=5200 ipv4=40 tcp=40 udp=0 malformed=0"
            . " tcp_flows=$kept udp_flows=0", 'too many flows: totals');
    is($run->{dropped}, "dropped_frames=0 dropped_flows=$dropped", 'they are counted');
    is($run->{generations}, 'generations=1 buckets=8 stale_refs=1',
        'the table was rebuilt while there was room');
    is($run->{refused}, 'refused_rebuilds=2', 'tried in vain at 8 flows and at 16, no more');
    is(memory($run, 'flow_region')->{failures}, $dropped, 'the region counts the dropped too');
    is(memory($run, 'flow_pool')->{failures}, $dropped + 2, 'and the pool both');
    my $memory = memory($run, 'flow_pool');
    is("$memory->{used} $memory->{peak}", '1536 1536', 'all its pages are used');
    present_pages_ok($run, 'too many flows');

    # The dry build has room for no table.
    $path = spill('many.pcap', ethernet_capture(map { flow_frame(3000 + $_, 1600) } 1 .. 40));
    $run = run(emulated($dry, undef, $path));
    is($run->{code}, 0, 'no table at all: read to the end');
    is($run->{totals}, 'frames=40 bytes=64000 ipv4=40 tcp=40 udp=0 malformed=0'
            . ' tcp_flows=0 udp_flows=0', 'no table at all: totals');
    is($run->{dropped}, 'dropped_frames=0 dropped_flows=40', 'no table at all: counted');
    is($run->{generations}, 'generations=0 buckets=0 stale_refs=0', 'no table at all: none');

    $path = spill('big.pcap', ethernet_capture(map { flow_frame(5000, $_) } 60, 300, 61, 301));
    $run = run($starved, $path);
    is($run->{code}, 0, 'frames too big: read to the end');
    is($run->{totals}, 'frames=4 bytes=722 ipv4=2 tcp=2 udp=0 malformed=0'
            . ' tcp_flows=1 udp_flows=0', 'frames too big: totals');
    is($run->{dropped}, 'dropped_frames=2 dropped_flows=0', 'they are counted');
    $memory = memory($run, 'frame_temp');
    is("$memory->{failures} $memory->{largest} $memory->{used}", '2 301 0',
        'the arena counts them too, and is empty in the end');

    # The frame arena of the image has 64 KiB.
    $path = spill('giant.pcap', ethernet_capture(
            map { flow_frame(5000, 60) . "\0" x $_ } 0, 70_000, 200_000, 0));
    $run = on_target($path);
    is($run->{code}, 0, 'giants: read to the end');
    is($run->{totals}, 'frames=4 bytes=270240 ipv4=2 tcp=2 udp=0 malformed=0'
            . ' tcp_flows=1 udp_flows=0', 'giants: totals');
    is($run->{dropped}, 'dropped_frames=2 dropped_flows=0', 'giants: counted');
    fails_ok(run($starved, spill('short.pcap', substr(ethernet_capture('x' x 400), 0, -1))),
        "$scratch/short.pcap", 'is cut off in a frame', 'cut off while passed over');
}

# Whatever the timer got in between, each frame is metered or dropped and is in
# one sample, and each buffer is back. The timer's numbers are returned.
sub accounted_ok
{
    my ($run, $count, $name) = @_;
    my $timer = timer($run);
    is($run->{code}, 0, "$name: read to the end");
    like($run->{totals}, qr/^frames=$count /, "$name: every frame");
    is($timer->{sampled_frames}, $count, "$name: the samples add up to as many");
    is($timer->{took} + $timer->{lost}, $timer->{ticks}, "$name: a sample for each tick");
    cmp_ok($timer->{gave}, '>', 0, "$name: the timer gives buffers back");
    is(memory($run, 'packet_pool')->{used}, 0, "$name: every buffer is back");
    return $timer;
}

sub shared_buffers
{
    my $count = 5000;
    my $timer = accounted_ok(on_host($random), $count, 'timer, host');
    is("$timer->{ticks} $timer->{lost}", '208 0', 'timer, host: a tick each 24 frames');
    my $run = on_target($random);
    $timer = accounted_ok($run, $count, 'timer');
    cmp_ok($timer->{took}, '>', 0, 'timer: the interrupt takes buffers');
    is(memory($run, 'packet_pool')->{failures}, 0, 'timer: there are always enough');
    $run = by_instructions($image, 9, $random);
    $timer = accounted_ok($run, $count, 'fast timer');
    cmp_ok($timer->{took}, '>', 1000, 'fast timer: the interrupt takes buffers');
    is(memory($run, 'packet_pool')->{failures}, 0, 'fast timer: there are always enough');
}

# The pool must be what keeps the two apart: without its protection one buffer
# soon belongs to both.
sub unprotected_buffers
{
    my $run = by_instructions($none, 9, $random);
    is($run->{code}, 2, 'no protection: the run fails');
    like($run->{lines}[-1], qr/^flow-meter: panic: REEL_BUSY /,
        'no protection: a buffer has two holders');
}

# The starved build has 14 buffers and 24 frames from tick to tick.
sub no_buffers
{
    my $path = spill('dry.pcap', ethernet_capture((flow_frame(3000, 60)) x 200));
    my $run = run($starved, $path);
    my $timer = accounted_ok($run, 200, 'no buffers');
    is($run->{totals}, 'frames=200 bytes=12000 ipv4=120 tcp=120 udp=0 malformed=0'
            . ' tcp_flows=1 udp_flows=0', 'no buffers: totals');
    is($run->{dropped}, 'dropped_frames=80 dropped_flows=0', 'no buffers: frames are counted');
    is("$timer->{took} $timer->{lost} $timer->{gave}", '0 8 112',
        'no buffers: samples are counted');
    my $memory = memory($run, 'packet_pool');
    is("$memory->{peak} $memory->{failures} $memory->{largest}", '1792 88 128',
        'no buffers: the pool counts both');

    $run = by_instructions($dry, 7, $random);
    $timer = accounted_ok($run, 5000, 'no buffers, firmware');
    my ($dropped) = $run->{dropped} =~ /^dropped_frames=(\d+)/;
    cmp_ok($dropped // 0, '>', 0, 'no buffers, firmware: frames are dropped');
    cmp_ok($timer->{lost}, '>', 0, 'no buffers, firmware: and so are samples');
    # Two refusals at the same instant may count as one.
    my $failures = memory($run, 'packet_pool')->{failures};
    cmp_ok($failures, '<=', $dropped + $timer->{lost}, 'no buffers, firmware: the pool counts');
    cmp_ok($failures, '>', $_, 'no buffers, firmware: it counts both')
        foreach $dropped, $timer->{lost};
}

# What the meter must say of these frames with time stamps, and that it holds
# nothing in the end.
sub intervals_ok
{
    my ($run, $name, @frames) = @_;
    is($run->{code}, 0, "$name: read to the end");
    is($run->{intervals}, intervals(map { [$_->[0], length($_->[2]), $_->[3]] } @frames),
        "$name: intervals");
    is($run->{lost}, '', "$name: nothing is lost");
    is(memory($run, $_)->{used}, 0, "$name: $_ is empty")
        foreach qw(interval_rewindable interval_pool);
}

# A frame of a flow with this number, at a time: [seconds, fraction, frame, flow].
sub timed
{
    my ($seconds, $flow, $size, $fraction) = @_;
    return [$seconds, $fraction // 0, flow_frame($flow, $size), $flow];
}

sub time_stamps
{
    my $most = 0xffffffff;
    my $arp = ethernet(0x0806) . "\0" x 28;
    my @ordinary = (timed(119, 1, 60), timed(120, 1, 60), timed(150, 2, 61), timed(179, 1, 60),
        [179, 0, $arp, '-'], timed(180, 3, 60), timed(999, 3, 222));
    my @cases = (
        ['none'],
        ['one', timed(1, 1, 60)],
        ['ordinary', @ordinary],
        ['equal', (timed(7, 1, 60)) x 100],
        ['equal intervals, the first', timed(0, 1, 90), timed(60, 2, 90), timed(120, 3, 90)],
        ['the last one', timed(0, 1, 60), timed(60, 2, 61)],
        ['backwards', map { timed(1000 - 40 * $_, $_, 60 + $_) } 0 .. 25],
        ['back and forth', map { timed($_ % 2 ? 59 : 60, $_, 60 + $_ / 2) } 0 .. 40],
        ['late within an interval', timed(65, 1, 60), timed(61, 2, 60), timed(60, 3, 60)],
        ['zero', (timed(0, 1, 60)) x 3],
        ['frames of no bytes', [60, 0, '', '-'], [120, 0, '', '-']],
        ['the end of time', timed($most, 1, 60), timed($most, 2, 60), timed(0, 3, 60),
            timed($most - 15, 4, 61), timed($most - 16, 5, 60), timed(0x80000000, 6, 60)],
        ['fractions of more than a second', timed(59, 1, 60, 999999999),
            timed(59, 2, 60, 1000000), timed(59, 3, 60, $most), timed(0, 4, 61, 0x80000000)]);
    foreach my $case (@cases) {
        my ($name, @frames) = @$case;
        my $path = spill('times.pcap', timed_capture('V', 0xa1b2c3d4, @frames));
        intervals_ok(on_host($path), $name, @frames);
        intervals_ok(on_target($path), "$name, firmware", @frames);
    }
    foreach my $format (['N', 0xa1b2c3d4], ['V', 0xa1b23c4d], ['N', 0xa1b23c4d]) {
        my $path = spill('times.pcap', timed_capture(@$format, @ordinary));
        intervals_ok(on_host($path), sprintf('%s %x', @$format), @ordinary);
    }
}

# A busy interval takes chunks, which go back; flows come again in others.
sub busy_intervals
{
    my @frames = ((map { timed(60, $_, 60) } 1 .. 100, 1 .. 100),
        (map { timed(60 * $_, 1, 60) } 2 .. 9), (map { timed(600, $_, 80) } 50 .. 180));
    my $path = spill('busy.pcap', timed_capture('V', 0xa1b2c3d4, @frames));
    foreach my $case ([on_host($path), 'busy', 16], [on_target($path), 'busy, firmware', 8]) {
        my ($run, $name, $node) = @$case;
        intervals_ok($run, $name, @frames);
        my $least = 131 * $node;
        my $chunks = memory($run, 'interval_pool')->{peak};
        cmp_ok($chunks, '>=', $least, "$name: more chunks");
        cmp_ok($chunks, '<', $least + 512, "$name: no more than it takes");
        is(memory($run, 'interval_rewindable')->{peak}, $least + 48, "$name: the peak");
    }
}

# The starved build has room for a result and five flows, again in each interval,
# and buffers for 14 frames of 128 bytes or less. The dry one has room for no result.
sub no_room_for_intervals
{
    my @frames = ((map { timed(0, $_, 60) } 1 .. 8, 1, 8), (map { timed(60, $_, 200) } 1 .. 3));
    my $path = spill('flows.pcap', timed_capture('V', 0xa1b2c3d4, @frames));
    my $run = run($starved, $path);
    is($run->{code}, 0, 'too many flows in an interval: read to the end');
    is($run->{intervals}, 'intervals=2 busiest=0 frames=10 bytes=600 flows=5 stale_refs=2',
        'too many flows in an interval: some are noted');
    is($run->{lost}, 'lost_intervals=0 lost_frames=0 lost_flows=4', 'others are counted');
    my $memory = memory($run, 'interval_rewindable');
    is("$memory->{used} $memory->{peak} $memory->{failures} $memory->{largest}", '0 128 4 16',
        'the rewindable counts them too');
    is(memory($run, 'interval_pool')->{used}, 0, 'and every chunk is back');
    push(@frames, map { timed(120, $_, 129) } 4 .. 8);
    $run = run($starved, spill('flows.pcap', timed_capture('V', 0xa1b2c3d4, @frames)));
    is($run->{intervals}, 'intervals=3 busiest=120 frames=5 bytes=645 flows=5 stale_refs=3',
        'the next interval has as much room');
    is($run->{lost}, 'lost_intervals=0 lost_frames=0 lost_flows=4', 'and loses none');

    $run = run(emulated($dry, undef, $random));
    is($run->{code}, 0, 'no room for results: read to the end');
    is($run->{intervals}, 'intervals=0 busiest=0 frames=0 bytes=0 flows=0 stale_refs=0',
        'no room for results: there are none');
    is($run->{lost}, 'lost_intervals=84 lost_frames=5000 lost_flows=0', 'they are counted');
    $memory = memory($run, 'interval_rewindable');
    is("$memory->{used} $memory->{peak} $memory->{failures} $memory->{largest}", '0 0 84 48',
        'the rewindable counts them too');
}

# The meter must notice a ref that is good for too long: here nothing is rewound.
sub refs_that_stay_good
{
    my $path = spill('two.pcap', timed_capture('V', 0xa1b2c3d4,
            timed(0, 1, 60), timed(60, 1, 60)));
    my $run = run($unrewound, $path);
    is($run->{code}, 5, 'without a rewind: the run fails');
    is($run->{lines}[-1], 'flow-meter: a ref to a rewound interval is still good',
        'without a rewind: and says why');
    like($run->{intervals}, qr/^intervals=2 .* stale_refs=0$/, 'without a rewind: no stale ref');
}

# A frame that is longer than a buffer goes where there is more room.
sub longer_than_a_buffer
{
    my @peaks = map { memory(on_host(spill('long.pcap',
                    ethernet_capture(flow_frame(3000, $_)))), 'frame_temp')->{peak} } 60, 1536, 1537;
    is($peaks[1], $peaks[0], 'a frame of 1,536 bytes takes a buffer');
    is($peaks[2], $peaks[0] + 1537, 'a longer one does not');
}

# Random bytes in every frame.
sub hostile
{
    my $bytes = text_of($random);
    my ($count, $sum) = (0, 0);
    my @timed;
    for (my $at = 24; $at < length($bytes); $count++) {
        my ($second, undef, $captured, $original) = unpack('V4', substr($bytes, $at, 16));
        $at += 16 + $captured;
        $sum += $original;
        push(@timed, [$second, $original, '-']);
    }
    cmp_ok($count, '>', 1000, 'random.pcap has frames');
    foreach my $run (on_host('frames', $random), on_target('frames', $random)) {
        is($run->{code}, 0, 'random.pcap: read to the end');
        like($run->{totals}, qr/^frames=$count bytes=$sum /, 'random.pcap: every frame');
        is(scalar(frames($run)), $count, 'random.pcap: a line for each');
        is($run->{intervals}, intervals(@timed), 'random.pcap: intervals');
        is(memory($run, 'frame_temp')->{used}, 0, 'random.pcap: nothing leaks');
    }
    hostile_ip();
}

# Random bytes where IP starts, so that the parser is not let off early.
sub hostile_ip
{
    srand(20);
    my @frames;
    foreach (1 .. 3000) {
        my $ip = join('', map { chr(int(rand(256))) } 1 .. rand(120));
        substr($ip, 0, 1) = chr((0x45, 0x46, 0x4f, 0x60)[rand(4)]) if $ip ne '';
        substr($ip, 6, 1) = chr((0, 6, 17, 43, 44, 51, 60)[rand(7)]) if length($ip) > 6;
        my $size = length($ip);
        push(@frames, ethernet($_ % 2 ? 0x0800 : 0x86dd) . substr($ip, 0, $size));
    }
    my $path = spill('hostile.pcap', ethernet_capture(@frames));
    my $run = on_host('frames', $path);
    is($run->{code}, 0, 'hostile headers: read to the end');
    like($run->{totals}, qr/^frames=3000 /, 'hostile headers: every frame');
    is_deeply([frames(on_target('frames', $path))], [frames($run)],
        'hostile headers: the firmware agrees');
}

# The firmware ends by reading a rewound block, on purpose: the MPU must catch it
# and the handler explain it. An unexpected fault ends the run.
sub use_after_rewind
{
    my $path = spill('one.pcap', ethernet_capture('x' x 60));
    my $run = on_target($path);
    is($run->{code}, 0, 'use after rewind, asked for: exit code 0');
    my ($read) = map { /^reading a block that was rewound, at (0x\w+)$/ } @{ $run->{lines} };
    is($run->{lines}[-1], "fault: $read is frame_temp + 0: freed",
        'the handler says where and what');
    my @lines = @{ on_host($path)->{lines} };
    is(scalar(grep { /rewound|fault/ } @lines), 0, 'a host without an MPU keeps quiet');

    $run = on_target('stray');
    is($run->{code}, 3, 'an unexpected fault fails');
    like($run->{lines}[0], qr/^fault: 0x[0-9a-f]{8} is in no allocator$/, 'is explained');
    is($run->{lines}[1], 'flow-meter: an unexpected fault', 'and named');
}

use_after_rewind();
both_orders_and_units();
link_types();
links();
ipv4_headers();
ipv6_headers();
addresses();
cut_frames();
cut_files();
unreadable();
names_with_blanks();
large_sums();
flows_and_ranks();
near_twins();
no_room();
shared_buffers();
unprotected_buffers();
no_buffers();
longer_than_a_buffer();
time_stamps();
busy_intervals();
no_room_for_intervals();
refs_that_stay_good();
rebuilt_tables();
rebuilt_within_a_minute();
refused_rebuilds();
tables_that_stay_open();
hostile();
done_testing();
