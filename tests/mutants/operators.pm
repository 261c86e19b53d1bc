# SPDX-License-Identifier: MIT
package operators;

# Mutants by generic operators: each breaks one place of a function in one way. A place
# is known by its file, its function and the text of its line, so it stays the same
# place while the code around it changes.
use strict;
use warnings;
use lib 'tests/tools';
use Digest::MD5 'md5_hex';
use files;

# A pattern, whose first group is broken, and what the group becomes.
my @operators = (
    [ relation => qr/(?<=\s)(<=|>=|<|>)(?=\s)/, { '<' => '<=', '<=' => '<', '>' => '>=', '>=' => '>' } ],
    [ relation => qr/(?<=\s)(==|!=)(?=\s)/, { '==' => '!=', '!=' => '==' } ],
    [   sum => qr/(?<=\s)([+-]=?)(?=\s)/,
        { '+' => '-', '-' => '+', '+=' => '-=', '-=' => '+=' }
    ],
    [ step     => qr/(?<=[\w\])])(\+\+|--)/, { '++' => '--', '--' => '++' } ],
    [ step     => qr/(?<![\w\])])(\+\+|--)(?=\w)/, { '++' => '--', '--' => '++' } ],
    [ product  => qr{(?<=[\w)\]]) ([*/%]) (?=[\w(])}, { '*' => '/', '/' => '*', '%' => '/' } ],
    [   bits => qr/(?<=\s)([&|^]=?)(?=\s)/,
        { '&' => '|', '|' => '&', '^' => '|', '|=' => '&=', '&=' => '|=', '^=' => '|=' }
    ],
    [ bits     => qr/(?<![\w)])(~)(?=[\w(])/, { '~' => '' } ],
    [ shift    => qr/(?<=\s)(<<|>>)(?=\s)/, { '<<' => '>>', '>>' => '<<' } ],
    [ logic    => qr/(?<=\s)(&&|\|\|)(?=\s)/, { '&&' => '||', '||' => '&&' } ],
    [ negation => qr/(?<![\w)])(!)(?=[\w(])/, { '!' => '' } ],
    [ constant => qr/(?<![\w.])([0-9]+)(?:u|UL)?(?![\w.])/, sub { $_[0] + 1 } ],
    [ constant => qr/\b(true|false)\b/, { true => 'false', false => 'true' } ],
    [ extreme  => qr/\b(min_of|max_of)(?=\()/, { min_of => 'max_of', max_of => 'min_of' } ],
    [   order => qr/\b(load_acquire|store_release|swap_if_(?:acquire|release))(?=\()/,
        sub { $_[0] =~ s/_(?:acquire|release)$/_relaxed/r }
    ],
    [ order => qr/\b(__ATOMIC_(?:ACQUIRE|RELEASE))\b/, sub {'__ATOMIC_RELAXED'} ],
);

sub blank { return $_[0] =~ s/[^\n]/ /gr }

# The text with everything blank but what is in functions: without comments, strings,
# directives. Every character keeps its place.
sub code_of {
    my ($text) = @_;
    $text =~ s{(//[^\n]*|/\*.*?\*/)}{blank($1)}gse;
    $text =~ s{("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')}{blank($1)}ge;
    $text =~ s{^([ \t]*\#(?:\\\n|[^\n])*)}{blank($1)}gme;
    $text =~ s{(\b(?:STATIC_CHECK|__asm__)\b[^;]*;)}{blank($1)}ge;
    my ( $code, $is_inside ) = ( '', 0 );
    for my $line ( split /^/, $text ) {
        $is_inside = 0 if $line =~ /^\S/;    # a function begins and ends at the margin
        $code .= $is_inside ? $line : blank($line);
        $is_inside = 1 if $line =~ /^\{/;
    }
    return $code;
}

# Statements that are neither declarations nor jumps, dropped.
sub statements {
    my ($code) = @_;
    my $jump = qr/(?:return|break|continue|goto|case|default|const|static|do|else|for|if|while|switch|typedef|struct)\b/;
    my @found;
    while ( $code =~ /^( +)(?!$jump)([a-zA-Z_(*+-][^;{}]*;)[ ]*$/gm ) {
        my ( $at, $statement ) = ( $-[2], $2 );
        next if substr( $code, 0, $at ) !~ /[;{})]\s*\z/;
        next if $statement =~ /^[a-z_]\w*(?: [a-z_]\w*)* \**(?:const )?[a-z_]\w*(?:\[[^]]*\])?(?:,| = |;)/
            && $statement !~ /^\w+(?:->|\.|\[|\()/;    # a declaration
        next if $statement =~ /^\(void\)\w+;/;         # says that it is not used
        push @found, [ $at, $statement, ';' . $statement =~ s/[^\n]+//gr, 'dropped' ];
    }
    return @found;
}

# Conditions of if and while, negated.
sub conditions {
    my ($code) = @_;
    my @found;
    while ( $code =~ /\b(?:if|while) (?=\()(\((?:[^()]|(?1))*\))/g ) {
        push @found, [ $-[1], $1, "(!$1)", 'negated' ];
    }
    return @found;
}

# Whose is it? The name ahead of the last line at the margin that has one.
sub function_at {
    my ( $text, $at ) = @_;
    return substr( $text, 0, $at ) =~ /.*^(?=[a-zA-Z_])[^\n;]*?\b(\w+)\(/ms ? $1 : '-';
}

# The line, with the place and what it becomes.
sub describe {
    my ( $text, $at, $from, $to ) = @_;
    my $start = rindex( $text, "\n", $at ) + 1;
    my $stop  = index( $text, "\n", $at + length $from );
    my $line  = substr( $text, $start, $at - $start ) . "{$from -> " . $to =~ s/^;\s*$//r . '}'
        . substr( $text, $at + length $from, $stop - $at - length $from );
    $line =~ s/\Q{$from -> (!$from)}\E/{$from -> !}/;
    return $line =~ s/\s+/ /gr =~ s/^ | $//gr;
}

# All mutants of a file: { path, text, at, from, to, kind, name, key }. Two of the same name
# are told apart by their order.
sub of_file {
    my ($path) = @_;
    my $text   = text_of($path);
    my $code   = code_of($text);
    my @found  = ( statements($code), conditions($code) );
    for my $operator (@operators) {
        my ( $kind, $pattern, $becomes ) = @$operator;
        while ( $code =~ /$pattern/g ) {
            my $to = ref $becomes eq 'CODE' ? $becomes->($1) : $becomes->{$1};
            push @found, [ $-[1], $1, $to, $kind ];
        }
    }
    my %times;
    return map {
        my ( $at, $from, $to, $kind ) = @$_;
        my $name = join ': ', $path, function_at( $text, $at ), $kind, describe( $text, $at, $from, $to );
        $name .= " ($times{$name})" if $times{$name}++;
        {   path => $path, at => $at, from => $from, to => $to, kind => $kind,
            name => $name, key => substr( md5_hex($name), 0, 10 ), text => \$text
        };
    } sort { $a->[0] <=> $b->[0] || $a->[3] cmp $b->[3] } @found;
}

# The text of the broken file.
sub broken {
    my ($mutant) = @_;
    my $text = ${ $mutant->{text} };
    substr( $text, $mutant->{at}, length $mutant->{from} ) = $mutant->{to};
    return $text;
}

1;
