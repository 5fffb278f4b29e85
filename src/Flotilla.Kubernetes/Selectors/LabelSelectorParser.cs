namespace Flotilla.Kubernetes.Selectors;

/// <summary>
/// Recursive descent over the query form of label selectors, with the grammar and messages of apimachinery's
/// <c>labels.Parse</c>. <c>in</c> and <c>notin</c> are words only where an operator is expected, elsewhere plain identifiers.
/// </summary>
internal sealed class LabelSelectorParser
{
    private readonly List<Token> tokens;
    private int position;

    public LabelSelectorParser(string text) => tokens = Scan(text);

    private enum Kind
    {
        End,
        Identifier,
        Comma,
        Open,
        Close,
        Not,
        Equal,
        NotEqual,
        Greater,
        Less,
    }

    public List<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            switch (Ahead.Kind)
            {
                case Kind.End:
                    return requirements;
                case Kind.Identifier or Kind.Not:
                    requirements.Add(ParseRequirement());
                    break;
                default:
                    throw new SelectorException($"found '{Ahead.Text}', expected: !, identifier, or 'end of string'");
            }
            var separator = Next();
            if (separator.Kind == Kind.End)
                return requirements;
            if (separator.Kind != Kind.Comma)
                throw new SelectorException($"found '{separator.Text}', expected: ',' or 'end of string'");
            if (Ahead.Kind is not (Kind.Identifier or Kind.Not))
                throw new SelectorException($"found '{Ahead.Text}', expected: identifier after ','");
        }
    }

    private Token Ahead => tokens[position];

    private Token Next() => tokens[position++];

    private LabelRequirement ParseRequirement()
    {
        try
        {
            var token = Next();
            var negated = token.Kind == Kind.Not;
            if (negated)
                token = Next();
            if (token.Kind != Kind.Identifier)
                throw new SelectorException($"found '{token.Text}', expected: identifier");
            if (LabelSyntax.KeyProblems(token.Text) is { Count: > 0 } bad)
                throw new SelectorException(LabelRequirement.Invalid("<nil>", token.Text, string.Join("; ", bad)));
            if (negated)
                return new LabelRequirement(token.Text, LabelOperator.DoesNotExist, []);
            return Ahead.Kind is Kind.End or Kind.Comma
                ? new LabelRequirement(token.Text, LabelOperator.Exists, [])
                : ParseRestriction(token.Text);
        }
        catch (SelectorException e)
        {
            throw new SelectorException("unable to parse requirement: " + e.Message);
        }
    }

    private LabelRequirement ParseRestriction(string key)
    {
        var token = Next();
        return token switch
        {
            { Kind: Kind.Identifier, Text: "in" } => new(key, LabelOperator.In, ParseValues()),
            { Kind: Kind.Identifier, Text: "notin" } => new(key, LabelOperator.NotIn, ParseValues()),
            { Kind: Kind.Equal } => new(key, LabelOperator.In, [ParseExactValue()]),
            { Kind: Kind.NotEqual } => new(key, LabelOperator.NotIn, [ParseExactValue()]),
            { Kind: Kind.Greater } => new(key, LabelOperator.GreaterThan, [ParseExactValue()]),
            { Kind: Kind.Less } => new(key, LabelOperator.LessThan, [ParseExactValue()]),
            _ => throw new SelectorException($"found '{token.Text}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private string ParseExactValue()
    {
        if (Ahead.Kind is Kind.End or Kind.Comma)
            return "";
        var token = Next();
        return token.Kind == Kind.Identifier ? token.Text : throw new SelectorException($"found '{token.Text}', expected: identifier");
    }

    private string[] ParseValues()
    {
        var open = Next();
        if (open.Kind != Kind.Open)
            throw new SelectorException($"found '{open.Text}' expected: '('");
        switch (Ahead.Kind)
        {
            case Kind.Close:
                Next();
                return [""];
            case Kind.Identifier or Kind.Comma:
                var values = ParseList();
                Next();
                return [.. values];
            default:
                throw new SelectorException($"found '{Ahead.Text}', expected: ',', ')' or identifier");
        }
    }

    /// <summary>Values up to the closing parenthesis, which is left. Nothing between commas is the empty value.</summary>
    private SortedSet<string> ParseList()
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var token = Next();
            switch (token.Kind)
            {
                case Kind.Identifier:
                    values.Add(token.Text);
                    if (Ahead.Kind == Kind.Close)
                        return values;
                    if (Ahead.Kind != Kind.Comma)
                        throw new SelectorException($"found '{Ahead.Text}', expected: ',' or ')'");
                    break;
                case Kind.Comma:
                    if (values.Count == 0 || Ahead.Kind is Kind.Close or Kind.Comma)
                        values.Add("");
                    if (Ahead.Kind == Kind.Close)
                        return values;
                    break;
                default:
                    throw new SelectorException($"found '{token.Text}', expected: ',', or identifier");
            }
        }
    }

    private static List<Token> Scan(string text)
    {
        var found = new List<Token>();
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
                continue;
            }
            if (text[at] == '\0')
                break;
            var token = ScanOne(text, at);
            found.Add(token);
            at += token.Text.Length;
        }
        found.Add(new Token(Kind.End, ""));
        return found;
    }

    private static Token ScanOne(string text, int at)
    {
        var pair = text.AsSpan(at, Math.Min(2, text.Length - at));
        if (pair is "==")
            return new Token(Kind.Equal, "==");
        if (pair is "!=")
            return new Token(Kind.NotEqual, "!=");
        Kind? symbol = text[at] switch
        {
            ',' => Kind.Comma,
            '(' => Kind.Open,
            ')' => Kind.Close,
            '!' => Kind.Not,
            '=' => Kind.Equal,
            '>' => Kind.Greater,
            '<' => Kind.Less,
            _ => null,
        };
        if (symbol is { } kind)
            return new Token(kind, text[at..(at + 1)]);
        var length = text.AsSpan(at).IndexOfAny(" \t\r\n=!(),><\0");
        return new Token(Kind.Identifier, length < 0 ? text[at..] : text.Substring(at, length));
    }

    private readonly record struct Token(Kind Kind, string Text);
}
