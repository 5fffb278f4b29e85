using Flotilla.Kubernetes.Client;

namespace Flotilla.Cli.Connections;

/// <summary>Resources that commands name.</summary>
internal static class Kinds
{
    /// <summary>Owner of the fields that commands set.</summary>
    public const string Manager = "flotilla-cli";
    public const string SystemNamespace = "flotilla-system";
    public static readonly ResourceReference ConfigMap = new("", "v1", "configmaps", true, "ConfigMap");
    /// <summary>Roles and who they are bound to.</summary>
    public static readonly ResourceReference[] Rights =
    [
        new("rbac.authorization.k8s.io", "v1", "roles", true, "Role"),
        new("rbac.authorization.k8s.io", "v1", "rolebindings", true, "RoleBinding"),
        new("rbac.authorization.k8s.io", "v1", "clusterroles", false, "ClusterRole"),
        new("rbac.authorization.k8s.io", "v1", "clusterrolebindings", false, "ClusterRoleBinding"),
    ];

    public static readonly ResourceReference Site = Own("sites", "Site");
    public static readonly ResourceReference Component = Own("components", "Component");
    public static readonly ResourceReference Stack = Own("stacks", "Stack");
    public static readonly ResourceReference Fleet = Own("fleets", "Fleet");
    public static readonly ResourceReference RolloutStrategy = Own("rolloutstrategies", "RolloutStrategy");
    public static readonly ResourceReference MaintenanceWindow = Own("maintenancewindows", "MaintenanceWindow");
    public static readonly ResourceReference Rollout = Own("rollouts", "Rollout");
    public static readonly ResourceReference Approval = Own("approvals", "Approval");

    private static ResourceReference Own(string plural, string kind) => new("flotilla.dev", "v1alpha1", plural, true, kind);
}
