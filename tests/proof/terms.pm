# SPDX-License-Identifier: MIT
package terms;

# Terms over bit vectors and truth values, as SMT-LIB writes them. Equal terms are one
# term, and what is constant is computed here, so loops that count to a constant end.
# A term is a number; a constant's text is its value, and of 1 bit is true or false.
use strict;
use warnings;
use Math::BigInt;

my ( @text, @uses, @width, @value, %known, @declared );

sub reset_all {
    ( @text, @uses, @width, @value, @declared ) = ();
    %known = ();
}

# Width 0 is memory: words of so many bits.
our $word = 32;

sub sort_of {
    my ($width) = @_;
    my $index = $word - ( $word == 64 ? 3 : 2 );
    return
          $width == 1 ? 'Bool'
        : $width == 0 ? "(Array (_ BitVec $index) (_ BitVec $word))"
        :               "(_ BitVec $width)";
}

sub intern {
    my ( $text, $width, $value, @used ) = @_;
    return $known{"$width $text"} //= do {
        push @text,  $text;
        push @uses,  \@used;
        push @width, $width;
        push @value, $value;
        $#text;
    };
}

sub fresh {
    my ($width) = @_;
    my $name = 'x' . @declared;
    my $term = intern( $name, $width, undef );
    push @declared, $term;
    return $term;
}

# Memory as it is at first. There is one.
sub fresh_memory {
    return intern( 'memory', 0, undef );
}

# A value of up to 64 bits; one that is less than 2^53 is computed with.
sub constant {
    my ( $width, $value ) = @_;
    return $value ? intern( 'true', 1, 1 ) : intern( 'false', 1, 0 ) if $width == 1;
    return intern( "(bvneg (_ bv" . substr( $value, 1 ) . " $width))", $width, undef )
        if $value =~ /^-/ && $width > 64;
    $value = Math::BigInt->new(2)->bpow($width)->badd($value)->bstr() if $value =~ /^-/;
    return intern( "(_ bv$value $width)", $width, length($value) < 16 ? 0 + $value : undef );    # no text: & of texts is another
}
sub truth { return constant( 1, $_[0] ) }

sub width_of { return $width[ $_[0] ] }
sub value_of { return $value[ $_[0] ] }

sub name_of {
    my ($term) = @_;
    return @{ $uses[$term] } == 0 ? $text[$term] : "t$term";
}

sub raw {
    my ( $width, $op, @terms ) = @_;
    return intern( "($op " . join( ' ', map { name_of($_) } @terms ) . ')',
        $width, undef, @terms );
}

# ---- truth -------------------------------------------------------------------

sub is_true  { return defined $value[ $_[0] ] && $width[ $_[0] ] == 1 && $value[ $_[0] ] }
sub is_false { return defined $value[ $_[0] ] && $width[ $_[0] ] == 1 && !$value[ $_[0] ] }

