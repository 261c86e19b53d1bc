#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Compares the flow meter, as firmware on an emulated Cortex-M3, with tshark,
# frame by frame and in the totals, over captures that have no frame in common.
#
#     METER_ELF   the image        (build/mps2-an385/flow-meter.elf)
#     CAPTURES    their directory  (build/captures; see tests/meter/captures)
#
# Where the two define something differently, the frame is listed with the
# reason. A difference without a reason is a failure, and so are more than one
# such frame in a thousand.

use strict;
use warnings;
use Digest::MD5 qw(md5);
use Socket qw(AF_INET AF_INET6 inet_pton);
use Test::More;
use lib 'tests/meter';
use meter qw($image $captures $scratch firmware intervals run text_of spill);


# Nothing is put together again, so each frame stands for itself. Packets of
# length 0 are as long as the frame in both (segmentation offload).
my @options = map { ('-o', $_) } qw(
    ip.defragment:FALSE ipv6.defragment:FALSE
    ip.tso_support:TRUE ipv6.tso_support:TRUE
    tcp.desegment_tcp_streams:FALSE tcp.reassemble_out_of_order:FALSE
    tcp.analyze_sequence_numbers:FALSE);
my @fields = qw(frame.number frame.time_epoch frame.len frame.protocols ip.version ip.src ip.dst
    ipv6.src ipv6.dst tcp.srcport tcp.dstport tcp.urgent_pointer udp.srcport
    udp.dstport udp.checksum);

# How many frames each capture has, so that one cut short is noticed.
my %frames = (real => 62781, 'anon-v4' => 252, 'anon-v6' => 141, icmp6 => 36,
    g711a => 236, telnet => 272, 'nb6-http' => 62, pcapng => 9009,
    'pcapng of two sections' => 237, 'raw IP, big-endian nanoseconds' => 9009, synthetic => 227);

# What may stand between the frame's start and the IP header that counts, and
# between that one and TCP or UDP.
my %link = map { $_ => 1 } qw(eth ethertype vlan ieee8021ad raw pppoes ppp);
my %extension = map { $_ => 1 } qw(ah ipv6.hopopts ipv6.routing ipv6.fraghdr
    ipv6.dstopts);

# tshark complains if it is run as root; that is of interest only if it fails.
sub run_quietly
{
    my @command = @_;
    open(my $stderr, '>&', \*STDERR) or die;
    open(STDERR, '>', "$scratch/stderr") or die;
    my @result = run(@command);
    open(STDERR, '>&', $stderr) or die;
    return @result;
}

sub meter
{
    return run(firmware(@_));
}

# A flow's name: protocol and both endpoints, in an order of its own.
sub flow
{
    my ($transport, @ends) = @_;
    return join(' ', $transport, sort @ends);
}

sub endpoint
{
    my ($address, $port) = @_;
    my $bytes = inet_pton($address =~ /:/ ? AF_INET6 : AF_INET, $address);
    return unpack('H*', $bytes) . ".$port";
}

# One line of tshark's, as { second, ip, transport, flow, bytes, why }.
sub tshark_frame
{
    my ($line) = @_;
    my %got;
    @got{@fields} = split(/\t/, $line, -1);
    my %frame = (second => int($got{'frame.time_epoch'} || 0),
        bytes => $got{'frame.len'}, ip => '-', transport => '-',
        flow => '-', why => '');
    my @layers = split(/:/, $got{'frame.protocols'});
    while (@layers && $layers[0] !~ /^ip(v6)?$/) {
        my $layer = shift(@layers);
        $frame{why} ||= "IP behind $layer is not looked for" if !$link{$layer};
    }
    my $ip = shift(@layers) // return \%frame;
    return \%frame if $got{'ip.version'} !~ /^[46]$/;
    $frame{ip} = "ipv$got{'ip.version'}";
    shift(@layers) if $frame{ip} ne ($ip =~ s/ip$/ipv4/r); # version 6 as IPv4
    shift(@layers) while @layers && $extension{ $layers[0] };
    my $transport = shift(@layers) // '';
    return \%frame if $transport !~ /^(tcp|udp)$/;
    if ($got{ $transport eq 'tcp' ? 'tcp.urgent_pointer' : 'udp.checksum' } eq '') {
        $frame{why} ||= "tshark stops in the $transport header, whose length field is too small";
        return \%frame;
    }
    $frame{transport} = $transport;
    $frame{flow} = flow("$frame{ip} $transport", map { endpoint(
            $got{ ($frame{ip} eq 'ipv6' ? 'ipv6' : 'ip') . ".$_" },
            $got{"$transport.${_}port"}) } qw(src dst));
    return \%frame;
}

