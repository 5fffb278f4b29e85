namespace Flotilla.Kubernetes.Json;

/// <summary>
/// Says of a text that is no JSON what Go's decoder says of it: clients of the API see these sentences. Only for texts that have been
/// refused; it goes through them once more, without recursion.
/// </summary>
internal ref struct JsonSyntax
{
    private readonly ReadOnlySpan<byte> text;
    private readonly Stack<char> open = new();
    private Expect expect = Expect.Value;
    private int at;

    private JsonSyntax(ReadOnlySpan<byte> text) => this.text = text;

    private enum Expect
    {
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        Colon,
        CommaOrEnd,
    }

    /// <summary>The first problem, as <c>invalid character '}' looking for beginning of value</c>; null when there is none but depth.</summary>
    public static string? Explain(ReadOnlySpan<byte> utf8)
    {
        var syntax = new JsonSyntax(utf8);
        while (true)
        {
            syntax.SkipSpace();
            if (syntax.at == utf8.Length && syntax.expect == Expect.CommaOrEnd && syntax.open.Count == 0)
                return null;
            if (syntax.Step() is { } problem)
                return problem;
        }
    }

    private string? Step()
    {
        if (at == text.Length)
            return "unexpected end of JSON input";
        var c = (char)text[at];
        switch (expect)
        {
            case Expect.Value or Expect.ValueOrEnd:
                return expect == Expect.ValueOrEnd && c == ']' ? Close() : Value(c);
            case Expect.Key or Expect.KeyOrEnd:
                if (expect == Expect.KeyOrEnd && c == '}')
                    return Close();
                expect = Expect.Colon;
                return c == '"' ? String() : Invalid("looking for beginning of object key string");
            case Expect.Colon:
                expect = Expect.Value;
                return c == ':' ? Next() : Invalid("after object key");
            default:
                return AfterValue(c);
        }
    }

    private string? Value(char c)
    {
        switch (c)
        {
            case '{' or '[':
                open.Push(c);
                expect = c == '{' ? Expect.KeyOrEnd : Expect.ValueOrEnd;
                return Next();
            case '"':
                expect = Expect.CommaOrEnd;
                return String();
            case '-' or (>= '0' and <= '9'):
                expect = Expect.CommaOrEnd;
                return Number();
            case 't' or 'f' or 'n':
                expect = Expect.CommaOrEnd;
                return Literal(c switch { 't' => "true", 'f' => "false", _ => "null" });
            default:
                return Invalid("looking for beginning of value");
        }
    }

    private string? AfterValue(char c)
    {
        if (!open.TryPeek(out var container))
            return Invalid("after top-level value");
        if (c == (container == '{' ? '}' : ']'))
            return Close();
        expect = container == '{' ? Expect.Key : Expect.Value;
        return c == ',' ? Next() : Invalid(container == '{' ? "after object key:value pair" : "after array element");
    }

    private string? Next()
    {
        at++;
        return null;
    }

    private string? Close()
    {
        open.Pop();
        expect = Expect.CommaOrEnd;
        return Next();
    }

    private string? String()
    {
        for (at++; at < text.Length; at++)
        {
            switch (text[at])
            {
                case (byte)'"':
                    return Next();
                case (byte)'\\':
                    if (Escape() is { } problem)
                        return problem;
                    break;
                case < 0x20:
                    return Invalid("in string literal");
            }
        }
        return Invalid("");
    }

    /// <summary>Leaves the reader on the last character of the escape.</summary>
    private string? Escape()
    {
        at++;
        if (at == text.Length || !"bfnrt\\/\"u".Contains((char)text[at], StringComparison.Ordinal))
            return Invalid("in string escape code");
        if (text[at] != 'u')
            return null;
        for (var i = 0; i < 4; i++)
        {
            at++;
            if (at == text.Length || !char.IsAsciiHexDigit((char)text[at]))
                return Invalid("in \\u hexadecimal character escape");
        }
        return null;
    }

    private string? Number()
    {
        if (text[at] == '-')
            at++;
        if (!IsDigit())
            return Invalid("in numeric literal");
        if (text[at] == '0')
            at++;
        else
            SkipDigits();
        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (!IsDigit())
                return Invalid("after decimal point in numeric literal");
            SkipDigits();
        }
        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
                at++;
            if (!IsDigit())
                return Invalid("in exponent of numeric literal");
            SkipDigits();
        }
        return null;
    }

    private string? Literal(string word)
    {
        for (var i = 1; i < word.Length; i++)
        {
            at++;
            if (at == text.Length || text[at] != word[i])
                return Invalid($"in literal {word} (expecting '{word[i]}')");
        }
        return Next();
    }

    private readonly bool IsDigit() => at < text.Length && char.IsAsciiDigit((char)text[at]);

    private void SkipDigits()
    {
        while (IsDigit())
            at++;
    }

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            at++;
    }

    private readonly string Invalid(string where)
    {
        if (at == text.Length)
            return "unexpected end of JSON input";
        var shown = text[at] switch
        {
            (byte)'\'' => "\\'",
            (byte)'"' => "\"",
            (byte)'\\' => "\\\\",
            (byte)'\n' => "\\n",
            (byte)'\r' => "\\r",
            (byte)'\t' => "\\t",
            < 0x20 or (>= 0x7F and < 0xA0) or 0xAD => $"\\x{text[at]:x2}",
            _ => ((char)text[at]).ToString(),
        };
        return $"invalid character '{shown}' {where}";
    }
}
