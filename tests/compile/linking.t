#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A program that is linked as the README does not say fails at link time, and the
# linker's message names the slip: no place for static instances, or options that
# differ between library and program. make has linked it all (ports.mk).
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;

sub said {
    my ($name) = @_;
    return text_of("build/linking/$name.said");
}

sub links {
    my ( $name, $fact ) = @_;
    like( said($name), qr/^linked$/m, "$name: $fact" );
}

sub fails {
    my ( $name, $message, $fact ) = @_;
    my $said = said($name);
    ok( $said !~ /^linked$/m && $said =~ /\Q$message\E/, "$name: $fact" )
        or diag($said);
}

my %no_ram = (
    gnu => 'reel.ld has no RAM: declare it by REGION_ALIAS',
    lld => 'memory region not defined: REEL_RAM'
);

for my $linker (qw(gnu lld)) {
    links( "$linker-whole", 'with reel.ld it links' );
    links( "$linker-inits", 'no static instance needs no reel.ld' );
    fails(
        "$linker-without",
        'reel_ld_is_not_included_in_the_linker_script',
        'a static instance does'
    );
    links( "$linker-placed", 'REEL_NO_LINKER_SCRIPT says that the script has a place' );
    fails( "$linker-unnamed", $no_ram{$linker}, 'reel.ld needs a RAM' );
    links( "$linker-checks", 'REEL_CHECKS may differ' );
    for my $other (qw(wide cores masked align poison)) {
        fails( "$linker-$other", 'reel_library_built_with_', 'static instances tell' );
        fails( "$linker-$other-inits", 'reel_blocks_init_built_with_', 'an init tells' );
    }
}

fails( 'hooks-missing', "reel_panic'", 'without weak defaults a missing hook is an error' );
links( 'hooks-archive', 'and one in an archive is found' );
like(
    scalar `arm-none-eabi-nm build/linking/hooks-archive.said.elf`,
    qr/ T reel_panic$/m,
    'hooks-archive: the hook is not a weak one'
);

for my $linker (qw(host clang)) {
    for my $program ( "$linker-same", "$linker-same-inits" ) {
        links( $program, 'the same options link' );
        is( system("build/linking/$program.said.elf"), 0, "$program: it runs" );
    }
    fails( "$linker-$_", 'reel_library_built_with_', 'static instances tell' )
        for qw(none poison watch events);
    fails( "$linker-none-inits", 'reel_blocks_init_built_with_', 'an init tells' );
}
links( "lto-$_", 'with link-time optimisation it links' ) for qw(gcc clang board);
is( system("build/linking/lto-$_.said.elf"), 0, "lto-$_: it runs" ) for qw(gcc clang);

done_testing();
