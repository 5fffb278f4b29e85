using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Components;

namespace Flotilla.Core.Health;

/// <summary>
/// Says how well an object does: by the rules of its version when there are some for it, else by what its kind means (the conventions
/// that kstatus wrote down). What has no status is healthy once it exists.
/// </summary>
public static class HealthCheck
{
    /// <summary>How well a live object does.</summary>
    /// <param name="live">As read from the cluster.</param>
    /// <param name="rules">Rules whose target is this object; all must hold.</param>
    public static ObjectHealth Of(JsonObject live, IReadOnlyList<HealthRule> rules)
    {
        if (rules.Any(rule => rule.Ignore))
            return ObjectHealth.Healthy;
        var view = new StatusView(live);
        if (view.IsTerminating)
            return ObjectHealth.Progressing(Reasons.Terminating, "is being deleted");
        if (rules.Count == 0)
            return Usual(view);
        foreach (var rule in rules)
        {
            if (HealthRules.Check(view, rule) is { IsHealthy: false } health)
                return health;
        }
        return ObjectHealth.Healthy;
    }

    private static ObjectHealth Usual(StatusView view)
    {
        if (view.ObservedGeneration is { } observed && observed < view.Generation)
        {
            return ObjectHealth.Progressing(
                Reasons.NotObserved, $"its controller has not looked at the last change yet (generation {view.Generation}, looked at {observed})");
        }
        return (view.ApiVersion, view.Kind) switch
        {
            ("apps/v1", "Deployment") => WorkloadHealth.Deployment(view),
            ("apps/v1", "StatefulSet") => WorkloadHealth.StatefulSet(view),
            ("apps/v1", "DaemonSet") => WorkloadHealth.DaemonSet(view),
            ("apps/v1", "ReplicaSet") or ("v1", "ReplicationController") => WorkloadHealth.ReplicaSet(view),
            ("v1", "Pod") => WorkloadHealth.Pod(view),
            ("batch/v1", "Job") => WorkloadHealth.Job(view),
            ("v1", "PersistentVolumeClaim") => BuiltInHealth.Claim(view),
            ("v1", "Service") => BuiltInHealth.Service(view),
            ("v1", "Namespace") => BuiltInHealth.Namespace(view),
            ("policy/v1", "PodDisruptionBudget") => BuiltInHealth.DisruptionBudget(view),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition") => BuiltInHealth.Definition(view),
            ("apiregistration.k8s.io/v1", "APIService") => BuiltInHealth.ApiService(view),
            _ => ConditionHealth.Of(view),
        };
    }
}
