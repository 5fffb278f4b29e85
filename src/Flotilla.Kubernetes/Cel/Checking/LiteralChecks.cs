using Flotilla.Kubernetes.Cel.Patterns;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Checking;

/// <summary>Finds literals that can never be what they are used for: <c>duration('1 x')</c>, <c>matches('(')</c>.</summary>
internal static class LiteralChecks
{
    public static void Run(IEnumerable<Expr> expressions, SourceProblems problems)
    {
        foreach (var expression in expressions)
        {
            if (expression is CallExpr { Arguments: [LiteralExpr literal, ..] } call && !IsValid(call.ResolvedFunction, literal.Value))
                problems.Add(literal.Offset, $"invalid {call.ResolvedFunction} argument");
        }
    }

    private static bool IsValid(string function, CelValue argument) => (function, argument.Kind) switch
    {
        ("duration", CelValueKind.String) => DurationText.Parse(argument.String) is not null,
        ("timestamp", CelValueKind.String) => TimeText.Parse(argument.String) is { InRange: true },
        ("timestamp", CelValueKind.Int) => new Timestamp(argument.Int, 0).InRange,
        ("matches", CelValueKind.String) => Re2.TryCompile(argument.String, out _, out _),
        _ => true,
    };
}
