using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Health;

/// <summary>What health looks at in an object.</summary>
internal readonly struct StatusView(JsonObject obj)
{
    public JsonObject Object { get; } = obj;

    public JsonObject? Metadata { get; } = obj.Object("metadata");

    public JsonObject? Spec { get; } = obj.Object("spec");

    public JsonObject? Status { get; } = obj.Object("status");

    public bool IsTerminating => Metadata.String("deletionTimestamp") is not null;

    public long Generation => Metadata.Member("generation").AsInt64OrNull() ?? 0;

    public long? ObservedGeneration => Status.Member("observedGeneration").AsInt64OrNull();

    public string ApiVersion => Object.String("apiVersion") ?? "";

    public string Kind => Object.String("kind") ?? "";

    public long Count(string key, long absent = 0) => Status.Member(key).AsInt64OrNull() ?? absent;

    public long Wanted(string key, long absent) => Spec.Member(key).AsInt64OrNull() ?? absent;

    public JsonObject? Condition(string type) =>
        (Status.Array("conditions") ?? []).OfType<JsonObject>().FirstOrDefault(c => c.String("type") == type);

    /// <summary>True, False or Unknown; null when there is no such condition.</summary>
    public string? Holds(string type) => Condition(type).String("status");

    /// <summary>What a condition says about itself: <c>(MinimumReplicasUnavailable: …)</c>; empty when it says nothing.</summary>
    public string Because(string type)
    {
        var condition = Condition(type);
        var said = string.Join(": ", new[] { condition.String("reason"), condition.String("message") }.Where(s => !string.IsNullOrEmpty(s)));
        return said.Length == 0 ? "" : $" ({said})";
    }
}
