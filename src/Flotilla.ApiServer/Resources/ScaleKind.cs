using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.ApiServer.Resources;

/// <summary>autoscaling/v1 Scale: how bodies of it are read, and how built-in workloads map to it.</summary>
internal sealed class ScaleKind : IScaleMapping
{
    public static readonly ScaleKind Workload = new();

    /// <summary>Scale as if it were a resource, to read and patch bodies by the common ways.</summary>
    public static readonly ServedResource Resource = new BuiltInResource(new ResourceType
    {
        Group = "autoscaling",
        Version = "v1",
        Plural = "scales",
        Singular = "scale",
        Kind = "Scale",
        ListKind = "ScaleList",
        Namespaced = true,
        Verbs = [],
    });

    public IReadOnlyList<string> ReplicasPath { get; } = ["spec", "replicas"];

    public JsonObject Read(JsonObject obj) => Build(
        obj,
        obj.Object("spec").Member("replicas").AsInt64OrNull() ?? 0,
        obj.Object("status").Member("replicas").AsInt64OrNull() ?? 0,
        Selector(obj.Object("spec").Object("selector")));

    public JsonObject ReadForUpdate(JsonObject obj) => Read(obj);

    public void Write(JsonObject obj, JsonObject changed)
    {
        var replicas = changed.Object("spec").Member("replicas").AsInt64OrNull() ?? 0;
        if (replicas < 0)
        {
            throw ApiStatusException.Invalid("autoscaling", "Scale", ObjectMetadata.Name(obj),
                [FieldError.Invalid("spec.replicas", replicas, "must be greater than or equal to 0")]);
        }
        obj.ObjectOrNew("spec")["replicas"] = replicas;
    }

    private static JsonObject Build(JsonObject obj, long wanted, long present, string selector)
    {
        var metadata = new JsonObject();
        foreach (var key in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (obj.Object("metadata").Member(key) is { } value)
                metadata[key] = value.DeepClone();
        }
        var spec = new JsonObject();
        if (wanted != 0)
            spec["replicas"] = wanted;
        var status = new JsonObject { ["replicas"] = present };
        if (selector.Length > 0)
            status["selector"] = selector;
        return new JsonObject { ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = metadata, ["spec"] = spec, ["status"] = status };
    }

    /// <summary>A label selector as text; ReplicationControllers have a plain map.</summary>
    private static string Selector(JsonObject? selector)
    {
        if (selector is null)
            return "";
        if (selector.ContainsKey("matchLabels") || selector.ContainsKey("matchExpressions"))
            return LabelSelector.FromObject(selector).ToString();
        return string.Join(",", selector.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value.AsStringOrNull()}"));
    }
}
