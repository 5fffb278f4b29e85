using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Regular expressions: <c>matches</c> of the language, Kubernetes' <c>find</c> and <c>findAll</c>.</summary>
internal static class RegexLibrary
{
    private static readonly CelType Text = CelType.String;

    public static void DeclareMatches(FunctionTable table)
    {
        FunctionBody matches = static (_, a) => Use(a[0].String, a[1].String, "", static (pattern, text) => CelValue.Of(pattern.IsMatch(text)));
        table.Global("matches", "matches", [Text, Text], CelType.Bool, matches);
        table.Member("matches", "matches_string", [Text, Text], CelType.Bool, matches);
    }

    public static void DeclareFind(FunctionTable table)
    {
        table.Member("find", "string_find_string", [Text, Text], Text, static (_, a) =>
            Use(a[0].String, a[1].String, "Illegal regex: ", static (pattern, text) => CelValue.Of(pattern.Find(text) ?? "")));
        table.Member("findAll", "string_find_all_string", [Text, Text], CelType.List(Text), static (_, a) => FindAll(a[0].String, a[1].String, -1));
        table.Member("findAll", "string_find_all_string_int", [Text, Text, CelType.Int], CelType.List(Text), static (_, a) => FindAll(a[0].String, a[1].String, a[2].Int));
    }

    private static CelValue FindAll(string text, string pattern, long most) =>
        Use(text, pattern, "Illegal regex: ", (p, t) => CelValue.Of(new ArrayList([.. p.FindAll(t, (int)Math.Clamp(most, -1, int.MaxValue)).Select(CelValue.Of)])));

    private static CelValue Use(string text, string pattern, string problem, Func<Re2, string, CelValue> use)
    {
        if (Re2.TryParse(pattern, out var error) is not { } parsed)
            return CelValue.Error(problem + error);
        try
        {
            return use(parsed, text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new CostLimitExceeded();
        }
    }
}
