using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>What the parts of a Pod's spec need to know of the whole.</summary>
internal sealed class PodScope(JsonObject spec, bool isPod, string podName = "")
{
    /// <summary>Whether the spec is a Pod's own, not a template's.</summary>
    public bool IsPod => isPod;

    /// <summary>Name of the Pod; empty in a template.</summary>
    public string PodName => podName;

    public long? GracePeriod { get; } = spec.Member("terminationGracePeriodSeconds").AsInt64OrNull();

    public string? Os { get; } = spec.Object("os") is { } os ? os.Text("name") : null;

    public string RestartPolicy { get; } = spec.Text("restartPolicy");

    /// <summary>Whether containers share the users of the node.</summary>
    public bool HostUsers { get; } = spec.Member("hostUsers").AsBoolOrNull() ?? true;

    /// <summary>Valid volumes by name.</summary>
    public Dictionary<string, JsonNode> Volumes { get; } = new(StringComparer.Ordinal);

    public HashSet<string> ClaimNames { get; } = [.. (spec.Array("resourceClaims") ?? []).Select(claim => claim.Text("name"))];

    /// <summary>All containers with their path: init containers first, as kube-apiserver visits them.</summary>
    public static IEnumerable<(FieldPath Path, JsonNode? Container)> Containers(JsonObject? spec, FieldPath path) =>
        spec.Each("initContainers", path).Concat(spec.Each("containers", path)).Concat(spec.Each("ephemeralContainers", path));
}
