#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Programs that take reel in by each of its build systems build, link and run, and all
# manifests have the same version and the same sources. CONSUMERS=all runs those, too,
# that take longer: make consumers.
use strict;
use warnings;
use lib 'tests/tools';
use Cwd 'abs_path';
use JSON::PP 'decode_json';
use Test::More;
use files;
use modules;

my $all    = ( $ENV{CONSUMERS} // '' ) eq 'all';
my $top    = abs_path('.');
my $folder = "$top/build/consumers";
my $here   = "$top/tests/consumers";

# What builds itself must not see the make that runs this.
delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS CFLAGS DESTDIR)};
$ENV{CMAKE_GENERATOR} = 'Ninja';

system( 'rm', '-rf', $folder ) == 0 or die;
system( 'mkdir', '-p', $folder ) == 0 or die;

# Runs commands of a shell; shows what they print if one fails.
sub works {
    my ( $fact, @commands ) = @_;
    for my $command (@commands) {
        my $said = `cd $folder && { $command; } 2>&1`;
        next if $? == 0;
        fail($fact);
        my @lines = split /\n/, $said;
        diag( join "\n", $command, @lines > 20 ? @lines[ -20 .. -1 ] : @lines );
        return 0;
    }
    return pass($fact);
}

sub cmake {
    my ( $name, $options ) = @_;
    return ( "cmake -S $here/cmake -B $name $options", "cmake --build $name" );
}

sub on_board {
    my ( $name, $board ) = @_;
    return ( "mkdir -p $top/build/$board/consumers",
        "cp $name/program.elf $top/build/$board/consumers/$name.elf",
        "cd $top && targets/common/emulate build/$board/consumers/$name.elf" );
}

# ---- one version, one list --------------------------------------------------------

my $header = text_of('include/reel/version.h');
my ($version) = $header =~ /^#define REEL_VERSION +"(.*)"/m;
my @numbers = map { $header =~ /^#define REEL_VERSION_$_ +(\d+)$/m } qw(MAJOR MINOR PATCH);
my $number = join '.', @numbers;
like( $version, qr/^\Q$number\E(?:-rc[.]?\d*)?$/, 'version.h: text and numbers agree' );

my %row = map { my ( $name, $files ) = /^(\S+) +[|] (.+)$/; $name => [ split ' ', $files ] }
    grep { !/^#/ && /\S/ } split /\n/, text_of('port/components');
my %listed = map { $_ => 1 } map {@$_} values %row;
my @sources = map {s{^port/}{}r} glob 'port/*.c port/*/*.c';
# A new source of port/ gets a row in port/components.
is( join( ' ', grep { !$listed{$_} && !m{^(?:linux|zephyr|esp-idf)/} } @sources ),
    '', 'port/components has each source of port/ but those of other build systems' );
is( join( ' ', grep { !-e "port/$_" } sort keys %listed ), '', 'and they are there' );

# ---- archives ---------------------------------------------------------------------

works( 'make dist', "make -s -C $top dist URL=https://example.com/reel" );
my $tree = "$top/build/dist/tree/reel-$version";
if ($all) {
    works( 'the same files make the same archives',
        "cd $top/build/dist && sha256sum *.* > $folder/sums",
        "make -s -C $top dist URL=https://example.com/reel",
        "cd $top/build/dist && sha256sum -c $folder/sums" );
}

my $json = decode_json( text_of("$tree/library.json") );
is_deeply( [ @$json{qw(name version license)} ], [ 'reel', $version, 'MIT' ], 'PlatformIO: fields' );
is_deeply( $json->{build}{srcFilter}, [ '-<*>', '+<*.c>' ], 'PlatformIO: the sources of src' );
my $arduino = text_of("$top/build/dist/tree/reel/library.properties");
is( join( ' ', grep { $arduino !~ /^$_=./m }
        qw(name version author maintainer sentence paragraph category url architectures) ),
    '', 'Arduino: each field has a value' );
like( $arduino, qr/^version=\Q$version\E$/m, 'Arduino: the version' );
like( text_of("$tree/idf_component.yml"), qr/^version: "\Q$version\E"$/m, 'ESP-IDF: the version' );

my $pack = `cd $folder && python3 -m zipfile -e $top/build/dist/*.pack pack && cat pack/*.pdsc`;
my %in_pack = map { $_ => 1 } $pack =~ /<file category="source" name="([^"]+)"/g;
is_deeply( [ sort keys %in_pack ], [ sort map {"src/$_->{name}.c"} modules::all() ],
    'CMSIS pack: the sources of src/modules' );