sub tshark_command
{
    my ($path) = @_;
    return ('tshark', '-n', '-r', $path, @options, qw(-T fields
        -E separator=/t -E occurrence=f), map { ('-e', $_) } @fields);
}

sub tshark
{
    my @command = tshark_command(@_);
    note(join(' ', @command));
    my ($code, @lines) = run_quietly(@command);
    is($code, 0, 'tshark reads it') or diag(text_of("$scratch/stderr"));
    return map { tshark_frame($_) } @lines;
}

# One line of the meter's.
sub meter_frame
{
    my ($line) = @_;
    my ($number, $ip, $transport, @ends) = $line =~
        /^frame (\d+) (ipv4|ipv6|-) (tcp|udp|-) (\S+) (\S+) (?:malformed|-)$/
        or die "not a line of a frame: $line\n";
    my %frame = (number => $number, ip => $ip, transport => $transport,
        flow => '-');
    if ($transport ne '-') {
        my @names = map { /^\[?(.*?)\]?:(\d+)$/; endpoint($1, $2) } @ends;
        $frame{flow} = flow("$ip $transport", @names);
    }
    return \%frame;
}

sub totals
{
    my %sum = map { $_ => 0 } qw(frames bytes ipv4 tcp udp);
    my %flows = (tcp => {}, udp => {});
    foreach my $frame (@_) {
        $sum{frames}++;
        $sum{bytes} += $frame->{bytes};
        $sum{ipv4}++ if $frame->{ip} eq 'ipv4';
        next if $frame->{transport} eq '-';
        $sum{ $frame->{transport} }++;
        $flows{ $frame->{transport} }{ $frame->{flow} } = 1;
    }
    $sum{"${_}_flows"} = keys %{ $flows{$_} } foreach keys %flows;
    return \%sum;
}

sub is_same
{
    my ($one, $other) = @_;
    return !grep { $one->{$_} ne $other->{$_} } qw(ip transport flow);
}

# Lists the frames on which the two differ; returns tshark's frames as the
# meter's definitions have them.
sub compare_frames
{
    my ($theirs, $ours) = @_;
    my ($explained, $unexplained) = (0, 0);
    my @adjusted;
    foreach my $i (0 .. $#$theirs) {
        my ($their, $our) = ($theirs->[$i], $ours->[$i]);
        my $same = is_same($their, $our);
        push(@adjusted, $same ? $their : 
            { %$our, map { $_ => $their->{$_} } qw(second bytes) });
        next if $same;
        $their->{why} ? $explained++ : $unexplained++;
        diag('frame ', $i + 1, ': ', $their->{why} || 'no reason known',
            map { "; $_ tshark $their->{$_}, meter $our->{$_}" }
            qw(ip transport flow));
    }
    is($unexplained, 0, 'no frame differs without a reason');
    cmp_ok($explained * 1000, '<=', scalar(@$theirs),
        'at most one frame in a thousand is defined differently');
    return @adjusted;
}

