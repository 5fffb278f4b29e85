using static Flotilla.Kubernetes.Cel.Syntax.TokenKind;

namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>Literals, names, lists, maps and messages; and what happens after a mistake.</summary>
internal sealed partial class Parser
{
    private Expr ParsePrimary()
    {
        if (!StartsPrimary(Current.Kind) && !(StartsPrimary(Next.Kind) && SkipUnwanted(AnyExpression)))
        {
            Mismatch(AnyExpression);
            var offset = Current.Start;
            Recover();
            return new ErrorExpr(offset);
        }
        switch (Current.Kind)
        {
            case OpenParenthesis:
                Take();
                var nested = ParseExpression();
                Match(CloseParenthesis, "')'");
                return nested;
            case OpenBracket:
                return ParseList();
            case OpenBrace:
                return ParseMap();
            case Dot or Identifier:
                return ParseName();
            case Not or Minus when Current.Kind == Not || Next.Kind is not (Int or Float):
                // An operator behind another one: only signs of one kind go together.
                Report($"no viable alternative at input '{Current.Text(source)}'");
                var misplaced = Current.Start;
                position++;
                Recover();
                return new ErrorExpr(misplaced);
            default:
                return ParseLiteral();
        }
    }

    private static bool StartsPrimary(TokenKind kind) =>
        kind is OpenParenthesis or OpenBracket or OpenBrace or Dot or Identifier or Minus or Not or True or False or Null or Int or Uint or Float or TokenKind.String or Bytes;

    private Expr ParseName()
    {
        var offset = Current.Start;
        var rooted = TakeIf(Dot);
        if (Current.Kind != Identifier)
        {
            Report($"no viable alternative at input '.{(Current.Kind == End ? "" : Current.Text(source))}'");
            Recover();
            return new ErrorExpr(offset);
        }
        var first = Take();
        var name = first.Text(source);
        if (IsMessage(out var length))
            return ParseMessage((rooted ? "." : "") + name, length);
        if (CelFieldNames.IsReserved(name))
        {
            problems.Add(offset, $"reserved identifier: {name}");
            if (TakeIf(OpenParenthesis))
                ParseArguments();
            return new ErrorExpr(offset);
        }
        if (rooted)
            name = "." + name;
        if (Current.Kind != OpenParenthesis)
            return new IdentExpr(first.Start, name);
        var open = Take();
        var arguments = ParseArguments();
        return Call(open.Start, name, null, arguments, arguments.Count == 0 ? 0 : arguments.Max(a => a.Depth));
    }

    /// <summary>Whether a dotted name before here is continued up to a brace: <c>a.b.C{</c>.</summary>
    private bool IsMessage(out int length)
    {
        length = 0;
        while (tokens[Math.Min(position + length, tokens.Count - 1)].Kind == Dot
               && tokens[Math.Min(position + length + 1, tokens.Count - 1)].Kind == Identifier)
            length += 2;
        return tokens[Math.Min(position + length, tokens.Count - 1)].Kind == OpenBrace;
    }

    private Expr ParseMessage(string name, int length)
    {
        for (var i = 0; i < length; i += 2)
        {
            Take();
            name += "." + Take().Text(source);
        }
        var open = Take();
        List<FieldEntry> fields = [];
        const string fieldStart = "{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}";
        if (Current.Kind is not (CloseBrace or Comma or Question or Identifier or EscapedIdentifier) && Next.Kind is CloseBrace or Comma or Question or Identifier or EscapedIdentifier)
            SkipUnwanted(fieldStart);
        while (Current.Kind is Question or Identifier or EscapedIdentifier)
        {
            var optional = TakeIf(Question);
            var field = Current;
            if (!Match(field.Kind == EscapedIdentifier ? EscapedIdentifier : Identifier, "{IDENTIFIER, ESC_IDENTIFIER}"))
                break;
            var colon = Current;
            Match(Colon, "':'");
            var value = ParseExpression();
            if (field.Kind == EscapedIdentifier)
                problems.Add(field.Start, "unsupported syntax: '`'");
            if (optional && !optionalSyntax)
                problems.Add(field.Start - 1, "unsupported syntax '?'");
            fields.Add(new FieldEntry(colon.Start, field.Text(source), value, optional));
            if (!TakeIf(Comma))
                break;
        }
        TakeIf(Comma);
        Match(CloseBrace, "'}'");
        return new StructExpr(open.Start, fields.Count == 0 ? 0 : fields.Max(f => f.Value.Depth), name, fields);
    }

    private Expr ParseList()
    {
        var open = Take();
        List<Expr> elements = [];
        List<bool> optional = [];
        while (Current.Kind is not (CloseBracket or Comma))
        {
            var mark = Current;
            optional.Add(TakeIf(Question));
            if (optional[^1] && !optionalSyntax)
                problems.Add(mark.Start, "unsupported syntax '?'");
            elements.Add(ParseExpression());
            if (!TakeIf(Comma))
                break;
        }
        TakeIf(Comma);
        if (Current.Kind != CloseBracket)
            MatchInSet(CloseBracket, "{']', ','}");
        else
            Take();
        return new ListExpr(open.Start, elements.Count == 0 ? 0 : elements.Max(e => e.Depth), elements, optional.Contains(true) ? optional : []);
    }

