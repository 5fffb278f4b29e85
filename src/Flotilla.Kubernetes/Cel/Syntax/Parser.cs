using static Flotilla.Kubernetes.Cel.Syntax.TokenKind;

namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>
/// Parses by recursive descent. Nesting is limited, so no source overflows the stack; after a mistake the parser goes on
/// behind it and reports what else it finds, in the words of cel-go's generated parser.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>How deeply expressions may nest, as in cel-go.</summary>
    public const int MaxDepth = 250;

    /// <summary>Longest source in code points, as in cel-go.</summary>
    public const int MaxLength = 100_000;

    private const string ExpressionStart =
        "'-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

    private const string AnyExpression = "{'[', '{', '(', '.', " + ExpressionStart;
    private const int MaxRecoveries = 30;

    private readonly string source;
    private readonly SourceProblems problems;
    private readonly List<Token> tokens;
    private readonly MacroTable macros;
    private readonly bool optionalSyntax;
    private readonly bool quotedFields;
    private int position;
    private int nesting;
    private int recoveries;
    private bool recovering;

    private Parser(string source, SourceProblems problems, CelEnvironment environment)
    {
        this.source = source;
        this.problems = problems;
        macros = environment.Macros;
        optionalSyntax = environment.Libraries.HasFlag(CelLibraries.Optionals);
        quotedFields = environment.Libraries.HasFlag(CelLibraries.QuotedFields);
        tokens = new Lexer(source, problems).ReadAll();
    }

    private Token Current => tokens[position];

    private Token Next => tokens[Math.Min(position + 1, tokens.Count - 1)];

    /// <summary>Parses a whole expression; what is wrong with it goes to <paramref name="problems"/>.</summary>
    public static Expr Parse(string source, SourceProblems problems, CelEnvironment environment)
    {
        var length = source.Length - source.Count(char.IsLowSurrogate);
        if (length > MaxLength)
        {
            problems.Add(SourceProblems.Nowhere, $"expression code point size exceeds limit: size: {length}, limit {MaxLength}");
            return new ErrorExpr(0);
        }
        var parser = new Parser(source, problems, environment);
        try
        {
            var expression = parser.ParseExpression();
            parser.Match(End, "<EOF>");
            return expression;
        }
        catch (ParsingAbandoned)
        {
            return new ErrorExpr(0);
        }
    }

    private Expr ParseExpression()
    {
        if (++nesting > MaxDepth)
            Abandon($"expression recursion limit exceeded: {MaxDepth}");
        var condition = ParseLogical(Or);
        if (Current.Kind == Question)
        {
            var question = Take();
            var whenTrue = ParseLogical(Or);
            Match(Colon, "':'");
            var whenFalse = ParseExpression();
            condition = Call(question.Start, Operators.Conditional, null, [condition, whenTrue, whenFalse], Deeper(condition, whenTrue, whenFalse));
        }
        nesting--;
        return condition;
    }

    /// <summary>Chains of <c>||</c> and <c>&amp;&amp;</c> become one node: however long, they do not nest.</summary>
    private Expr ParseLogical(TokenKind kind)
    {
        var first = kind == Or ? ParseLogical(And) : ParseRelation();
        if (Current.Kind != kind)
            return first;
        var offset = Current.Start;
        List<Expr> terms = [first];
        while (Current.Kind == kind)
        {
            Take();
            terms.Add(kind == Or ? ParseLogical(And) : ParseRelation());
        }
        return new CallExpr(offset, terms.Max(t => t.Depth), kind == Or ? Operators.Or : Operators.And, null, terms);
    }

    private Expr ParseRelation()
    {
        var left = ParseSum();
        while (RelationOperator(Current.Kind) is { } function)
            left = Binary(function, left, ParseSum);
        return left;
    }

    private Expr ParseSum()
    {
        var left = ParseProduct();
        while (Current.Kind is Plus or Minus)
            left = Binary(Current.Kind == Plus ? Operators.Add : Operators.Subtract, left, ParseProduct);
        return left;
    }

    private Expr ParseProduct()
    {
        var left = ParseUnary();
        while (Current.Kind is Star or Slash or Percent)
        {
            var function = Current.Kind switch { Star => Operators.Multiply, Slash => Operators.Divide, _ => Operators.Modulo };
            left = Binary(function, left, ParseUnary);
        }
        return left;
    }

    private Expr Binary(string function, Expr left, Func<Expr> parseRight)
    {
        var offset = Take().Start;
        var right = parseRight();
        return Call(offset, function, null, [left, right], Deeper(left, right));
    }

    private static string? RelationOperator(TokenKind kind) => kind switch
    {
        Less => Operators.Less,
        LessEqual => Operators.LessEqual,
        Greater => Operators.Greater,
        GreaterEqual => Operators.GreaterEqual,
        Equal => Operators.Equal,
        NotEqual => Operators.NotEqual,
        In => Operators.In,
        _ => null,
    };

    private Expr ParseUnary()
    {
        if (Current.Kind is not (Not or Minus) || (Current.Kind == Minus && Next.Kind is Int or Float))
            return ParseMember();
        var kind = Current.Kind;
        var offset = Current.Start;
        var count = 0;
        while (Current.Kind == kind)
        {
            Take();
            count++;
        }
        var operand = ParseMember();
        return count % 2 == 0 ? operand : Call(offset, kind == Not ? Operators.Not : Operators.Negate, null, [operand], operand.Depth);
    }

    private Expr ParseMember()
    {
        var member = ParsePrimary();
        while (true)
        {
            switch (Current.Kind)
            {
                case Dot:
                    member = ParseSelection(member);
                    break;
                case OpenBracket:
                    member = ParseIndex(member);
                    break;
                default:
                    return member;
            }
        }
    }

    private Expr ParseSelection(Expr operand)
    {
        var dot = Take();
        var optional = Current.Kind == Question;
        if (optional)
            Take();
        if (Current.Kind is not (Identifier or EscapedIdentifier))
        {
            if (optional)
                Mismatch("{IDENTIFIER, ESC_IDENTIFIER}");
            else if (Current.Kind is True or False or Null)
                Report($"mismatched input '{Current.Text(source)}' expecting IDENTIFIER");
            else
                Report($"no viable alternative at input '.{(Current.Kind == End ? "" : Current.Text(source))}'");
            Recover();
            return new ErrorExpr(dot.Start);
        }
        var name = Take();
        var field = name.Text(source);
        if (name.Kind == EscapedIdentifier && quotedFields)
        {
            field = field[1..^1];
        }
        else if (name.Kind == EscapedIdentifier)
        {
            problems.Add(name.Start, "unsupported syntax: '`'");
            return new ErrorExpr(dot.Start);
        }
        if (optional)
        {
            if (optionalSyntax)
                return Call(dot.Start, Operators.OptionalSelect, null, [operand, new LiteralExpr(name.Start, CelValue.Of(field))], Deeper(operand));
            problems.Add(dot.Start, "unsupported syntax '.?'");
            return new ErrorExpr(dot.Start);
        }
        if (Current.Kind != OpenParenthesis || name.Kind == EscapedIdentifier)
            return new SelectExpr(dot.Start, Deeper(operand), operand, field, testOnly: false);
        var open = Take();
        var arguments = ParseArguments();
        return Call(open.Start, field, operand, arguments, Deeper([operand, .. arguments]));
    }

    private Expr ParseIndex(Expr operand)
    {
        var open = Take();
        var optional = Current.Kind == Question;
        if (optional)
            Take();
        var index = ParseExpression();
        Match(CloseBracket, "']'");
        if (!optional || optionalSyntax)
            return Call(open.Start, optional ? Operators.OptionalIndex : Operators.Index, null, [operand, index], Deeper(operand, index));
        problems.Add(open.Start, "unsupported syntax '[?'");
        return new ErrorExpr(open.Start);
    }

    private List<Expr> ParseArguments()
    {
        List<Expr> arguments = [];
        if (Current.Kind != CloseParenthesis)
        {
            do
                arguments.Add(ParseExpression());
            while (TakeIf(Comma));
        }
        Match(CloseParenthesis, "')'");
        return arguments;
    }

    private Expr Call(int offset, string function, Expr? target, List<Expr> arguments, int depth)
    {
        if (macros.Find(function, arguments.Count, target is not null) is { } macro
            && macro.Expand(new MacroContext(offset, depth, problems), target, arguments) is { } expanded)
            return expanded;
        return new CallExpr(offset, depth, function, target, arguments);
    }

    private int Deeper(params ReadOnlySpan<Expr> below)
    {
        var depth = 0;
        foreach (var expression in below)
            depth = Math.Max(depth, expression.Depth);
        if (depth >= MaxDepth)
            Abandon("max recursion depth exceeded");
        return depth + 1;
    }
}
