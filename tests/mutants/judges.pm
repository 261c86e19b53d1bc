# SPDX-License-Identifier: MIT
package judges;

# What judges a mutant: programs of the build, with the broken file's objects in place
# of theirs. In each folder of a worker the sources are copied, so a mutant is a file
# that is written there; the commands of the build, which stand beside its files
# (tests/tools/cpu), then compile what depends on it.
use strict;
use warnings;
use lib 'tests/tools';
use Cwd 'getcwd';
use Digest::MD5 'md5_hex';
use Time::HiRes 'sleep';
use files;
use modules;
use operators;

# In the order in which they are asked. What no object of a program depends on it does
# not judge. `few` are judges of which `make test` builds the programs anyway.
our @few    = map {"build/$_/tests"} qw(gcc+checks2+poison1 gcc+checks1+poison0);
our @judges = (
    @few,
    map {"build/$_"} qw(gcc+meddling+parts/tests gcc+masked+checks2+parts/tests
        gcc+masked+wide+parts/tests gcc+none+parts/tests gcc+O2/tests gcc+parts/faults
        gcc+checks2+parts/failures gcc/holder gcc+checks2+poison1+asan+parts/tests gcc+meddling+checks2+O2+parts/fuzz
        gcc+events+parts/replayed gcc+events+parts/counted gcc+events+parts/exact gcc+O2/gates gcc+O2+tsan+parts/gates
        gcc+O2+tsan+checks2+parts/arena_threads gcc+O2/reserved gcc+explorer/explorer gcc+explorer-masked/explorer
        microbit+Os+parts/tests-1.elf microbit+Os+parts/tests-2.elf microbit+Os+parts/tests-3.elf
        mps2-an385/tests.elf microbit/mpu.elf mps2-an385/mpu.elf mps2-an505/mpu.elf
        riscv32-virt+parts/port.elf riscv64-virt+parts/port.elf riscv64-virt+levels4+parts/port.elf
        riscv64-virt+parts/suite.elf aarch64-virt+parts/port.elf gcc+asan+zones+parts/zoned)
);

our $noticed = qr/^(?:fails|crashes|hangs|waits)$/;

my $patience = 30;    # times the CPU seconds of the code as it is, and at least 2 seconds
my $xcpu     = 24;    # the signal that says so
my $here     = getcwd();

# ---- the build's commands -----------------------------------------------------------

my %objects;          # program -> [ object, its command, what it depends on ]...
my %link;             # program -> its command

sub words_of {
    my ($path) = @_;
    return split /\n/, text_of("$path.cmd");
}

# Objects of the project's sources, also those of an archive; tests only with $all.
sub objects_of {
    my ($program) = @_;
    return @{
        $objects{$program} //= do {
            $link{$program} = [ words_of($program) ];
            my @paths = grep {/[.]o$/} @{ $link{$program} };
            push @paths, map { ( my $folder = $_ ) =~ s{/[^/]+$}{};
                glob "$folder/announced/obj/src/*.o $folder/obj/tests/explorer/lock_calls.o" }
                grep {/[.]a$/} @{ $link{$program} };
            [   map {
                    my %on = map { ( $_ => 1 ) } split ' ', text_of( s/o$/d/r ) =~ s/\\\n//gr;
                    [ $_, [ words_of($_) ], \%on ]
                } @paths
            ];
        }
    };
}

sub is_built { return -e $_[0] && -e "$_[0].cmd" }

# ---- a worker's folder ----------------------------------------------------------------

# Copies of what may be broken; the rest is the project's own.
sub prepare {
    my ($folder) = @_;
    system("rm -rf $folder && mkdir -p $folder && cp -r src include port $folder") == 0 or die;
    symlink "$here/$_", "$folder/$_" for qw(tests targets linker build);
}

# Programs that are broken are beside the others, since their path says what runs them.
sub place_of {
    my ( $path, $folder ) = @_;
    my ($worker) = $folder =~ m{([^/]+)$};
    return $path =~ s{^build/([^/]+)/}{build/$1/broken-$worker/}r;
}

sub clean {
    my ($folder) = @_;
    my ($worker) = $folder =~ m{([^/]+)$};
    system "rm -rf $folder build/*/broken-$worker";
}

