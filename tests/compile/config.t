#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Options that cannot be are refused with a text that says why, and what is not set
# is chosen for each CPU. The cases are in cases.pm; make has compiled them.
use strict;
use warnings;
use lib 'tests/compile', 'tests/tools';
use Test::More;
use cases;
use files;

my $number = 0;

sub next_said {
    return text_of( 'build/compile/' . ++$number . '.said' );
}

my %unseen = map { $_ => 1 } map { text_of($_) =~ /^\s*#error "(.*)"/mg } glob('include/reel/*.h include/reel/*/*.h src/*.h src/*/*.h port/*.h port/*/*.h');

for my $case (@cases::refused) {
    my ( $cpu, $options, $text ) = @$case;
    my $said = next_said();
    like( $said, qr/error: .*\Q$text\E/, "$cpu $options is refused: $text" );
    delete $unseen{$_} for grep { index( $said, $_ ) >= 0 } keys %unseen;
}
is( join( '; ', sort keys %unseen ), '', 'every #error there is was seen' );

for my $case (@cases::impossible) {
    my ( $cpu, $line, $text ) = @$case;
    my $said = next_said();
    defined $text
        ? like( $said, qr/error: .*\Q$text\E/, "$cpu: $line is refused" )
        : unlike( $said, qr/error:/, "$cpu: $line is accepted" );
}
for my $case (@cases::accepted) {
    my ( $cpu, $options ) = @$case;
    is( next_said(), '', "$cpu $options is accepted" );
}
for my $case (@cases::chosen) {
    my ( $cpu, $options, $name ) = @$case;
    is( next_said(), '', "$cpu $options: REEL_ATOMICS_$name" );
}
for my $case (@cases::links) {
    my ( $cpu, $options, $bytes ) = @$case;
    is( next_said(), '', "$cpu $options: a link takes $bytes bytes" );
}

# A library built with -fshort-enums and a program built without mean the same: no enum
# is a member of a struct, nor behind a pointer. (An argument or a result is extended.)
{
    my %text = map { $_ => text_of($_) }
        glob('include/reel/*.h include/reel/*/*.h port/*.h port/*/*.h');
    my $enum = join '|', map {/typedef enum (\w+)/g} values %text;
    my @stored = map { $text{$_} =~ /^\s+(?:$enum)\s+\w+;|\b(?:$enum)\s*\*/m ? $_ : () }
        sort keys %text;
    is( "@stored", '', 'no size depends on that of an enum' );
}

# Neither the dialect of `inline` nor a kernel's macros change what the library is: each
# public function is defined once. make has compiled it all (compile.mk).
for my $build ( glob 'build/dialects/*/*' ) {
    my $name = $build =~ s{^build/dialects/}{}r;
    my ( %times, $said );
    for my $path ( glob "$build/*.s" ) {
        $times{$_}++ for text_of($path) =~ /^\s*\.globa?l\s+(reel_\w+)/mg;
        $said .= text_of("$path.said");
    }
    my @twice = grep { $times{$_} > 1 } sort keys %times;
    is( "@twice", '', "$name: each function is defined once" );
    ok( $times{$_}, "$name: $_ is in the library" )
        for qw(reel_arena_alloc reel_arena_mark reel_temp_alloc reel_span_alloc
        reel_region_alloc);
    is( $said, '', "$name: the compiler finds nothing" );
}
done_testing();
