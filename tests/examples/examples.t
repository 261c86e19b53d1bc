#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Each program of targets/examples runs on what it was built for, is short, and has a
# section on the folder's page.
use strict;
use warnings;
use lib 'tests/tools';
use Test::More;
use files;

my $page = text_of('targets/examples/README.md');
my %runs = map { m{/(\w+)[.]elf$} ? ( $1 => $_ ) : () } glob 'build/*/examples/*.elf';
$runs{$_} = "build/examples/$_" for qw(host_test cxx freertos);

sub run {
    my ( $program, @arguments ) = @_;
    my @emulator = $program =~ /[.]elf$/ ? 'targets/common/emulate' : ();
    my $said     = `@emulator $program @arguments 2>&1`;
    return ( $? >> 8, $said );
}

# Lines that are neither empty nor a comment.
sub lines_of {
    return scalar grep { /\S/ && !m{^\s*//} } split /\n/, text_of(shift);
}

for my $source ( grep { !/launch_/ } glob 'targets/examples/*.c targets/examples/*.cc' ) {
    my ($name) = $source =~ m{([^/]+)[.]cc?$};
    like( $page, qr/^## .*`\Q$name\E[.]/m, "$name: the page has a section" );
    my $lines = lines_of($source);
    ok( $lines >= 20 && $lines <= 40, "$name: 20 to 40 lines" ) or diag("$lines lines");
    my ( $code, $said ) = run( $runs{$name} );
    is( $code, 0, "$name: it works" ) or diag($said);
}
like( ( run( $runs{temp_fault} ) )[1], qr/^fault: memory of frame that is freed$/m,
    'temp_fault: the handler says what the stale pointer points to' );
like( ( run( $runs{host_test}, 'stale' ) )[1], qr/ERROR: AddressSanitizer: use-after-poison/,
    'host_test: AddressSanitizer reports a use after rewind' );
my @sections = $page =~ /^## .*`(\w+[.]cc?)`/mg;
is( join( ' ', grep { !-e "targets/examples/$_" } @sections ), '', 'no section without a program' );

done_testing;
