using System.Text.Json.Nodes;
using Flotilla.Api.Components;
using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Core.Health;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>The little that is kept of an object in the cluster.</summary>
/// <param name="Uid">Its identity.</param>
/// <param name="Version">Its resourceVersion.</param>
/// <param name="Component">The component that its label names; empty without the label.</param>
/// <param name="IsOurs">We own fields of it by apply.</param>
/// <param name="Fingerprint">Hash of what we own and its values.</param>
/// <param name="Health">How well it does.</param>
/// <param name="IsTerminating">It is on its way out.</param>
/// <param name="Pods">Of a workload that is not healthy: selects its pods.</param>
internal sealed record LiveObject(string Uid, string Version, string Component, bool IsOurs, string Fingerprint, ObjectHealth Health, bool IsTerminating, string? Pods)
{
    public static LiveObject Of(JsonObject obj, FieldPatterns ignored, IReadOnlyList<HealthRule> rules)
    {
        var metadata = obj.Object("metadata");
        var health = HealthCheck.Of(obj, rules);
        var owned = OwnedFields.Of(obj, ReleaseLabels.FieldManager);
        return new LiveObject(
            metadata.String("uid") ?? "",
            metadata.String("resourceVersion") ?? "",
            metadata.Object("labels").String(ReleaseLabels.Component) ?? "",
            owned is not null,
            owned?.Fingerprint(obj, ignored) ?? "",
            health,
            metadata.String("deletionTimestamp") is not null,
            health.IsHealthy ? null : PodTrouble.Selector(obj));
    }
}
