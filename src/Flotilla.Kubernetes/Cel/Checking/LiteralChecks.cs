using Flotilla.Kubernetes.Cel.Functions;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Kubernetes.Cel.Checking;

/// <summary>Finds literals that can never be what they are used for: <c>duration('1 x')</c>, <c>matches('(')</c>.</summary>
internal static class LiteralChecks
{
    public static void Run(IEnumerable<Expr> expressions, SourceProblems problems)
    {
        foreach (var expression in expressions)
        {
            if (expression is CallExpr { ResolvedFunction: "format", Target: LiteralExpr { Value.Kind: CelValueKind.String } format, Arguments: [ListExpr list] } formatting)
                CheckFormat(formatting, format.Value.String, list, problems);
            else if (expression is CallExpr { Arguments: [LiteralExpr literal, ..] } call && !IsValid(call.ResolvedFunction, literal.Value))
                problems.Add(literal.Offset, $"invalid {call.ResolvedFunction} argument");
        }
    }

    private static void CheckFormat(CallExpr call, string format, ListExpr list, SourceProblems problems)
    {
        var next = 0;
        try
        {
            for (var i = 0; i < format.Length; i++)
            {
                if (format[i] != '%')
                    continue;
                if (i + 1 < format.Length && format[i + 1] == '%')
                {
                    i++;
                    continue;
                }
                if (next >= list.Elements.Count)
                    throw new FormatException($"index {next} out of range");
                var argument = list.Elements[next++];
                var (verb, _) = TextFormatting.ReadClause(format, ref i);
                if (TextFormatting.Refusal(verb, argument.Type.Kind, argument.Type.Name) is { } refusal)
                {
                    problems.Add(argument.Offset, "error during formatting: " + refusal);
                    return;
                }
            }
            if (list.Elements.Count > next)
                problems.Add(call.Offset, $"too many arguments supplied to string.format (expected {next}, got {list.Elements.Count})");
        }
        catch (FormatException e)
        {
            problems.Add(call.Offset, e.Message);
        }
    }

    private static bool IsValid(string function, CelValue argument) => (function, argument.Kind) switch
    {
        ("duration", CelValueKind.String) => GoDuration.Parse(argument.String) is not null,
        ("timestamp", CelValueKind.String) => TimeText.Parse(argument.String) is { InRange: true },
        ("timestamp", CelValueKind.Int) => new Timestamp(argument.Int, 0).InRange,
        ("matches", CelValueKind.String) => Re2.TryParse(argument.String, out _) is not null,
        _ => true,
    };
}