sub compare
{
    my ($name, $path) = @_;
    my @theirs = tshark($path);
    is(scalar(@theirs), $frames{$name}, 'tshark sees all frames');
    my ($code, @lines) = meter($path);
    is($code, 0, 'the meter reads it');
    my %got = ($lines[0] // '') =~ /(\w+)=(\d+)/g;
    delete $got{malformed};
    my ($frames_code, @frame_lines) = meter('frames', $path);
    is($frames_code, 0, 'the meter lists its frames');
    my @ours = map { meter_frame($_) } grep { /^frame / } @frame_lines;
    is(scalar(@ours), scalar(@theirs), 'as many frames') or return;
    is(scalar(grep { $ours[$_]{number} != $_ + 1 } 0 .. $#ours), 0,
        'they are numbered from 1');
    my @adjusted = compare_frames(\@theirs, \@ours);
    my $expected = totals(@adjusted);
    is_deeply(\%got, $expected, 'the totals are the same');
    my ($intervals) = grep { /^intervals=/ } @lines;
    is($intervals, intervals(map { [@$_{qw(second bytes flow)}] } @adjusted),
        'the intervals are the same');
    note($intervals);
    note("$name: ", join(' ', map { "$_=$expected->{$_}" } sort keys %$expected));
}

# The records of a capture: [header of four words, frame].
sub records
{
    my ($bytes) = @_;
    my $order = $bytes =~ /^\xa1\xb2/ ? 'N' : 'V';
    my @records;
    for (my $at = 24; $at < length($bytes);) {
        my @header = unpack("${order}4", substr($bytes, $at, 16));
        push(@records, [\@header, substr($bytes, $at + 16, $header[2])]);
        $at += 16 + $header[2];
    }
    return @records;
}

# Raw IP, nanoseconds: an example of pcapng, written as pcap by tshark, and
# then with the words in the other order.
sub raw_ip
{
    my $path = "$scratch/raw-ip.pcap";
    my ($code) = run_quietly('tshark', '-r', "$captures/icmp_ttl.pcapng",
        '-F', 'nsecpcap', '-w', $path);
    is($code, 0, 'tshark turns pcapng into pcap');
    my $bytes = text_of($path);
    is(unpack('H8', $bytes), '4d3cb2a1', 'in nanoseconds, little-endian');
    my $swapped = pack('NnnNNNN', unpack('VvvVVVV', $bytes));
    $swapped .= pack('N4', @{ $_->[0] }) . $_->[1] foreach records($bytes);
    return spill('raw-ip-swapped.pcap', $swapped);
}

# What no capture at hand has, between two hosts.
sub tcp { return pack('nnNNnnnn', 4001, 80, 1, 2, 0x5010, 512, 0, 0) . $_[0] }
sub udp { return pack('nnnn', 4002, 53, 8 + length($_[0]), 0) . $_[0] }

sub ipv4
{
    my ($protocol, $fragment, $options, $payload) = @_;
    my $words = 5 + length($options) / 4;
    return pack('CCnnnCCnNN', 0x40 | $words, 0, $words * 4 + length($payload), 7,
        $fragment, 64, $protocol, 0, 0x0a000001, 0x0a000002) . $options . $payload;
}

sub ipv6
{
    my ($protocol, $payload) = @_;
    return pack('NnCC', 6 << 28, length($payload), $protocol, 64)
        . pack('H32', '20010db8' . '0' x 23 . '1') . pack('H32', 'fe80' . '0' x 27 . '2')
        . $payload;
}

sub ethernet { return "\2" . "\0" x 4 . "\1\2" . "\0" x 4 . "\2" . pack('n*', @_) }

sub synthetic
{
    my @ends = (tcp('x' x 20), udp('y' x 30));
    my $tcp = ipv4(6, 0, '', $ends[0]);
    my $hop = pack('CCCCN', 60, 0, 1, 4, 0);
    my $destination = pack('CCCCN', 43, 0, 1, 4, 0);
    my $routing = pack('CCCCN', 17, 0, 253, 0, 0);
    my $ah = pack('CCnNNN', 6, 4, 0, 1, 2, 0) . "\0" x 8;
    my @frames = (
        ethernet(0x0800) . $tcp,
        ethernet(0x8100, 5, 0x0800) . $tcp,
        ethernet(0x88a8, 6, 0x8100, 5, 0x0800) . $tcp,
        ethernet(0x9100, 6, 0x8100, 5, 0x86dd) . ipv6(17, $ends[1]),
        ethernet((0x8100, 5) x 9, 0x0800) . $tcp,
        ethernet(0x0800) . ipv4(17, 0, "\1" x 8, $ends[1]),
        ethernet(0x0800) . ipv4(17, 0x2000, '', pack('nnnn', 9, 53, 900, 0) . 'z' x 24),
        ethernet(0x0800) . ipv4(17, 0x2004, '', $ends[1]),
        ethernet(0x0800) . ipv4(6, 4, '', $ends[0]),
        ethernet(0x0800) . ipv4(6, 0x4000, '', $ends[0]) . "\0" x 10,
        ethernet(0x0800) . ipv4(4, 0, '', $tcp),
        ethernet(0x0800) . ipv4(47, 0, '', pack('nn', 0, 0x0800) . $tcp),
        ethernet(0x0800) . ipv4(41, 0, '', ipv6(6, $ends[0])),
        ethernet(0x0800) . ipv4(51, 0, '', $ah . $ends[0]),
        ethernet(0x0800) . ipv4(1, 0, '', pack('CCnN', 3, 3, 0, 0) . $tcp),
        ethernet(0x0800) . ipv4(6, 0, '', substr($ends[0], 0, 19)),
        ethernet(0x0800) . ipv4(17, 0, '', substr($ends[1], 0, 7)),
        ethernet(0x86dd) . ipv6(0, $hop . $destination . $routing . $ends[1]),
        ethernet(0x86dd) . ipv6(51, $ah . $ends[0]),
        ethernet(0x86dd) . ipv6(44, pack('CCnN', 6, 0, 1, 9) . $ends[0]),
        ethernet(0x86dd) . ipv6(44, pack('CCnN', 6, 0, 8, 9) . $ends[0]),
        ethernet(0x86dd) . ipv6(44, pack('CCnN', 17, 0, 0, 9) . $ends[1]),
        ethernet(0x86dd) . ipv6(59, $ends[1]),
        ethernet(0x86dd) . ipv6(58, pack('CCnN', 1, 0, 0, 0) . ipv6(17, $ends[1])),
        ethernet(0x0806) . "\0" x 28,
        ethernet(46) . "\x42\x42\3" . "\0" x 43,
        substr(ethernet(0x0800) . $tcp, 0, 53),
        substr(ethernet(0x0800) . $tcp, 0, 33),
    );
    # Segmentation offload leaves the length 0.
    my $offload = $tcp;
    substr($offload, 2, 2) = "\0\0";
    push(@frames, ethernet(0x0800) . $offload);
    my $bytes = pack('VvvVVVV', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1);
    $bytes .= pack('V4', 1, 0, length, length) . $_ foreach @frames;
    # Each of two of them, cut off by the capture after every byte.
    foreach my $whole ($frames[2], $frames[17]) {
        $bytes .= pack('V4', 2, 0, $_, length($whole)) . substr($whole, 0, $_)
            foreach 1 .. length($whole);
    }
    return spill('synthetic.pcap', $bytes);
}

# A block of pcapng in the given order of bytes.
sub block
{
    my ($order, $type, $body) = @_;
    $body .= "\0" x (-length($body) % 4);
    my $size = length($body) + 12;
    return pack("${order}2", $type, $size) . $body . pack($order, $size);
}

sub option
{
    my ($half, $code, $value) = @_;
    return pack("${half}2", $code, length($value)) . $value . "\0" x (-length($value) % 4);
}

sub section
{
    my ($order) = @_;
    my $half = lc($order);
    return block($order, 0x0a0d0d0a, pack("$order${half}2", 0x1a2b3c4d, 1, 0) . "\xff" x 8
        . option($half, 4, 'reel') . option($half, 0, ''));
}

sub interface
{
    my ($order, $link, $longest, @options) = @_;
    my $half = lc($order);
    return block($order, 1, pack("${half}2$order", $link, 0, $longest)
        . join('', map { option($half, @$_) } @options, @options ? [0, ''] : ()));
}

# A frame of an interface; the time is given in its unit.
sub enhanced
{
    my ($order, $number, $time, $frame, $size) = @_;
    return block($order, 6, pack("${order}5", $number, $time >> 32, $time & 0xffffffff,
        length($frame), $size // length($frame)) . $frame . "\0" x (-length($frame) % 4)
        . option(lc($order), 1, 'a comment') . option(lc($order), 0, ''));
}

# The frames of synthetic.pcap as pcapng: two sections of different orders of bytes,
# interfaces of several units of time and link types, old and simple blocks, and
# blocks of unknown types.
sub sections
{
    my @records = records(text_of(synthetic()));
    my $ip = ipv4(17, 0, '', udp('y' x 30));
    my $bytes = section('N') . interface('N', 1, 0)
        . interface('N', 1, 65535, [2, 'eth0'], [9, "\x09"], [14, pack('N2', 0, 100)])
        . interface('N', 101, 0, [9, "\x8a"]);
    $bytes .= enhanced('N', 0, $_->[0][0] * 1000000 + 999999, $_->[1], $_->[0][3]) foreach @records[0 .. 99];
    $bytes .= block('N', 0x1234, 'x' x 33);
    $bytes .= enhanced('N', 1, $_->[0][0] * 1000000000 + 5, $_->[1], $_->[0][3]) foreach @records[100 .. 199];
    $bytes .= enhanced('N', 2, 200 * 1024 + $_, $ip) foreach 1 .. 5;
    $bytes .= section('V') . interface('V', 101, 40) . block('V', 5, "\0" x 12);
    $bytes .= block('V', 2, pack('v2V4', 0, 0, 0, 7000000, length($ip), length($ip)) . $ip);
    $bytes .= block('V', 3, pack('V', length($ip)) . substr($ip, 0, 40)) foreach 1 .. 4;
    $bytes .= interface('V', 1, 0);
    $bytes .= enhanced('V', 1, $_->[0][0] * 1000000, $_->[1], $_->[0][3]) foreach @records[200 .. $#records];
    return spill('sections.pcapng', $bytes);
}

my @files = map { [$_, "$captures/$_.pcap"] }
    qw(real anon-v4 anon-v6 icmp6 g711a telnet nb6-http);
foreach my $missing (grep { !-s $_->[1] } @files) {
    BAIL_OUT("$missing->[1] is missing: run tests/meter/captures $captures");
}
-s $image or BAIL_OUT("$image is missing");
push(@files, ['raw IP, big-endian nanoseconds', raw_ip()],
    ['synthetic', synthetic()]);

my %seen;
my $shared = 0;
foreach my $file (@files) {
    my ($name, $path) = @$file;
    my @records = records(text_of($path));
    is(scalar(@records), $frames{$name}, "$name has all its frames")
        or BAIL_OUT("the capture $path is not whole");
    my %mine = map { md5($_->[1]) => 1 } @records;
    $shared += grep { $seen{$_}++ } keys %mine;
}
is($shared, 0, 'no two captures have a frame in common');

# Some of these frames again, in the newer format.
push(@files, ['pcapng', "$captures/icmp_ttl.pcapng"],
    ['pcapng of two sections', sections()]);

diag('each capture is compared with: ', join(' ', tshark_command('FILE')));
subtest($_->[0] => sub { compare(@$_) }) foreach @files;
done_testing();
