using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Cel;

/// <summary>The rules of the recorded conversation about CEL give the recorded verdicts.</summary>
public sealed class RecordedRuleTests
{
    private static readonly string? Recording =
        Repository.Shared is { } shared ? Path.Combine(shared, "kubernetes", "transcripts", "b15-crd-cel.json") : null;

    [Fact]
    public void Rules_fail_for_the_objects_that_a_real_server_refused()
    {
        Assert.SkipWhen(Recording is null || !File.Exists(Recording), "the recorded conversations are not beside this checkout");
        var steps = JsonText.Parse(File.ReadAllBytes(Recording!)).Array("steps")!;
        var crd = steps.Select(s => s.Object("body")).First(b => b.String("kind") == "CustomResourceDefinition")!;
        var schema = new SchemaReader().Read(crd.Object("spec").Array("versions")![0].Object("schema").Object("openAPIV3Schema")!);
        var tried = 0;
        foreach (var step in steps)
        {
            if (step.String("method") != "POST" || step.Object("body") is not { } body || body.String("kind") != "Cel")
                continue;
            var causes = step.Object("response").Object("body").Object("details").Array("causes") ?? [];
            // Objects that do not fit their schema never get to the rules.
            if (causes.Any(c => c.String("reason") == "FieldValueTypeInvalid"))
                continue;
            var failures = Failures(schema, body, isResource: true).Order().ToList();
            var recorded = causes.Select(c => c.String("message")!).Order().ToList();
            Assert.True(recorded.Count == failures.Count, $"{step.String("name")}: {string.Join(", ", failures)} but recorded were {string.Join(", ", recorded)}");
            tried++;
        }
        Assert.True(tried > 8);
    }

    private static bool Holds(CelProgram rule, CelValue self)
    {
        try
        {
            return rule.Evaluate(new CelBindings().Set("self", self), new CelBudget(), TestContext.Current.CancellationToken).IsTrue;
        }
        catch (CelEvaluationException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Failures(Schema schema, JsonNode? node, bool isResource)
    {
        if (node is null)
            yield break;
        if (schema.Validations.Count > 0)
        {
            var environment = CelEnvironment.ForRules(schema, isResource)!;
            foreach (var rule in schema.Validations)
            {
                var self = CelValue.FromJson(node, schema, isResource);
                if (!Holds(CelProgram.Compile(rule.Rule, environment), self))
                    yield return rule.Rule;
            }
        }
        var below = node switch
        {
            JsonObject map => map.Select(e => (schema.Properties.GetValueOrDefault(e.Key) ?? schema.AdditionalProperties, e.Value)),
            JsonArray list => list.Select(e => (schema.Items, e)),
            _ => [],
        };
        foreach (var failure in below.Where(b => b.Item1 is not null).SelectMany(b => Failures(b.Item1!, b.Item2, false)))
            yield return failure;
    }
}