is( join( ' ', grep { !-e "$folder/pack/$_" } $pack =~ /<file [^>]*name="([^"]+)"/g ),
    '', 'CMSIS pack: each file is in it' );
like( $pack, qr/<release version="\Q$version\E"/, 'CMSIS pack: the version' );
works( 'CMSIS pack: XML that is well formed',
    q{python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' pack/*.pdsc} );

# ---- bills of material -------------------------------------------------------------

use Digest::SHA qw(sha1_hex sha256_hex);
my $cdx  = decode_json( text_of("$top/build/dist/reel-$version.cdx.json") );
my $spdx = decode_json( text_of("$top/build/dist/reel-$version.spdx.json") );
my @parts = sort map { chomp; $_ } `cd $tree && find include src port linker -type f`;
my %cdx  = map { $_->{name} => $_->{hashes}[0]{content} } @{ $cdx->{components} };
my %spdx = map { ( $_->{fileName} =~ s{^./}{}r ) => $_ } @{ $spdx->{files} };
is_deeply( [ sort keys %cdx ],  \@parts, 'CycloneDX: each file that a program may have in it' );
is_deeply( [ sort keys %spdx ], \@parts, 'SPDX: the same files' );
my %sum = map { $_ => text_of("$tree/$_") } @parts;
is( join( ' ', grep { $cdx{$_} ne sha256_hex( $sum{$_} ) } @parts ), '', 'CycloneDX: the hashes' );
is( join( ' ', grep { $spdx{$_}{checksums}[1]{checksumValue} ne sha256_hex( $sum{$_} ) } @parts ),
    '', 'SPDX: the hashes' );
is( $spdx->{packages}[0]{packageVerificationCode}{packageVerificationCodeValue},
    sha1_hex( join '', sort map { sha1_hex($_) } values %sum ), 'SPDX: the verification code' );
my %ids = map { $_->{SPDXID} => 1 } @{ $spdx->{files} };
is( scalar keys %ids, scalar @parts, 'SPDX: each file has an identifier of its own' );
is_deeply( [ $cdx->{metadata}{component}{version}, $spdx->{packages}[0]{versionInfo} ],
    [ $version, $version ], 'both have the version' );

# ---- the reference -------------------------------------------------------------------

use lib 'tests/compile';
use headers;
my $reference = text_of("$top/build/dist/reel-$version.html");
my %missing;
for my $public ( glob 'include/reel/*.h' ) {
    my %comments = headers::comments_of($public);
    $missing{$_} = 1 for grep { $comments{$_} && $reference !~ /<h3 id="$_">/ } keys %comments;
}
is( join( ' ', sort keys %missing ), '', 'the reference has each public function' );
my %named;
$named{$_}++ for $reference =~ /id="([^"]+)"/g;
is( join( ' ', grep { $named{$_} > 1 } sort keys %named ), '', 'and each once' );

# ---- make install and pkg-config ----------------------------------------------------

