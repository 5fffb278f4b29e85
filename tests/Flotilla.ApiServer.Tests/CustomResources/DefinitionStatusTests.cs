using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.ApiServer.Tests.Kinds;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.CustomResources;

public sealed class DefinitionStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Free_names_are_accepted_and_the_resource_is_established()
    {
        var definition = DefinitionRulesTests.Definition("""{"type":"object"}""");
        Assert.True(DefinitionStatus.Update(definition, [definition], Now));
        Assert.Equal(["NamesAccepted True NoConflicts", "Established True InitialNamesAccepted"], Conditions(definition));
        Assert.True(DefinitionStatus.IsServed(definition));
        Assert.True(JsonNodeExtensions.DeepEquals(definition.Object("spec")!["names"], definition.Object("status")!["acceptedNames"]));
        Assert.False(DefinitionStatus.Update(definition, [definition], Now));
    }

    [Fact]
    public void Taken_names_wait_until_their_owner_goes()
    {
        var first = DefinitionRulesTests.Definition("""{"type":"object"}""");
        DefinitionStatus.Update(first, [], Now);
        var second = DefinitionRulesTests.Definition("""{"type":"object"}""");
        second.Object("metadata")!["name"] = "gizmos.example.com";
        second.Object("spec").Object("names")!["plural"] = "gizmos";
        second.Object("spec").Object("names")!["singular"] = "gizmo";
        DefinitionStatus.Update(second, [first, second], Now);
        Assert.Equal(["NamesAccepted False ListKindConflict", "Established False NotAccepted"], Conditions(second));
        Assert.Equal("""{"plural":"gizmos","singular":"gizmo","kind":""}""", second.Object("status")!["acceptedNames"]!.ToJsonString());
        Assert.Equal("\"ThingList\" is already in use", DefinitionConditions.Find(second, "NamesAccepted").String("message"));

        DefinitionStatus.Update(second, [second], Now);
        Assert.Equal(["NamesAccepted True NoConflicts", "Established True InitialNamesAccepted"], Conditions(second));
    }

    [Fact]
    public void A_deletion_is_told_step_by_step()
    {
        var definition = DefinitionRulesTests.Definition("""{"type":"object"}""");
        DefinitionStatus.Update(definition, [], Now);
        DefinitionStatus.MarkForDeletion(definition, Now);
        Assert.True(DefinitionStatus.IsTerminating(definition));
        Assert.Equal($"[\"{DefinitionStatus.Finalizer}\"]", definition.Object("metadata")!["finalizers"]!.ToJsonString());
        Assert.True(DefinitionStatus.DeletionInProgress(definition, Now));
        DefinitionStatus.DeletionCompleted(definition, Now);
        Assert.Equal("InstanceDeletionCompleted", DefinitionConditions.Find(definition, "Terminating").String("reason"));
        Assert.Null(definition.Object("metadata")!["finalizers"]);
    }

    [Theory]
    [InlineData("b09-crd-lifecycle")]
    [InlineData("b10-crd-validation")]
    [InlineData("b12-crd-defaults-and-pruning")]
    [InlineData("b14-crd-status-and-scale")]
    [InlineData("b15-crd-cel")]
    [InlineData("b17-crd-versions")]
    [InlineData("b19-crd-names-and-cluster-scope")]
    public void Recorded_definitions_come_out_as_a_real_server_has_them(string transcript)
    {
        Assert.SkipWhen(Transcripts.Folder is null, Transcripts.Missing);
        var rules = new CustomResourceDefinitionRules();
        var created = new Dictionary<string, JsonObject>();
        foreach (var step in Transcripts.Steps(transcript).Where(s => s.Path.Contains("/customresourcedefinitions", StringComparison.Ordinal) && s.Status is 200 or 201))
        {
            if (step.Method == "POST")
            {
                var definition = (JsonObject)step.Body!.DeepClone();
                rules.Default(definition);
                rules.PrepareForCreate(definition);
                Assert.Empty(rules.Validate(definition));
                AssertSame(step.Answer, definition, step.Name);
                created[definition.Object("metadata").String("name")!] = definition;
            }
            else if (step.Method == "GET" && created.TryGetValue(step.Answer.Object("metadata").String("name") ?? "", out var known)
                && JsonNodeExtensions.DeepEquals(step.Answer.Object("spec"), known["spec"]))
            {
                DefinitionStatus.Update(known, created.Values, Now);
                AssertSame(step.Answer, known, step.Name);
            }
            else if (step.Method == "DELETE" && step.Path.Split('/') is [.., var name])
            {
                created.Remove(name);
            }
        }
        Assert.NotEmpty(created);
    }

    private static void AssertSame(JsonObject? expected, JsonObject actual, string step)
    {
        foreach (var field in (string[])["spec", "status"])
        {
            var (left, right) = (Timeless(expected![field]), Timeless(actual[field]));
            Assert.True(JsonNodeExtensions.DeepEquals(left, right), $"{step} {field}\nexpected {left?.ToJsonString()}\nactual   {right?.ToJsonString()}");
        }
    }

    private static JsonNode? Timeless(JsonNode? node)
    {
        var copy = node?.DeepClone();
        foreach (var condition in copy.Array("conditions") ?? [])
            condition!["lastTransitionTime"] = "";
        return copy;
    }

    private static IEnumerable<string> Conditions(JsonObject definition) =>
        definition.Object("status").Array("conditions")!.Select(c => $"{c.String("type")} {c.String("status")} {c.String("reason")}");
}
