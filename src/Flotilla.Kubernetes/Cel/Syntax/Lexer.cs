namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>Cuts an expression into tokens. What is no token is reported and skipped, so that parsing finds more problems.</summary>
internal ref struct Lexer(string source, SourceProblems problems)
{
    private readonly ReadOnlySpan<char> text = source;
    private int position;

    public List<Token> ReadAll()
    {
        var tokens = new List<Token>(text.Length / 3 + 2);
        while (SkipBlanks())
        {
            if (Read() is { } token)
                tokens.Add(token);
        }
        tokens.Add(new Token(TokenKind.End, text.Length, 0));
        return tokens;
    }

    private bool SkipBlanks()
    {
        while (position < text.Length)
        {
            if (text[position] is ' ' or '\t' or '\r' or '\n' or '\f')
            {
                position++;
            }
            else if (text[position..].StartsWith("//", StringComparison.Ordinal))
            {
                var end = text[position..].IndexOf('\n');
                position = end < 0 ? text.Length : position + end;
            }
            else
            {
                return true;
            }
        }
        return false;
    }

    private Token? Read()
    {
        var start = position;
        var c = text[start];
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(At(1))))
            return ReadNumber();
        if (char.IsAsciiLetter(c) || c == '_')
            return ReadPrefixedString(start) ?? ReadIdentifier();
        if (c is '"' or '\'')
            return ReadString(start, TokenKind.String, raw: false);
        if (c == '`')
            return ReadEscapedIdentifier();
        var (kind, length) = Symbol(c, At(1));
        if (kind != TokenKind.End)
        {
            position += length;
            return new Token(kind, start, length);
        }
        // A lone & | = is only known to be wrong once the next character has been seen, so it is shown as well.
        return Unrecognised(start, Math.Min(text.Length, start + CharLength(start) + (c is '&' or '|' or '=' && start + 1 < text.Length ? CharLength(start + 1) : 0)));
    }

    private static (TokenKind Kind, int Length) Symbol(char c, char next) => (c, next) switch
    {
        ('=', '=') => (TokenKind.Equal, 2),
        ('!', '=') => (TokenKind.NotEqual, 2),
        ('<', '=') => (TokenKind.LessEqual, 2),
        ('>', '=') => (TokenKind.GreaterEqual, 2),
        ('&', '&') => (TokenKind.And, 2),
        ('|', '|') => (TokenKind.Or, 2),
        ('<', _) => (TokenKind.Less, 1),
        ('>', _) => (TokenKind.Greater, 1),
        ('[', _) => (TokenKind.OpenBracket, 1),
        (']', _) => (TokenKind.CloseBracket, 1),
        ('{', _) => (TokenKind.OpenBrace, 1),
        ('}', _) => (TokenKind.CloseBrace, 1),
        ('(', _) => (TokenKind.OpenParenthesis, 1),
        (')', _) => (TokenKind.CloseParenthesis, 1),
        ('.', _) => (TokenKind.Dot, 1),
        (',', _) => (TokenKind.Comma, 1),
        ('-', _) => (TokenKind.Minus, 1),
        ('!', _) => (TokenKind.Not, 1),
        ('?', _) => (TokenKind.Question, 1),
        (':', _) => (TokenKind.Colon, 1),
        ('+', _) => (TokenKind.Plus, 1),
        ('*', _) => (TokenKind.Star, 1),
        ('/', _) => (TokenKind.Slash, 1),
        ('%', _) => (TokenKind.Percent, 1),
        _ => (TokenKind.End, 0),
    };

    private Token ReadNumber()
    {
        var start = position;
        if (text[start] == '0' && At(1) == 'x' && char.IsAsciiHexDigit(At(2)))
        {
            position += 2;
            while (char.IsAsciiHexDigit(At(0)))
                position++;
            return EndInteger(start);
        }
        SkipDigits();
        var isFloat = false;
        if (At(0) == '.' && char.IsAsciiDigit(At(1)))
        {
            isFloat = true;
            position++;
            SkipDigits();
        }
        if (At(0) is 'e' or 'E')
        {
            var sign = At(1) is '+' or '-' ? 1 : 0;
            if (char.IsAsciiDigit(At(1 + sign)))
            {
                isFloat = true;
                position += 1 + sign;
                SkipDigits();
            }
        }
        return isFloat ? new Token(TokenKind.Float, start, position - start) : EndInteger(start);
    }

    private Token EndInteger(int start)
    {
        if (At(0) is not ('u' or 'U'))
            return new Token(TokenKind.Int, start, position - start);
        position++;
        return new Token(TokenKind.Uint, start, position - start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(At(0)))
            position++;
    }

    private Token ReadIdentifier()
    {
        var start = position;
        while (char.IsAsciiLetterOrDigit(At(0)) || At(0) == '_')
            position++;
        var kind = text[start..position] switch
        {
            "true" => TokenKind.True,
            "false" => TokenKind.False,
            "null" => TokenKind.Null,
            "in" => TokenKind.In,
            _ => TokenKind.Identifier,
        };
        return new Token(kind, start, position - start);
    }

    private Token? ReadEscapedIdentifier()
    {
        var start = position;
        var end = start + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.' or '-' or '/' or ' '))
            end++;
        if (end == start + 1 || end == text.Length || text[end] != '`')
            return Unrecognised(start, end < text.Length ? end + CharLength(end) : end);
        position = end + 1;
        return new Token(TokenKind.EscapedIdentifier, start, position - start);
    }

    /// <summary>A string with the prefixes <c>b</c> and <c>r</c> in either case and either alone, or <c>br</c>.</summary>
    private Token? ReadPrefixedString(int start)
    {
        var quote = start;
        var bytes = text[quote] is 'b' or 'B';
        if (bytes)
            quote++;
        var raw = quote < text.Length && text[quote] is 'r' or 'R';
        if (raw)
            quote++;
        if (quote == start || quote >= text.Length || text[quote] is not ('"' or '\''))
            return null;
        position = quote;
        return ReadString(start, bytes ? TokenKind.Bytes : TokenKind.String, raw);
    }

    private Token? ReadString(int start, TokenKind kind, bool raw)
    {
        var quote = text[position];
        var triple = At(1) == quote && At(2) == quote;
        var end = position + (triple ? 3 : 1);
        while (end < text.Length)
        {
            var c = text[end];
            if (c == quote && (!triple || (end + 2 < text.Length && text[end + 1] == quote && text[end + 2] == quote)))
            {
                position = end + (triple ? 3 : 1);
                return new Token(kind, start, position - start);
            }
            if (!triple && (c is '\n' or '\r'))
                return Unrecognised(start, end + 1);
            if (c == '\\' && !raw)
            {
                var length = EscapeLength(end);
                if (length < 0)
                    return Unrecognised(start, end - length);
                end += length;
            }
            else
            {
                end++;
            }
        }
        if (!triple)
            return Unrecognised(start, text.Length);
        // Three quotes that are not closed are an empty string and the start of another one.
        position += 2;
        return new Token(kind, start, position - start);
    }

    /// <summary>Length of the escape sequence, or minus the number of characters after which it is wrong.</summary>
    private readonly int EscapeLength(int start)
    {
        if (start + 1 >= text.Length)
            return -1;
        var c = text[start + 1];
        switch (c)
        {
            case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '"' or '\'' or '\\' or '?' or '`':
                return 2;
            case >= '0' and <= '3':
                for (var i = 2; i < 4; i++)
                {
                    if (start + i >= text.Length || text[start + i] is < '0' or > '7')
                        return -(i + 1);
                }
                return 4;
            case 'x' or 'X' or 'u' or 'U':
                var digits = c switch { 'u' => 4, 'U' => 8, _ => 2 };
                for (var i = 2; i < 2 + digits; i++)
                {
                    if (start + i >= text.Length || !char.IsAsciiHexDigit(text[start + i]))
                        return -(i + 1);
                }
                return 2 + digits;
            default:
                return -2;
        }
    }

    private Token? Unrecognised(int start, int end)
    {
        end = Math.Min(end, text.Length);
        problems.Add(start, $"Syntax error: token recognition error at: '{text[start..end]}'");
        position = end;
        return null;
    }

    private readonly int CharLength(int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    private readonly char At(int ahead) => position + ahead < text.Length ? text[position + ahead] : '\0';
}