my $pc  = "PKG_CONFIG_PATH=$folder/opt/lib/pkgconfig";
works(
    'pkg-config: make install, then a program by reel.pc',
    "make -s -C $top install PREFIX=$folder/opt CFLAGS=-O0 OPTIONS=-DREEL_CORES=2",
    "cc -o by-pkg-config $here/program.c `$pc pkg-config --cflags --libs reel`",
    './by-pkg-config',
    "test `$pc pkg-config --modversion reel` = $version",
    "test -e `$pc pkg-config --variable=portdir reel`/host/pages.c",
    'test -e opt/include/reel/reel.hpp'
);
works(
    'pkg-config: the options of the library are in reel.pc',
    "! cc -o wrong $here/program.c -Iopt/include -Lopt/lib -lreel 2> wrong.said",
    'grep -q reel_library_built_with_ wrong.said'
);
works(
    'make install: DESTDIR is not in what is installed',
    "make -s -C $top install DESTDIR=$folder/stage PREFIX=/opt/reel CFLAGS=-O0 OPTIONS=-DREEL_CORES=2",
    '! grep -rq stage stage/opt/reel/lib/pkgconfig',
    'grep -q "^prefix=/opt/reel$" stage/opt/reel/lib/pkgconfig/reel.pc'
);

# ---- CMake ----------------------------------------------------------------------

works( 'CMake: add_subdirectory', cmake( 'subdirectory', "-DHOW=subdirectory -DWHERE=$top" ),
    './subdirectory/program' );
works(
    'CMake: install, find_package with a version and a component',
    "cmake --install subdirectory --prefix $folder/installed",
    cmake( 'package', "-DHOW=package -DVERSION=$numbers[0].$numbers[1] -DCMAKE_PREFIX_PATH=$folder/installed" ),
    './package/program',
    'test -e installed/include/reel/reel.hpp'
);
works( 'CMake: find_package refuses another major version',
    "! cmake -S $here/cmake -B refused -DHOW=package -DVERSION=" . ( $numbers[0] + 1 )
        . " -DCMAKE_PREFIX_PATH=$folder/installed" );

# ---- one file -------------------------------------------------------------------

my $strict = '-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror';
works(
    'amalgamation, C',
    "$top/port/amalgamation/amalgamate one c",
    "cc -std=c11 $strict -c -o one/reel.o one/reel.c",
    "cc -std=c11 -Ione '-DALL_IN_ONE_HEADER=\"reel.h\"' -o one/program $here/program.c one/reel.o",
    'one/program'
);
works(
    'amalgamation, C++',
    "$top/port/amalgamation/amalgamate cxx c++",
    'c++ -std=c++11 -Wall -Wextra -Werror -c -o cxx/reel.o cxx/reel.cc',
    "c++ -std=c++11 -Icxx '-DALL_IN_ONE_HEADER=\"reel.h\"' -o cxx/program -x c++ $here/program.c -x none cxx/reel.o",
    'cxx/program'
);
works(
    'amalgamation with a prefix: no name of reel is left, and two copies make one program',
    "$top/port/amalgamation/amalgamate two c other_ram",
    "cc -std=c11 $strict -c -o two/other_ram.o two/other_ram.c",
    '! nm two/other_ram.o | grep -i reel',
    "sed 's/reel_/other_ram_/g; s/REEL_/OTHER_RAM_/g; s/int main/int other_main/; s/^int other/int other_main(void);\\n&/' $here/program.c > two/program.c",
    "cc -std=c11 -Itwo '-DALL_IN_ONE_HEADER=\"other_ram.h\"' -c -o two/program.o two/program.c",
    q{echo 'int other_main(void); int main(void) { return other_main(); }' > two/main.c},
    'cc -o two/program two/main.c two/program.o two/other_ram.o one/reel.o',
    'two/program'
);

# ---- those that take longer --------------------------------------------------------

