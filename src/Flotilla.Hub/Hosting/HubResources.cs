using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Hosting;

/// <summary>Resources that the hub reads and writes.</summary>
internal static class HubResources
{
    /// <summary>Where the hub keeps what is its own.</summary>
    public const string SystemNamespace = "flotilla-system";
    public const string FieldManager = "flotilla-hub";

    public static readonly ResourceReference Sites = Own("sites", "Site");
    public static readonly ResourceReference Fleets = Own("fleets", "Fleet");
    public static readonly ResourceReference Stacks = Own("stacks", "Stack");
    public static readonly ResourceReference Components = Own("components", "Component");
    public static readonly ResourceReference RolloutStrategies = Own("rolloutstrategies", "RolloutStrategy");
    public static readonly ResourceReference MaintenanceWindows = Own("maintenancewindows", "MaintenanceWindow");
    public static readonly ResourceReference Rollouts = Own("rollouts", "Rollout");
    public static readonly ResourceReference Approvals = Own("approvals", "Approval");
    public static readonly ResourceReference Events = new("", "v1", "events", true, "Event");
    public static readonly ResourceReference Secrets = new("", "v1", "secrets", true, "Secret");
    public static readonly ResourceReference ConfigMaps = new("", "v1", "configmaps", true, "ConfigMap");
    public static readonly ResourceReference Namespaces = new("", "v1", "namespaces", false, "Namespace");
    public static readonly ResourceReference Definitions = new("apiextensions.k8s.io", "v1", "customresourcedefinitions", false, "CustomResourceDefinition");

    private static ResourceReference Own(string plural, string kind) =>
        new(CustomResourceDefinitions.Group, CustomResourceDefinitions.Version, plural, true, kind);
}
