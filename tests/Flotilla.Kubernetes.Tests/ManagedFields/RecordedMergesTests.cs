using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

/// <summary>
/// Random sequences of applies and updates by several managers over a schema with every kind of list and map. The results in
/// <c>recorded-merges.jsonl</c> were recorded from structured-merge-diff 6.3.2, which Kubernetes 1.36.2 uses.
/// </summary>
public sealed class RecordedMergesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Flotilla.Kubernetes.Tests", "ManagedFields");

    private readonly FieldManager manager = new(
        new SchemaReader().Read((JsonObject)JsonText.Parse(File.ReadAllBytes(Path.Combine(Folder, "recorded-merges-schema.json")))!), "g/v1", "K");

    public static TheoryData<int> Sequences() => [.. Enumerable.Range(0, File.ReadLines(Path.Combine(Folder, "recorded-merges.jsonl")).Count())];

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Objects_owners_and_conflicts_are_as_recorded(int line)
    {
        var steps = (JsonArray)JsonText.Parse(Encoding.UTF8.GetBytes(File.ReadLines(Path.Combine(Folder, "recorded-merges.jsonl")).ElementAt(line)))!;
        JsonObject? live = null;
        for (var i = 0; i < steps.Count; i++)
        {
            var (step, now) = (steps[i]!, DateTimeOffset.UnixEpoch.AddSeconds(i + 1));
            var name = step.String("manager")!;
            if (step.Array("conflicts") is { } conflicts)
            {
                var thrown = Assert.Throws<ApiStatusException>(() => manager.Apply(live, step.Object("apply")!, name, force: false, "", now));
                Assert.Equal(conflicts.Select(c => c.AsStringOrNull()), thrown.Status.Causes.Select(Shown).Order(StringComparer.Ordinal));
                continue;
            }
            if (step.Object("update") is { } update)
            {
                var updated = Json.Copy(update);
                manager.Update(live, updated, name, "", now);
                live = updated;
            }
            else
            {
                var force = step.Member("force").AsBoolOrNull() ?? false;
                live = manager.Apply(live, step.Object("apply")!, name, force, "", now);
                if (FieldOwner.AllOf(live).FirstOrDefault(o => o.IsApply && o.Manager == name) is { } owner && i > 0)
                    Assert.Equal(step.Member("changed").AsBoolOrNull(), owner.Time == now);
            }
            var owners = new JsonObject(FieldOwner.AllOf(live).Select(o => KeyValuePair.Create(
                (o.IsApply ? "Apply " : "Update ") + o.Manager, (JsonNode?)FieldsV1.Write(o.Fields))));
            Json.AssertSame(step["owners"], owners);
            var plain = Json.Copy(live);
            plain.Object("metadata")!.Remove("managedFields");
            Json.AssertSame(step["object"], plain);
        }
    }

    private static string Shown(StatusCause cause) =>
        (cause.Message!.Contains(" using ", StringComparison.Ordinal) ? "Update " : "Apply ") + cause.Message.Split('"')[1] + " " + cause.Field;
}