if ($all) {
    works( 'CMake: FetchContent of an archive',
        cmake( 'fetched', "-DHOW=fetch -DWHERE=$top/build/dist/reel-$version.tar.gz" ),
        './fetched/program' );

    my %board = (
        'cortex-m0'  => 'microbit',
        'cortex-m3'  => 'mps2-an385',
        'cortex-m4'  => 'mps2-an386',
        'cortex-m7'  => 'mps2-an500',
        'cortex-m33' => 'mps2-an505',
        'cortex-m55' => 'mps3-an547',
        rv32imc      => 'riscv32-virt',
        rv32imac     => 'riscv32-virt',
        rv64imac     => 'riscv64-virt',
    );
    for my $file ( sort glob 'port/cmake/toolchains/*.cmake' ) {
        my ($cpu) = $file =~ m{([^/]+)[.]cmake$};
        next if text_of($file) !~ /REEL_CPU "/;
        my $options = "-DHOW=subdirectory -DWHERE=$top -DCMAKE_TOOLCHAIN_FILE=$top/$file";
        if ( !$board{$cpu} ) {
            works( "CMake: toolchain $cpu builds the library",
                "cmake -S $here/cmake -B $cpu $options", "cmake --build $cpu --target reel" );
            next;
        }
        works( "CMake: toolchain $cpu builds a program that runs on $board{$cpu}",
            cmake( $cpu, "$options -DBOARD=$board{$cpu}" ), on_board( $cpu, $board{$cpu} ) );
    }

    works(
        'Meson: a subproject',
        "mkdir -p meson/subprojects && cp $here/meson/meson.build $here/program.c meson",
        "ln -s $tree meson/subprojects/reel",
        'meson setup meson/build meson',
        'meson test -C meson/build'
    );
    works( 'Meson: in the tree', "meson setup in-tree $top/port/meson", 'ninja -C in-tree' );

    my $arm = "-DCMAKE_TOOLCHAIN_FILE=$top/port/cmake/toolchains";
    for my $run ( [ 'zephyr-m3', 'cortex-m3', 'mps2-an385', '' ],
        [ 'zephyr-m0', 'cortex-m0', 'microbit', '-DIS_M0=y' ] )
    {
        my ( $name, $cpu, $board, $options ) = @$run;
        works( "Zephyr: a module, on $board",
            "cmake -S $here/zephyr -B $name $arm/$cpu.cmake -DBOARD=$board $options "
                . "-DWHERE=$tree -DMANIFEST=zephyr/module.yml",
            "cmake --build $name", on_board( $name, $board ) );
    }
    for my $run ( [ 'esp-imac', 'rv32imac', '' ], [ 'esp-c3', 'rv32imc', '-DIS_C3=y' ] ) {
        my ( $name, $cpu, $options ) = @$run;
        works( "ESP-IDF: a component, on riscv32-virt built for $cpu",
            "cmake -S $here/esp-idf -B $name $arm/$cpu.cmake -DBOARD=riscv32-virt $options -DWHERE=$tree",
            "cmake --build $name", on_board( $name, 'riscv32-virt' ) );
    }
    works(
        'PlatformIO, Arduino: their sources and folders compile on a Cortex-M3',
        map {"arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os -ffreestanding -c -o /dev/null $_"}
            ( map {"-I$tree/include -I$tree/port -DREEL_NO_LINKER_SCRIPT=1 $tree/src/$_->{name}.c"}
                modules::all() ),
        "$top/build/dist/tree/reel/src/reel.c"
    );
    works(
        'pkg-config: a cross build, linked by the reel.ld that is installed',
        "make -s -C $top install PREFIX=$folder/m3 CC=arm-none-eabi-gcc AR=arm-none-eabi-ar CFLAGS='-mcpu=cortex-m3 -mthumb -Os'",
        "cd $top && arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os -ffreestanding -nostdlib -o $folder/m3.elf "
            . "$here/program.c targets/common/startup.c targets/common/semihost.c targets/common/memory.c "
            . "-Itargets/common -Ltargets/common -T targets/mps2-an385/mps2-an385.ld "
            . "`PKG_CONFIG_PATH=$folder/m3/lib/pkgconfig pkg-config --cflags --libs reel` -lgcc",
        'mkdir -p pc && cp m3.elf pc/program.elf',
        on_board( 'pc', 'mps2-an385' )
    );
}

done_testing;
