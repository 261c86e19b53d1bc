#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Two cores need exchanges that are ordered between cores: the instructions are
# those, as the compiler wrote them.
use strict;
use warnings;
use Test::More;

my $program = 'build/mps2-an521+native+cores2/cores.elf';
sub instructions_of {
    my ($function) = @_;
    my $code = `arm-none-eabi-objdump -d $program`;
    my ($body) = $code =~ /<\Q$function\E>:\n(.*?)\n\n/s;
    return $body // '';
}

like(
    instructions_of('reel_blocks_alloc'),
    qr/\blda\b.*\bldaex\b.*\bstrex/s,
    'a take acquires: LDA, LDAEX'
);
like(
    instructions_of('reel_blocks_free'),
    qr/\bldrex\b.*\bstlex/s,
    'a give releases: STLEX'
);

done_testing();
