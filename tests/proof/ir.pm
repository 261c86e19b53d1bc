# SPDX-License-Identifier: MIT
package ir;

# From LLVM's text to terms: runs a function without arguments for all inputs at once.
# Where paths meet, values are chosen by the path. A loop is run as often as its proof
# says, and a duty is that no path runs it once more. What this cannot translate is an
# error, never left out.
#
# Duties are what must be false for all inputs: an ASSERT that fails, undefined
# behaviour that clang marks, an access that is not aligned, a loop that goes on. Wants
# are what must be true for some inputs.
use strict;
use warnings;
use terms;

my $word;       # bits
my %structs;    # name => text of its fields
my %globals;    # constant name => [type, text]
my %code;       # names of functions
my %functions;  # name => lines
my %loops;      # name => how often loops run at most

# ---- reading -----------------------------------------------------------------

sub read_file {
    my ( $file, $bits ) = @_;
    $word = $terms::word = $bits;
    ( %structs, %globals, %functions, %loops, %code ) = ();
    open my $in, '<', $file or die "$file: $!\n";
    my $lines;
    while (<$in>) {
        chomp;
        s/ ;.*// if !/^@/;
        s/, ![\w.]+ !\d+//g;
        s/\bvolatile //;
        $code{$1} = 1 if /^(?:define|declare) .*?(\@\w+)\(/;
        if (/^define .*\@proof_(\w+)\(/) {
            $lines = $functions{$1} = [];
        }
        elsif (/^}/) {
            undef $lines;
        }
        elsif (/^\@loops_(\w+) = .*constant i32 (\d+)/) {
            $loops{$1} = $2;
        }
        elsif (/^(%[\w.]+) = type (.*)/) {
            $structs{$1} = $2;
        }
        elsif (/^(\@[\w.\$]+) = .*?\b(?:constant|global) (.*?)(?:, align \d+)?$/) {
            $globals{$1} = $2;
        }
        elsif ( $lines && /\S/ ) {
            s/^\s+|\s+$//g;
            if ( @$lines && $lines->[-1] =~ /^switch .*\[[^\]]*$/ ) {
                $lines->[-1] .= " $_";
            }
            else {
                push @$lines, $_;
            }
        }
    }
    return sort keys %functions;
}

# ---- types -------------------------------------------------------------------

# Splits at commas that are not inside brackets.
sub parts_of {
    my ($text) = @_;
    my ( $depth, @parts ) = ( 0, '' );
    for ( split /([,\[\](){}<>])/, $text ) {
        $depth++ if /^[\[({<]$/;
        $depth-- if /^[\])}>]$/;
        if ( $_ eq ',' && $depth == 0 ) { push @parts, '' }
        else                            { $parts[-1] .= $_ }
    }
    return map {s/^\s+|\s+$//gr} grep {/\S/} @parts;
}

# A type, and what follows it.
sub split_type {
    my ($text) = @_;
    my ( $depth, $type ) = ( 0, '' );
    for ( split /([\[\](){}<> ])/, $text ) {
        last if $_ eq ' ' && $depth == 0;
        $depth++ if /^[\[({<]$/;
        $depth-- if /^[\])}>]$/;
        $type .= $_;
    }
    return ( $type, substr $text, length($type) + 1 );
}

sub bits_of {
    my ($type) = @_;
    return $word if $type eq 'ptr';
    return $1 if $type =~ /^i(\d+)$/;
    die "no bits: $type\n";
}

sub fields_of {
    my ($type) = @_;
    my $text = $structs{$type} // $type;
    return $text =~ /^\{ (.*) \}$/ ? parts_of($1) : die "no struct: $type\n";
}

# Size and alignment in bytes.
sub size_of {
    my ($type) = @_;
    if ( $type =~ /^i(\d+)$/ || $type eq 'ptr' ) {
        my $bits = bits_of($type);
        my $size = 1;
        $size *= 2 while 8 * $size < $bits;
        return ( $size, $size );
    }
    if ( $type =~ /^\[(\d+) x (.*)\]$/ ) {
        my ( $size, $align ) = size_of($2);
        return ( $1 * $size, $align );
    }
    my ( $offset, $most ) = ( 0, 1 );
    for my $field ( fields_of($type) ) {
        my ( $size, $align ) = size_of($field);
        $offset += -$offset % $align;
        $offset += $size;
        $most = $align if $most < $align;
    }
    $offset += -$offset % $most;
    return ( $offset, $most );
}

sub offset_of {
    my ( $type, $index ) = @_;
    my ( $offset, $n ) = ( 0, 0 );
    for my $field ( fields_of($type) ) {
        my ( $size, $align ) = size_of($field);
        $offset += -$offset % $align;
        return ( $offset, $field ) if $n++ == $index;
        $offset += $size;
    }
    die "no field $index of $type\n";
}

# ---- one run -------------------------------------------------------------------

my ( %blocks, @order, %live_in, %is_back, %todo, %env, $path, $level, $case, $cases );
my ( %duty, %want, @observed, @facts, @inputs, %address, @given, $next_address );

sub value {
    my ( $type, $text ) = @_;
    return $env{$text} // die "unknown value $text\n" if $text =~ /^%/;
    return terms::fresh( bits_of($type) ) if $text =~ /^(?:undef|poison)$/;
    $text = 0 if $text =~ /^(?:null|zeroinitializer|false)$/;
    $text = 1 if $text eq 'true';
    return terms::constant( bits_of($type), $text ) if $text =~ /^-?\d+$/;
    return address_of($text) if $text =~ /^\@/;
    if ( $text =~ /^(?:ptrtoint|inttoptr) \((\S+) (.*) to (\S+)\)$/ ) {
        return value( $1, $2 );
    }
    if ( $text =~ /^getelementptr (?:inbounds |nuw |nusw )*\((.*)\)$/ ) {
        return element( parts_of($1) );
    }
    die "cannot translate the value $text\n";
}

# "type value" as an operand.
sub operand {
    my ($text) = @_;
    $text =~ s/\b(?:noundef|zeroext|signext|nonnull|inbounds|nuw|nusw|align \d+|range\([^)]*\)|dereferenceable\(\d+\)) //g;
    my ( $type, $value ) = $text =~ /^(\S+) (.*)$/ or die "no operand: $text\n";
    return value( $type, $value );
}

# The flags of an instruction say what is undefined; the sanitizers make duties of it.
sub run_step {
    my ($line) = @_;
    if ( $line =~ /^(%[\w.]+) = (.*)/ ) {
        $env{$1} = result($2);
        return;
    }
    if ( $line =~ /^br label (%[\w.\$-]+)/ ) { edge( $1, $path ) }
    elsif ( $line =~ /^br i1 (.*), label (%[\w.\$-]+), label (%[\w.\$-]+)/ ) {
        my $if = value( 'i1', $1 );
        edge( $2, terms::and_( $path, $if ) );
        edge( $3, terms::and_( $path, terms::not_($if) ) );
    }
    elsif ( $line =~ /^switch (\w+) (\S+), label (%[\w.\$-]+) \[(.*)\]/ ) {
        run_switch( $1, $2, $3, $4 );
    }
    elsif ( $line =~ /^store (?:atomic )?(\S+) (\S+), ptr (.*?)(?:, align (\d+))?$/ ) {
        store( bits_of($1), value( $1, $2 ), value( 'ptr', $3 ) );
    }
    elsif ( $line =~ /\bcall void asm sideeffect "", "~\{memory\}/ ) { }
    elsif ( $line =~ /\bcall \S* ?void \@proof_(\w+)\((.*)\)/ || $line =~ /\bcall void \@proof_(\w+)\((.*)\)/ ) {
        run_statement( $1, parts_of($2) );
    }
    elsif ( $line =~ /\bcall void \@llvm\.ubsantrap\(i8 (\d+)\)/ ) {
        push @{ $duty{"undefined $1"} }, terms::and_( @facts, $path );
    }
    elsif ( $line =~ /\bcall void \@llvm\.mem(cpy|set)\.[\w.]+\((.*)\)/ ) {
        fill_memory( $1, parts_of($2) );
    }
    elsif ( $line =~ /\bcall void \@llvm\.(?:lifetime|assume|experimental\.noalias|dbg)/ ) { }
    elsif ( $line eq 'ret void' ) { }
    elsif ( $line eq 'unreachable' ) {
        push @{ $duty{'undefined'} }, terms::and_( @facts, $path );
    }
    else { die "cannot translate: $line\n" }
}

my %operations = map { ( $_ => "bv$_" ) } qw(add sub mul udiv urem sdiv srem and or xor shl lshr ashr);
my %relations  = ( eq => '=', map { ( $_ => "bv$_" ) } qw(ult ule ugt uge slt sle sgt sge) );
my %least_of   = qw(umin bvult umax bvugt smin bvslt smax bvsgt);

sub result {
    my ($text) = @_;
    if ( $text =~ /^(\w+) (?:(?:nuw|nsw|exact|disjoint) )*(i\d+) (.*)/ && $operations{$1} ) {
        my ( $x, $y ) = map { value( $2, $_ ) } parts_of($3);
        return terms::binary( $operations{$1}, $x, $y );
    }
    if ( $text =~ /^icmp (?:samesign )?(\w+) (\w+) (.*)/ ) {
        my ( $x, $y ) = map { value( $2, $_ ) } parts_of($3);
        return terms::not_( terms::related( '=', $x, $y ) ) if $1 eq 'ne';
        return terms::related( $relations{$1}, $x, $y );
    }
    if ( $text =~ /^select (.*)/ ) {
        return terms::choose( map { operand($_) } parts_of($1) );
    }
    if ( $text =~ /^(zext|sext|trunc|ptrtoint|inttoptr|bitcast)(?: nneg| nuw| nsw)* (\S+) (.*) to (\S+)$/ ) {
        return resized( $1, value( $2, $3 ), bits_of($4) );
    }
    return operand($1) if $text =~ /^freeze (.*)/;
    if ( $text =~ /^load (?:atomic )?(\S+), ptr (.*?)(?: \w+)?(?:, align (\d+))?$/ ) {
        return load( bits_of($1), value( 'ptr', $2 ) );
    }
    return element( parts_of($1) ) if $text =~ /^getelementptr (?:inbounds |nuw |nusw )*(.*)/;
    return allocated( ( parts_of($1) )[0] ) if $text =~ /^alloca (.*)/;
    if ( $text =~ /\bcall (?:[a-z]\w* |range\([^)]*\) )*(\w+) \@([\w.]+)\((.*)\)/ ) {
        return called( $1, $2, parts_of($3) );
    }
    die "cannot translate: $text\n";
}

sub resized {
    my ( $how, $x, $bits ) = @_;
    my $has = terms::width_of($x);
    return $x if $has == $bits;
    return $has < $bits
        ? terms::extended( $x, $bits, $how eq 'sext' ? 'sign' : 'zero' )
        : terms::bits( $x, $bits - 1, 0 );
}

sub called {
    my ( $type, $name, @given ) = @_;
    if ( $name eq 'any_word' ) {
        my $input = terms::fresh( bits_of($type) );
        push @inputs, $input;
        return $input;
    }
    if ( $name eq 'any_same' ) {
        my $same = terms::fresh( bits_of($type) );
        push @facts, terms::related( '=', $same, operand( $given[0] ) );
        return $same;
    }
    if ( $name eq 'any_case' ) {
        my ( $least, $most ) = map { operand($_) } @given;
        $cases = [ map { terms::value_of($_) } $least, $most ];
        return terms::constant( $word, $case ) if defined $case;
        my $input = terms::fresh($word);
        push @inputs, $input;
        push @facts, terms::related( 'bvuge', $input, $least ), terms::related( 'bvule', $input, $most );
        return $input;
    }
    return operand( $given[0] ) if $name =~ /^llvm\.expect/;
    return terms::fresh(1) if $name =~ /^llvm\.is\.constant/;    # either way
    if ( $name =~ /^llvm\.(umin|umax|smin|smax)\./ ) {
        my ( $x, $y ) = map { operand($_) } @given;
        return terms::choose( terms::related( $least_of{$1}, $x, $y ), $x, $y );
    }
    if ( $name =~ /^llvm\.(ctlz|cttz)\./ ) {
        my $x    = operand( $given[0] );
        my $bits = bits_of($type);
        my $count = terms::constant( $bits, $bits );
        for my $i ( $1 eq 'ctlz' ? 0 .. $bits - 1 : reverse 0 .. $bits - 1 ) {
            my $n = $1 eq 'ctlz' ? $bits - 1 - $i : $i;
            $count = terms::choose( terms::bits( $x, $i, $i ), terms::constant( $bits, $n ), $count );
        }
        return $count;
    }
    if ( $name =~ /^llvm\.fsh([lr])\./ ) {
        my ( $x, $y, $n ) = map { operand($_) } @given;
        my $bits = bits_of($type);
        my $by   = terms::binary( 'bvurem', $n, terms::constant( $bits, $bits ) );
        my $rest = terms::binary( 'bvsub', terms::constant( $bits, $bits ), $by );
        my ( $up, $down ) = $1 eq 'l' ? ( $by, $rest ) : ( $rest, $by );
        return terms::binary( 'bvor', terms::binary( 'bvshl', $x, $up ), terms::binary( 'bvlshr', $y, $down ) );
    }
    die "cannot translate a call of $name\n";
}

sub run_switch {
    my ( $type, $of, $other, $cases ) = @_;
    my $x    = value( $type, $of );
    my $rest = $path;
    while ( $cases =~ /\w+ (-?\w+), label (%[\w.\$-]+)/g ) {
        my $is = terms::related( '=', $x, value( $type, $1 ) );
        edge( $2, terms::and_( $path, $is ) );
        $rest = terms::and_( $rest, terms::not_($is) );
    }
    edge( $other, $rest );
}

sub run_statement {
    my ( $what, @given ) = @_;
    my ( $fact, $line ) = map { operand($_) } @given;
    my $is_false = terms::and_( $path, terms::not_($fact) );
    if ( $what eq 'assume' ) {
        push @facts, terms::not_($is_false);
    }
    elsif ( $what eq 'assert' ) {
        push @{ $duty{ 'line ' . terms::value_of($line) } }, terms::and_( @facts, $is_false );
    }
    elsif ( $what eq 'truth' ) {
        push @{ $duty{ 'line ' . terms::value_of($line) } }, $is_false;
        push @facts, terms::not_($is_false);
    }
    elsif ( $what eq 'cover' ) {
        push @{ $want{ 'line ' . terms::value_of($line) } }, terms::and_( @facts, $path, $fact );
    }
    elsif ( $what eq 'observe' ) {
        push @observed, [ $path, $fact ];
    }
    else { die "no statement: $what\n" }
}

# ---- memory ----------------------------------------------------------------------
#
# One array of words. What is local and was not made a value lies at an address of its
# own at the top, where no proof has its memory.

sub address_of {
    my ($name) = @_;
    return $address{$name} //= $code{$name} ? allocated('i32') : do {
        my ( $type, $text ) = split_type( $globals{$name} // die "no global $name\n" );
        my $at = placed( size_of($type) );
        fill( $at, $type, $text );
        terms::constant( $word, $at );
    };
}

sub placed {
    my ( $size, $align ) = @_;
    my $at = $next_address;
    $next_address += $size + 16 + -( $size + 16 ) % 16;
    return $at;
}

sub allocated {
    my ($type) = @_;
    return terms::constant( $word, placed( size_of($type) ) );
}

# What a constant's memory has from the beginning.
sub fill {
    my ( $at, $type, $text ) = @_;
    my @bytes;
    if ( $text =~ /^c"(.*)"$/ ) {
        my $letters = $1;
        push @bytes, defined $1 ? hex $1 : ord $2 while $letters =~ /\\([0-9A-F]{2})|(.)/g;
    }
    elsif ( $text =~ /^\[(.*)\]$/ && $type =~ /^\[\d+ x i(\d+)\]$/ ) {
        my $size = $1 / 8;
        for ( parts_of($text =~ s/^\[|\]$//gr) ) {
            my ($n) = /(-?\d+)$/;
            push @bytes, map { $n >> 8 * $_ & 255 } 0 .. $size - 1;
        }
    }
    else { return }    # what it has is not known
    push @bytes, 0 while @bytes % ( $word / 8 );
    my $memory = terms::fresh_memory();
    for ( my $i = 0; $i < @bytes; $i += $word / 8 ) {
        my $value = 0;
        $value |= $bytes[ $i + $_ ] << 8 * $_ for 0 .. $word / 8 - 1;
        push @given, terms::related( '=', terms::raw( $word, 'select', $memory, index_of( terms::constant( $word, $at + $i ) ) ),
            terms::constant( $word, $value ) );
    }
}

# What the compiler makes of whole structs and arrays. They are whole words, and 0.
sub fill_memory {
    my ( $kind, $to, $from, $size ) = @_;
    my ($bytes) = $size =~ / (\d+)$/;
    my $source = operand($from);
    my $step   = $word / 8;
    die "cannot translate: mem$kind of $size\n"
        if !defined $bytes || $bytes % $step || $kind eq 'set' && $from ne 'i8 0';
    my $at = operand($to);
    my @at = map { terms::constant( $word, $_ * $step ) } 0 .. $bytes / $step - 1;
    my @values = map { $kind eq 'set' ? terms::constant( $word, 0 ) : load( $word, terms::binary( 'bvadd', $source, $_ ) ) } @at;
    store( $word, $values[$_], terms::binary( 'bvadd', $at, $at[$_] ) ) for 0 .. $#at;
}

sub element {
    my ( $type, $base, @indices ) = @_;
    my $at = operand($base);
    my $is_first = 1;
    for my $index (@indices) {
        my ( $index_type, $n ) = split ' ', $index;
        if ( $is_first ) {
            $at = terms::binary( 'bvadd', $at, scaled( $type, $index_type, $n ) );
        }
        elsif ( $type =~ /^\[\d+ x (.*)\]$/ ) {
            $type = $1;
            $at = terms::binary( 'bvadd', $at, scaled( $type, $index_type, $n ) );
        }
        else {
            ( my $offset, $type ) = offset_of( $type, $n );
            $at = terms::binary( 'bvadd', $at, terms::constant( $word, $offset ) );
        }
        $is_first = 0;
    }
    return $at;
}

sub scaled {
    my ( $type, $index_type, $n ) = @_;
    my ($size) = size_of($type);
    my $index = resized( 'sext', value( $index_type, $n ), $word );
    my $log2 = 0;
    $log2++ while 1 << $log2 < $size;
    return $size == 1 << $log2
        ? terms::binary( 'bvshl', $index, terms::constant( $word, $log2 ) )
        : terms::binary( 'bvmul', $index, terms::constant( $word, $size ) );
}

sub index_of {
    my ($at) = @_;
    return terms::bits( $at, $word - 1, $word == 64 ? 3 : 2 );
}

# Bits that an access of less than a word is away from the word's lowest.
sub shift_of {
    my ( $bits, $at ) = @_;
    my $bytes = terms::constant( $word, $word / 8 - 1 );
    return terms::binary( 'bvshl', terms::binary( 'bvand', $at, $bytes ), terms::constant( $word, 3 ) );
}

sub must_be_aligned {
    my ( $bits, $at ) = @_;
    my $size = $bits <= 8 ? 1 : $bits / 8;
    return if $size == 1;
    my $low = terms::binary( 'bvand', $at, terms::constant( $word, $size - 1 ) );
    my $is_odd = terms::not_( terms::related( '=', $low, terms::constant( $word, 0 ) ) );
    my $bad = terms::and_( @facts, $path, $is_odd );
    push @{ $duty{'access that is not aligned'} }, $bad if !terms::is_false($bad);
}

sub load {
    my ( $bits, $at ) = @_;
    must_be_aligned( $bits, $at );
    my $value = terms::raw( $word, 'select', $env{memory}, index_of($at) );
    die "an access of $bits bits\n" if $bits > $word;
    return $value if $bits == $word;
    return terms::bits( terms::binary( 'bvlshr', $value, shift_of( $bits, $at ) ), $bits - 1, 0 );
}

sub store {
    my ( $bits, $value, $at ) = @_;
    must_be_aligned( $bits, $at );
    die "an access of $bits bits\n" if $bits > $word;
    if ( $bits < $word ) {
        my $by   = shift_of( $bits, $at );
        my $size = $bits <= 8 ? 8 : $bits;
        my $mask = terms::binary( 'bvshl', terms::constant( $word, 2**$size - 1 ), $by );
        my $old  = terms::raw( $word, 'select', $env{memory}, index_of($at) );
        $value = terms::binary(
            'bvor',
            terms::binary( 'bvand', $old, terms::raw( $word, 'bvnot', $mask ) ),
            terms::binary( 'bvshl', terms::extended( $value, $word, 'zero' ), $by )
        );
    }
    $env{memory} = terms::raw( 0, 'store', $env{memory}, index_of($at), $value );
}

# ---- the graph -------------------------------------------------------------------

sub successors { return $_[0] =~ /label (%[\w.\$-]+)/g }

sub split_blocks {
    my (@lines) = @_;
    %blocks = ();
    my $name = '%0';
    my @names = ($name);
    if ( $lines[0] =~ /^([\w.\$-]+):/ ) {
        @names = ();
    }
    for (@lines) {
        if (/^([\w.\$-]+):/) {
            push @names, $name = "%$1";
        }
        else {
            push @{ $blocks{$name} }, $_;
        }
    }
    return @names;
}

sub order_blocks {
    my ($entry) = @_;
    my %state;
    @order = %is_back = ();
    no warnings 'recursion';
    my $visit;
    $visit = sub {
        my ($name) = @_;
        $state{$name} = 1;
        for ( reverse successors( $blocks{$name}[-1] ) ) {
            if    ( ( $state{$_} // 0 ) == 1 ) { $is_back{"$name $_"} = 1 }
            elsif ( !$state{$_} )              { $visit->($_) }
        }
        $state{$name} = 2;
        unshift @order, $name;
    };
    $visit->($entry);
}

# Which values a block, or one after it, uses from before it.
sub find_live {
    my ( %uses, %defines );
    %live_in = ();
    for my $name (@order) {
        for my $line ( @{ $blocks{$name} } ) {
            my ( $defined, $text ) = $line =~ /^(?:(%[\w.]+) = )?(.*)/;
            if ( $text !~ /^phi / ) {
                $uses{$name}{$_} = 1
                    for grep { !$defines{$name}{$_} } $text =~ /(?<!label )(%[\w.\$-]+)/g;
            }
            $defines{$name}{$defined} = 1 if defined $defined;
        }
    }
    # A phi uses its values at the end of the block they come from.
    my %at_end;
    for my $name (@order) {
        for ( grep {/= phi /} @{ $blocks{$name} } ) {
            while (/\[ (\S+), (%[\w.\$-]+) \]/g) {
                $at_end{$2}{$1} = 1 if substr( $1, 0, 1 ) eq '%';
            }
        }
    }
    for ( my $again = 1; $again; ) {
        $again = 0;
        for my $name ( reverse @order ) {
            my %live = ( %{ $uses{$name} // {} } );
            for my $after ( successors( $blocks{$name}[-1] ) ) {
                $live{$_} = 1 for grep { !$defines{$name}{$_} } keys %{ $live_in{$after} // {} };
            }
            $live{$_} = 1 for grep { !$defines{$name}{$_} } keys %{ $at_end{$name} // {} };
            if ( keys %live != keys %{ $live_in{$name} // {} } ) {
                $live_in{$name} = \%live;
                $again = 1;
            }
        }
    }
}

my $here;

sub edge {
    my ( $to, $if ) = @_;
    return if terms::is_false($if);
    my %kept = ( memory => $env{memory} );
    for ( keys %{ $live_in{$to} } ) {
        $kept{$_} = $env{$_} if defined $env{$_};
    }
    for my $line ( grep {/= phi /} @{ $blocks{$to} } ) {
        my ( $name, $type, $rest ) = $line =~ /^(\S+) = phi (\S+) (.*)/;
        my ($from) = $rest =~ /\[ (\S+), \Q$here\E \]/ or die "no value from $here: $line\n";
        $kept{"phi $name"} = value( $type, $from );
    }
    push @{ $todo{ $level + ( $is_back{"$here $to"} ? 1 : 0 ) }{$to} }, [ $if, \%kept ];
}

# The values of all paths that come here, each by its path.
sub merge {
    my (@edges) = @_;
    my ( $first_if, $first ) = @{ pop @edges };
    my %merged = %$first;
    my $if     = $first_if;
    for ( reverse @edges ) {
        my ( $edge_if, $values ) = @$_;
        for my $name ( keys %merged ) {
            if ( !defined $values->{$name} ) { delete $merged{$name}; next }
            $merged{$name} = terms::choose( $edge_if, $values->{$name}, $merged{$name} );
        }
        $if = terms::or_( $edge_if, $if );
    }
    for my $name ( grep {/^phi /} keys %merged ) {
        $merged{ substr $name, 4 } = delete $merged{$name};
    }
    return ( $if, \%merged );
}

# Runs one proof. Returns duties and wants, name => term, and what else there is. With
# a second argument any_case() is that.
sub translate {
    ( my $name, $case ) = @_;
    undef $cases;
    terms::reset_all();
    ( %duty, %want, %todo, %address ) = ();
    ( @observed, @facts, @inputs, @given ) = ();
    my @names = split_blocks( @{ $functions{$name} } );
    order_blocks( $names[0] );
    find_live();
    $next_address = $word == 64 ? 18446744069414584320 : 4293918720;
    $todo{0}{ $names[0] } = [ [ terms::truth(1), { memory => terms::fresh_memory() } ] ];
    my $most = $loops{$name};

    for ( $level = 0; $todo{$level}; $level++ ) {
        for my $block (@order) {
            $here = $block;
            my $edges = $todo{$level}{$block} or next;
            ( $path, my $values ) = merge(@$edges);
            if ( $level > $most ) {
                push @{ $duty{"loop of more than $most rounds"} }, terms::and_( @facts, $path );
                next;
            }
            %env = %$values;
            run_step($_) for grep { !/= phi / } @{ $blocks{$block} };
        }
        delete $todo{$level};
    }
    return {
        duties   => { map { ( $_ => terms::or_( @{ $duty{$_} } ) ) } keys %duty },
        wants    => { map { ( $_ => terms::or_( @{ $want{$_} } ) ) } keys %want },
        observed => [@observed],
        facts    => [@facts],
        inputs   => [@inputs],
        given    => [@given],
        cases    => $cases,
    };
}

1;