# The same, with its folder.
sub make_place {
    my $place = place_of(@_);
    system( 'mkdir', '-p', $place =~ s{/[^/]+$}{}r );
    return $place;
}

sub run_in {
    my ( $folder, @command ) = @_;
    my $pid = fork // die;
    if ( $pid == 0 ) {
        chdir $folder or die;
        open STDERR, '>', '/dev/null';
        exec @command or die;
    }
    waitpid $pid, 0;
    return $? == 0;
}

# ---- what depends on a place ---------------------------------------------------------

# What a header defines, functions and macros: name -> text.
my %defined;

sub read_headers {
    for my $path ( glob 'src/*.h src/*/*.h include/reel/*.h include/reel/detail/*.h port/*.h port/*/*.h' ) {
        my $text = text_of($path) =~ s/^(static[^\n;(]*)\n(?=\w+\()/$1 /gmr;
        for my $part ( split /^(?=#define \w|[a-zA-Z_][^\n;]*\()/m, $text ) {
            my $name = $part =~ /^#define (\w+)/ || $part =~ /^[^\n]*?\b(\w+)\(/ ? $1 : next;
            $defined{$name} .= $part;
        }
    }
}

# The function or macro of a header at that place, and all that lead to it: nothing else
# need be compiled. Tests are compiled without optimisation, so they call the functions
# that are not static.
sub names_for {
    my ( $path, $at, $is_for_tests ) = @_;
    return if $path !~ /[.]h$/;
    read_headers() if !%defined;
    my ($name) = substr( text_of($path), 0, $at ) =~ /.*^(?:#define (?=\w)|(?=[a-zA-Z_])[^\n;]*?\b(?=\w+\())(\w+)/ms
        or return;
    my $kind = $is_for_tests ? qr/^(?:static|REEL_REPORTING|#define)/ : qr//;
    my %names;
    my @new = grep { $defined{$_} =~ $kind } $name;
    while (@new) {
        @names{@new} = (1) x @new;
        my $some = join '|', @new;
        @new = grep { !$names{$_} && $defined{$_} =~ $kind && $defined{$_} =~ /\b(?:$some)\b/ } keys %defined;
    }
    my $all = join '|', keys %names;
    return $all eq '' ? qr/(?!)/ : qr/\b(?:$all)\b/;
}

# Without what a mutant needs not: what it leaves unused is no matter.
sub bare {
    my ( $compiler, @words ) = @_;
    return ( $compiler, '-w', grep { !/^-(?:g|MMD|MP|W(?!l,).*)$/ } @words );
}

sub depends {
    my ( $object, $path, @names ) = @_;
    my ( $name, $command, $on ) = @$object;
    my $is_test = $name =~ m{/obj/tests/};
    return 0 if !$on->{$path} || $is_test && $path !~ m{^(?:include|port)/};
    return !defined $names[$is_test] || text_of( $command->[-1] ) =~ $names[$is_test];
}

# Compiles what depends on the place. Returns the pairs of objects, or nothing if one
# does not compile.
sub compile {
    my ( $folder, $program, $path, @names ) = @_;
    my @pairs;
    for my $object ( objects_of($program) ) {
        my ( $name, $command, $on ) = @$object;
        next if !depends( $object, $path, @names );
        my $broken = make_place( $name, $folder );
        my @words = map { $_ eq $name ? $broken : $_ } bare(@$command);
        run_in( $folder, @words ) or return;
        push @pairs, [ $name, $broken ];
    }
    return @pairs;
}

# The program with these objects in place of its own, as `$to`. Those of an archive come
# first.
sub link_program {
    my ( $folder, $program, $to, @pairs ) = @_;
    objects_of($program);
    my %instead = ( $program => $to, map {@$_} @pairs );
    my @words = map { delete $instead{$_} // $_ } grep { $_ ne '-g' } @{ $link{$program} };
    splice @words, 1, 0, values %instead;
    return run_in( $folder, @words );
}

# Tests by chance that run as long as on the smallest board.
my %short;

sub short_tests {
    my ( $folder, $program ) = @_;
    my ($host) = grep { $_->[0] =~ m{tests/harness/host[.]o$} } objects_of($program) or return;
    my $short = $short{"$folder $program"} //= do {
        my $broken = make_place( $host->[0], $folder );
        run_in( $here, ( map { $_ eq $host->[0] ? $broken : $_ } bare( @{ $host->[1] } ) ), '-DTEST_SCALE=1' )
            or die "$host->[0] does not compile\n";
        $broken;
    };
    return [ $host->[0], $short ];
}

# The code as it is, with them.
my %whole;

sub whole_program {
    my ( $folder, $program, @short ) = @_;
    return $program if !@short;
    return $whole{"$folder $program"} //= do {
        my $to = make_place( "$program.whole", $folder );
        link_program( $folder, $program, $to, @short ) or die "$program cannot be linked\n";
        $to;
    };
}

# ---- running ----------------------------------------------------------------------------

# Does every thread of this process group sleep? Then it waits for ever.
sub is_asleep {
    my ($group) = @_;
    my @states = map { my $text = eval { text_of($_) } // ''; $text =~ /^\d+ \(.*\) (\S) \d+ $group / ? $1 : () }
        glob('/proc/[0-9]*/task/[0-9]*/stat');
    return @states && !grep { $_ ne 'S' } @states;
}

# Runs it up to the first failure: passes, or fails, crashes, hangs, waits; and the
# name of the test that failed, and CPU seconds.
sub outcome {
    my ( $program, $limit, @arguments ) = @_;
    my @before  = times;
    my @command = ( $program, @arguments );
    unshift @command, 'targets/common/emulate' if $program =~ /[.]elf$/;
    @command = ( 'env', "SCENE=$arguments[0]", $program ) if $program =~ m{/explorer$} && @arguments;
    my $pid     = open my $output, '-|';
    if ( !$pid ) {
        setpgrp 0, 0;
        open STDERR, '>&', \*STDOUT;
        exec 'sh', '-c', 'ulimit -S -t "$0"; exec timeout --foreground 600 "$@"', $limit, @command;
    }
    my ( $verdict, $killer, $results ) = ( '', '-', 0 );
    my $bits = '';
    vec( $bits, fileno $output, 1 ) = 1;
    my ( $text, $waited ) = ( '', 0 );
    while ( $verdict eq '' ) {
        if ( !select my $ready = $bits, undef, undef, 20 ) {
            $verdict = 'waits' if is_asleep($pid) && $waited++;
            next;
        }
        sysread( $output, $text, 4096, length $text ) or last;
        while ( $text =~ s/^(.*)\n// ) {
            my $line = $1;
            $results++ if $line =~ /^ok /;
            ( $verdict, $killer ) = ( 'fails', $1 ) if $line =~ /^not ok \d+ - (.*)/ && $verdict eq '';
            $verdict = 'fails' if $line =~ /^Bail out/ && $verdict eq '';
        }
    }
    kill 'KILL', -$pid if $verdict ne '';
    close $output;
    my $code = $?;
    if ( $verdict eq '' ) {
        $verdict
            = ( $code & 127 || ( $code >> 8 ) - 128 ) == $xcpu ? 'hangs'
            : $code != 0                                     ? 'crashes'
            : $results == 0                                  ? 'fails'
            :                                                  'passes';
    }
    my @after = times;
    return ( $verdict, $killer, $after[2] + $after[3] - $before[2] - $before[3] );
}

# What the code as it is takes. It must pass.
my %seconds;

sub limit_for {
    my ( $program, @arguments ) = @_;
    my $seconds = $seconds{"@_"} //= do {
        my ( $verdict, $killer, $took ) = outcome( $program, 600, @arguments );
        die "$program @arguments: the code as it is $verdict ($killer)\n" if $verdict ne 'passes';
        $took;
    };
    return 2 + int( $patience * $seconds );
}

# ---- judging ------------------------------------------------------------------------------

my %tests_of = map { ( "src/$_->{name}.c" => [ split ' ', $_->{tests} ] ) } modules::all();

# The explorer's scenes of a file; [] is all.
sub scenes_of {
    my ($path) = @_;
    return
          $path =~ m{/(arena|temp|registry|rewindable|heap)} ? ["$1: "]
        : $path =~ m{/(?:pool|region)}                       ? ['pool: ']
        : $path =~ m{/blocks}                                ? ( ['blocks: '], ['batch: '] )
        : $path =~ m{/list}                                  ? ( ['blocks: '], ['batch: '], ['pool: '] )
        : $path =~ m{/(?:hooks|gate)}                        ? ['temp: ']
        : $path =~ m{/locked_atomics}                        ? ['lock: ']
        : $path =~ m{/chunk}                                 ? ['rewindable: ']
        :                                                      [];
}

# What a program is asked to run, in this order: what noticed before, the first one also
# the tests of the module, then all.
sub runs_of {
    my ( $program, $path, $known, $is_first ) = @_;
    return ['2000000'] if $program =~ m{/fuzz$};
    return () if $program =~ m{/gcc\+explorer-masked/} && $path =~ m{/arena};    # one core has no scenes of it
    return scenes_of($path) if $program =~ m{/explorer$};
    return [] if $program !~ m{/tests$};
    return (
        defined $known ? [$known] : (),
        $is_first ? map { [$_] } @{ $tests_of{$path} // [] } : (), []
    );
}

# What one program says: the verdict and the test.
sub ask {
    my ( $folder, $program, $pairs, $short, @runs ) = @_;
    my $broken = place_of( $program, $folder );
    link_program( $folder, $program, $broken, @$pairs, @$short ) or return 'stillborn';
    my $whole = whole_program( $folder, $program, @$short );
    for my $run (@runs) {
        my ( $verdict, $killer ) = outcome( $broken, limit_for( $whole, @$run ), @$run );
        return ( $verdict, $killer ) if $verdict ne 'passes';
    }
    return 'passes';
}

# Which programs are asked about a mutant, and in which order. Only ThreadSanitizer and the
# explorer know of memory orders, and elsewhere the explorer takes long.
sub order {
    my ( $mutant, @programs ) = @_;
    my @explorers = grep {m{/explorer$}} @programs;
    return ( grep( {/[+]tsan/} @programs ), @explorers ) if $mutant->{kind} eq 'order';
    return ( grep( { !m{/explorer$} } @programs ), @explorers );
}

# Asks these programs one by one: the verdict, the program and the test. What noticed
# before is known, or not.
sub judge {
    my ( $folder, $mutant, $known, @programs ) = @_;
    my $path  = $mutant->{path};
    my @names = map { scalar names_for( $path, $mutant->{at}, $_ ) } 0, $path =~ /^include/;
    spill( "$folder/$path", operators::broken($mutant) );
    my ( $verdict, @why ) = ('unjudged');
    for my $program (@programs) {
        next if !grep { depends( $_, $path, @names ) } objects_of($program);
        my @pairs = compile( $folder, $program, $path, @names );
        if ( !@pairs ) { $verdict = 'stillborn'; last }
        if ( !grep { system( 'cmp', '-s', @$_ ) } same_before( $folder, $program, @pairs ) ) {
            $verdict = 'same' if $verdict eq 'unjudged';
            next;
        }
        my @runs  = runs_of( $program, $path, $known, $verdict ne 'passes' );
        next if !@runs;
        my @short = short_tests( $folder, $program );
        ( $verdict, my $killer ) = ask( $folder, $program, \@pairs, \@short, @runs );
        ( $verdict, $killer ) = ask( $folder, $program, \@pairs, [], [] )
            if @short && $verdict eq 'passes';
        @why = ( $program, $killer );
        last if $verdict ne 'passes';
    }
    spill( "$folder/$path", ${ $mutant->{text} } );
    return ( $verdict, @why );
}

# The objects as they are, compiled by the same words, to compare with.
my %compiled;

sub same_before {
    my ( $folder, $program, @pairs ) = @_;
    return map {
        my ( $name, $broken ) = @$_;
        my $same = $compiled{"$folder $name"} //= do {
            my ($object) = grep { $_->[0] eq $name } objects_of($program);
            my $same  = "$broken.same";
            my @words = map { $_ eq $name ? $same : $_ } bare( @{ $object->[1] } );
            run_in( $here, @words ) or die "$name does not compile\n";
            $same;
        };
        [ $same, $broken ]
    } @pairs;
}

1;