    private Expr ParseMap()
    {
        var open = Take();
        List<MapEntry> entries = [];
        const string entryStart = "{'[', '{', '}', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
        if (!StartsEntry(Current.Kind))
        {
            if (!(StartsEntry(Next.Kind) && SkipUnwanted(entryStart)))
            {
                Mismatch(entryStart);
                Recover();
            }
        }
        while (StartsPrimary(Current.Kind) || Current.Kind == Question)
        {
            var mark = Current;
            var optional = TakeIf(Question);
            if (optional && !optionalSyntax)
                problems.Add(mark.Start, "unsupported syntax '?'");
            var key = ParseExpression();
            var colon = Current;
            Match(Colon, "':'");
            if (recovering)
                break;
            entries.Add(new MapEntry(colon.Start, key, ParseExpression(), optional));
            if (!TakeIf(Comma))
                break;
        }
        TakeIf(Comma);
        Match(CloseBrace, "'}'");
        return new MapExpr(open.Start, entries.Count == 0 ? 0 : entries.Max(e => Math.Max(e.Key.Depth, e.Value.Depth)), entries);
    }

    private static bool StartsEntry(TokenKind kind) => StartsPrimary(kind) || kind is CloseBrace or Comma or Question;

    private Expr ParseLiteral()
    {
        var offset = Current.Start;
        var negative = TakeIf(Minus);
        var token = Take();
        var text = source.AsSpan(token.Start, token.Length);
        switch (token.Kind)
        {
            case True or False:
                return new LiteralExpr(offset, CelValue.Of(token.Kind == True));
            case Null:
                return new LiteralExpr(offset, CelValue.Null);
            case Int:
                return Literals.TryInt(text, negative, out var whole) ? new LiteralExpr(offset, CelValue.Of(whole)) : Invalid("invalid int literal");
            case Uint:
                return Literals.TryUint(text, out var unsigned) ? new LiteralExpr(offset, CelValue.Of(unsigned)) : Invalid("invalid uint literal");
            case Float:
                return Literals.TryDouble(text, negative, out var number) ? new LiteralExpr(offset, CelValue.Of(number)) : Invalid("invalid double literal");
            case TokenKind.String:
                return Literals.String(text, out var wrong) is { } content ? new LiteralExpr(offset, CelValue.Of(content)) : Invalid(wrong);
            default:
                return Literals.Bytes(text[1..], out wrong) is { } bytes ? new LiteralExpr(offset, CelValue.Of(bytes)) : Invalid(wrong);
        }

        ErrorExpr Invalid(string message)
        {
            problems.Add(offset, message);
            return new ErrorExpr(offset);
        }
    }

    private Token Take()
    {
        var token = Current;
        if (token.Kind != End)
            position++;
        recovering = false;
        return token;
    }

    private bool TakeIf(TokenKind kind)
    {
        if (Current.Kind != kind)
            return false;
        Take();
        return true;
    }

    private bool Match(TokenKind kind, string name)
    {
        if (Current.Kind == kind)
        {
            Take();
            return true;
        }
        if (kind == CloseParenthesis && Next.Kind != kind && FollowsPrimary(Current.Kind))
        {
            Report($"missing {name} at '{Current.Text(source)}'");
            return true;
        }
        return MatchInSet(kind, name);
    }

    private bool MatchInSet(TokenKind kind, string expected)
    {
        if (Next.Kind == kind && Current.Kind != End && SkipUnwanted(expected))
        {
            Take();
            return true;
        }
        Mismatch(expected);
        Recover();
        return kind != Colon && TakeIf(kind);
    }

    private static bool FollowsPrimary(TokenKind kind) =>
        kind is End or CloseBracket or CloseBrace or Comma or Colon or Question or And or Or or Plus or Minus or Star or Slash or Percent or Dot
        || RelationOperator(kind) is not null;

    /// <summary>Drops one token that does not belong here but is followed by one that does.</summary>
    private bool SkipUnwanted(string expected)
    {
        Report($"extraneous input '{Current.Text(source)}' expecting {expected}");
        position++;
        return true;
    }

    private void Mismatch(string expected) => Report($"mismatched input '{Current.Text(source)}' expecting {expected}");

    /// <summary>One mistake is reported once: nothing more until a token has been accepted.</summary>
    private void Report(string message)
    {
        if (recovering)
            return;
        recovering = true;
        problems.Add(Current.Start, "Syntax error: " + message);
    }

    private void Recover()
    {
        if (++recoveries > MaxRecoveries)
        {
            problems.Add(Current.Start, $"Syntax error: error recovery attempt limit exceeded: {MaxRecoveries}");
            throw new ParsingAbandoned();
        }
        while (!FollowsPrimary(Current.Kind) && Current.Kind != CloseParenthesis)
            position++;
    }

    private void Abandon(string message)
    {
        problems.Add(SourceProblems.Nowhere, message);
        throw new ParsingAbandoned();
    }

    private sealed class ParsingAbandoned : Exception;
}
