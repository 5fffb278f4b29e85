using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Cel;

/// <summary>
/// The table <c>*.cel</c> beside this file: one expression in a line, its result behind <c>=></c>. <c>!</c> is an error while
/// evaluating, <c>!!</c> an error while compiling. <c># </c> starts a comment. <c>kubernetes.cel</c> runs with what Kubernetes
/// offers, the others with everything.
/// </summary>
public sealed class ExpressionTests
{
    private static readonly CelEnvironment Complete = WithVariables(CelEnvironment.Complete);
    private static readonly CelEnvironment Kubernetes = WithVariables(CelEnvironment.Kubernetes);

    private static readonly CelBindings Bindings = new CelBindings()
        .Set("n", CelValue.Of(7L))
        .Set("s", CelValue.Of("text"))
        .Set("d", CelValue.FromJson(JsonNode.Parse("""{"a":{"b":[1,2.5,"x",null,true]},"big":9007199254740993}""")))
        .Set("m", CelValue.FromJson(JsonNode.Parse("""{"one":1,"two":2}""")))
        .Set("l", CelValue.FromJson(JsonNode.Parse("""["a","b","c"]""")));

    public static TheoryData<string> Tables => [.. Directory.GetFiles(Folder, "*.cel").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Root, "tests", "Flotilla.Kubernetes.Tests", "Cel");

    [Theory]
    [MemberData(nameof(Tables))]
    public void Expressions_have_the_results_of_the_table(string table)
    {
        var wrong = new StringBuilder();
        foreach (var line in File.ReadLines(Path.Combine(Folder, table)))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal) || line.LastIndexOf(" => ", StringComparison.Ordinal) is not (> 0 and var split))
                continue;
            var (expression, expected) = (line[..split].Trim(), line[(split + 4)..].Trim());
            var actual = Result(expression, table == "kubernetes.cel" ? Kubernetes : Complete);
            if (actual != expected)
                wrong.AppendLine($"{expression} => {actual}").AppendLine($"    expected {expected}");
        }
        Assert.Equal("", wrong.ToString());
    }

    private static CelEnvironment WithVariables(CelEnvironment environment) => environment
        .With("n", CelType.Int)
        .With("s", CelType.String)
        .With("d", CelType.Dyn)
        .With("m", CelType.Map(CelType.String, CelType.Int))
        .With("l", CelType.List(CelType.String));

    private static string Result(string expression, CelEnvironment environment)
    {
        try
        {
            return Literal.Of(CelProgram.Compile(expression, environment).Evaluate(Bindings, new CelBudget(), TestContext.Current.CancellationToken));
        }
        catch (CelException e)
        {
            return "!! " + string.Join(" / ", e.Problems.Select(p => $"{p.Line}:{p.Column} {p.Message}"));
        }
        catch (CelEvaluationException e)
        {
            return "! " + e.Message;
        }
    }
}
