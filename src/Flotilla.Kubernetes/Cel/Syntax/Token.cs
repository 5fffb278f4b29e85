namespace Flotilla.Kubernetes.Cel.Syntax;

internal enum TokenKind
{
    End,
    Identifier,
    EscapedIdentifier,
    Int,
    Uint,
    Float,
    String,
    Bytes,
    True,
    False,
    Null,
    In,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    OpenParenthesis,
    CloseParenthesis,
    Dot,
    Comma,
    Minus,
    Not,
    Question,
    Colon,
    Plus,
    Star,
    Slash,
    Percent,
}

/// <summary>A token; start and length are in UTF-16 units.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length)
{
    public string Text(string source) => Kind == TokenKind.End ? "<EOF>" : source.Substring(Start, Length);
}
