#!/usr/bin/perl
# Two cores need exchanges that are ordered between cores: the instructions are
# those, and configurations for one core do not compile.
use strict;
use warnings;
use Test::More;

my $program = 'build/mps2-an521+native+cores2/cores.elf';
my $compile = 'arm-none-eabi-gcc -std=c11 -ffreestanding -Iinclude'
    . ' -mcpu=cortex-m33 -mthumb -DREEL_CORES=2 -fsyntax-only -x c';

sub complaints_about {
    my ($way) = @_;
    return
        scalar
        `$compile -DREEL_ATOMICS=REEL_ATOMICS_$way include/reel/config.h 2>&1`;
}

sub instructions_of {
    my ($function) = @_;
    my $code = `arm-none-eabi-objdump -d $program`;
    my ($body) = $code =~ /<\Q$function\E>:\n(.*?)\n\n/s;
    return $body // '';
}

is( complaints_about('NATIVE'), '', 'two cores may use NATIVE' );
for my $way (qw(LLSC MASKED NONE)) {
    like(
        complaints_about($way),
        qr/#error "REEL_CORES above 1 needs REEL_ATOMICS_NATIVE"/,
        "two cores may not use $way"
    );
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