sub not_ {
    my ($x) = @_;
    return truth( !$value[$x] ) if defined $value[$x];
    return $uses[$x][0] if $text[$x] =~ /^\(not /;
    return raw( 1, 'not', $x );
}

sub and_ {
    my %seen;
    my @terms = grep { !is_true($_) && !$seen{$_}++ } @_;
    return truth(0) if grep { is_false($_) } @terms;
    return @terms == 0 ? truth(1) : @terms == 1 ? $terms[0] : raw( 1, 'and', @terms );
}

sub or_ {
    my %seen;
    my @terms = grep { !is_false($_) && !$seen{$_}++ } @_;
    return truth(1) if grep { is_true($_) } @terms;
    return @terms == 0 ? truth(0) : @terms == 1 ? $terms[0] : raw( 1, 'or', @terms );
}

sub choose {
    my ( $if, $x, $y ) = @_;
    return $x if $x == $y || is_true($if);
    return $y if is_false($if);
    if ( $width[$x] == 1 ) {
        return is_true($x) ? $if : not_($if)
            if defined $value[$x] && defined $value[$y];
    }
    return raw( $width[$x], 'ite', $if, $x, $y );
}

# ---- bit vectors ---------------------------------------------------------------

my %compute = (
    bvand  => sub { $_[0] & $_[1] },
    bvor   => sub { $_[0] | $_[1] },
    bvxor  => sub { $_[0] ^ $_[1] },
    bvadd  => sub { $_[0] + $_[1] },
    bvlshr => sub { $_[1] < $_[2] ? $_[0] >> $_[1] : 0 },
    bvshl  => sub { $_[1] < $_[2] ? $_[0] << $_[1] : 0 },
);

# The same of constants as large as they come.
my %compute_big = (
    bvand  => sub { $_[0]->band( $_[1] ) },
    bvor   => sub { $_[0]->bior( $_[1] ) },
    bvxor  => sub { $_[0]->bxor( $_[1] ) },
    bvadd  => sub { $_[0]->badd( $_[1] ) },
    bvsub  => sub { $_[0]->bsub( $_[1] ) },
    bvmul  => sub { $_[0]->bmul( $_[1] ) },
    bvlshr => sub { $_[0]->brsft( $_[1] ) },
    bvshl  => sub { $_[0]->blsft( $_[1] ) },
);

sub big_of {
    my ($x) = @_;
    return $text[$x] =~ /^\(_ bv(\d+) \d+\)$/ ? Math::BigInt->new($1) : undef;
}

my %compare = (
    '='   => sub { $_[0] == $_[1] },
    bvult => sub { $_[0] < $_[1] },
    bvule => sub { $_[0] <= $_[1] },
    bvugt => sub { $_[0] > $_[1] },
    bvuge => sub { $_[0] >= $_[1] },
);

sub binary {
    my ( $op, $x, $y ) = @_;
    my ( $a, $b, $width ) = ( $value[$x], $value[$y], $width[$x] );
    if ( $width == 1 ) {
        return and_( $x, $y ) if $op eq 'bvand';
        return or_( $x, $y ) if $op eq 'bvor';
        return choose( $x, not_($y), $y ) if $op eq 'bvxor';
        die "$op of truth values";
    }
    if ( defined $a && defined $b && $compute{$op} && ( $op ne 'bvshl' || $b < 20 && $a < 2**32 ) ) {
        my $result = $compute{$op}->( $a, $b, $width );
        return constant( $width, $width < 53 ? $result % 2**$width : $result );
    }
    my ( $big, $by ) = $compute_big{$op} ? ( big_of($x), big_of($y) ) : ();
    if ( defined $big && defined $by ) {
        return constant( $width, 0 ) if $op =~ /sh[lr]/ && $by >= $width;
        return constant( $width, $compute_big{$op}->( $big, $by )->bmod( Math::BigInt->new(2)->bpow($width) )->bstr() );
    }
    return $x if defined $b && $b == 0 && $op =~ /^bv(?:add|sub|or|xor|shl|lshr|ashr)$/;
    return $y if defined $a && $a == 0 && $op =~ /^bv(?:add|or|xor)$/;
    return $y if defined $b && $b == 0 && $op =~ /^bv(?:and|mul)$/;
    return raw( $width, $op, $x, $y );
}

sub related {
    my ( $op, $x, $y ) = @_;
    return truth( $op =~ /^(?:=|bv[us][lg]e)$/ ) if $x == $y;
    my ( $a, $b ) = ( $value[$x], $value[$y] );
    return truth( $compare{$op}->( $a, $b ) )
        if defined $a && defined $b && $compare{$op};
    return raw( 1, $op, $x, $y );
}

sub extended {
    my ( $x, $width, $kind ) = @_;
    my $more = $width - $width[$x];
    return $x if $more == 0;
    if ( $width[$x] == 1 ) {
        return choose( $x, constant( $width, $kind eq 'sign' ? -1 : 1 ), constant( $width, 0 ) );
    }
    return constant( $width, $value[$x] ) if defined $value[$x] && $kind eq 'zero';
    return raw( $width, "(_ ${kind}_extend $more)", $x );
}

sub bits {
    my ( $x, $high, $low ) = @_;
    my $width = $high - $low + 1;
    return $x if $width == $width[$x];
    if ( $width == 1 ) {
        return related( '=', raw1( $x, $high, $low ), intern( '(_ bv1 1)', -1, undef ) );
    }
    return constant( $width, ( $value[$x] >> $low ) % 2**$width )
        if defined $value[$x] && $width < 53;
    return raw( $width, "(_ extract $high $low)", $x );
}

# A vector of one bit, which is no truth value.
sub raw1 {
    my ( $x, $high, $low ) = @_;
    return raw( -1, "(_ extract $high $low)", $x );
}

# ---- what a solver reads -------------------------------------------------------
#
# A goal that is false for more than all inputs is false for all inputs. So where masks
# and shifts are not constant, their results may be any word: what is known of them, as a
# LEMMA, is enough for most goals, and far less work.

sub is_vague {
    my ($term) = @_;
    return 0 if $width[$term] <= 1 || $text[$term] !~ /^\((bvand|bvshl|bvlshr|bvmul) /;
    return !grep { defined $value[$_] || @{ $uses[$_] } == 0 && $text[$_] =~ /^\(_ bv/ } @{ $uses[$term] };
}

# All that the terms are made of, in order.
sub cone {
    my ( $is_vague, @open ) = @_;
    my %seen;
    while ( defined( my $term = pop @open ) ) {
        next if $seen{$term}++;
        push @open, @{ $uses[$term] } if !( $is_vague && is_vague($term) );
    }
    return sort { $a <=> $b } keys %seen;
}

# The question whether a term, and with it others, is true for some inputs.
sub script {
    my ( $is_vague, $of, @others ) = @_;
    return question( $is_vague, {}, $of, @others ) . "(exit)\n";
}

# The same with names for some terms, whose values may be asked for.
sub question {
    my ( $is_vague, $named, @all ) = @_;
    my ( @declarations, @lets, @facts );
    my @cone = cone( $is_vague, @all, values %$named );
    my %is_there = map { ( $_ => 1 ) } @cone;
    for my $term (@cone) {
        my $sort = $width[$term] == -1 ? '(_ BitVec 1)' : sort_of( $width[$term] );
        if ( $text[$term] =~ /^(?:x\d|memory)/ ) {
            push @declarations, "(declare-fun $text[$term] () $sort)\n";
        }
        elsif ( $is_vague && is_vague($term) ) {
            push @declarations, "(declare-fun t$term () $sort)\n";
            next if $text[$term] !~ /^\(bv(?:and|lshr) /;
            my @most = @{ $uses[$term] };
            pop @most if $text[$term] =~ /lshr/;
            push @facts, map { "(bvule t$term " . name_of($_) . ')' } grep { $is_there{$_} } @most;
        }
        elsif ( @{ $uses[$term] } ) {
            push @lets, "(let ((t$term $text[$term]))\n";
        }
    }
    for my $name ( sort keys %$named ) {
        push @declarations, "(declare-fun $name () " . sort_of( $width[ $named->{$name} ] ) . ")\n";
        push @facts, "(= $name " . name_of( $named->{$name} ) . ')';
    }
    my $all = join ' ', 'true', @facts, map { name_of($_) } @all;
    return join '', "(set-logic QF_ABV)\n", @declarations, "(assert\n", @lets,
        "(and $all)", ')' x @lets, ")\n(check-sat)\n";
}

sub has_vague {
    my (@terms) = @_;
    return !!grep { is_vague($_) } cone( 1, @terms );
}

1;
