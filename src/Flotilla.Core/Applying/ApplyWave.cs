using System.Collections.Frozen;

namespace Flotilla.Core.Applying;

/// <summary>In which order objects of one component go in; they leave in reverse.</summary>
public enum ApplyWave
{
    /// <summary>CustomResourceDefinitions; what follows waits until they are established.</summary>
    Definitions,

    Namespaces,

    /// <summary>Classes that others name: priority, storage, ingress, runtime, …</summary>
    Classes,

    /// <summary>What workloads need to start: accounts, RBAC, configuration, secrets, claims.</summary>
    Configuration,

    /// <summary>Workloads, Services and all other built-in kinds.</summary>
    Workloads,

    CustomResources,

    /// <summary>
    /// Webhook configurations and APIServices. They go in when everything else of the component is healthy: one whose backend is not up
    /// blocks everybody's writes.
    /// </summary>
    Admission,
}

/// <summary>Finds the wave of an object.</summary>
public static class ApplyWaves
{
    private static readonly FrozenSet<string> BuiltInGroups = FrozenSet.Create(
        StringComparer.Ordinal, "", "apps", "batch", "autoscaling", "policy", "extensions", "admissionregistration.k8s.io", "apiextensions.k8s.io",
        "apiregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io",
        "events.k8s.io", "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "rbac.authorization.k8s.io",
        "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io");

    private static readonly FrozenDictionary<(string Group, string Kind), ApplyWave> Known = new Dictionary<(string, string), ApplyWave>
    {
        [("apiextensions.k8s.io", "CustomResourceDefinition")] = ApplyWave.Definitions,
        [("", "Namespace")] = ApplyWave.Namespaces,
        [("scheduling.k8s.io", "PriorityClass")] = ApplyWave.Classes,
        [("storage.k8s.io", "StorageClass")] = ApplyWave.Classes,
        [("storage.k8s.io", "CSIDriver")] = ApplyWave.Classes,
        [("storage.k8s.io", "VolumeAttributesClass")] = ApplyWave.Classes,
        [("networking.k8s.io", "IngressClass")] = ApplyWave.Classes,
        [("networking.k8s.io", "ServiceCIDR")] = ApplyWave.Classes,
        [("node.k8s.io", "RuntimeClass")] = ApplyWave.Classes,
        [("resource.k8s.io", "DeviceClass")] = ApplyWave.Classes,
        [("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration")] = ApplyWave.Classes,
        [("flowcontrol.apiserver.k8s.io", "FlowSchema")] = ApplyWave.Configuration,
        [("", "ServiceAccount")] = ApplyWave.Configuration,
        [("", "ConfigMap")] = ApplyWave.Configuration,
        [("", "Secret")] = ApplyWave.Configuration,
        [("", "ResourceQuota")] = ApplyWave.Configuration,
        [("", "LimitRange")] = ApplyWave.Configuration,
        [("", "PersistentVolume")] = ApplyWave.Configuration,
        [("", "PersistentVolumeClaim")] = ApplyWave.Configuration,
        [("rbac.authorization.k8s.io", "ClusterRole")] = ApplyWave.Configuration,
        [("rbac.authorization.k8s.io", "ClusterRoleBinding")] = ApplyWave.Configuration,
        [("rbac.authorization.k8s.io", "Role")] = ApplyWave.Configuration,
        [("rbac.authorization.k8s.io", "RoleBinding")] = ApplyWave.Configuration,
        [("networking.k8s.io", "NetworkPolicy")] = ApplyWave.Configuration,
        [("admissionregistration.k8s.io", "ValidatingWebhookConfiguration")] = ApplyWave.Admission,
        [("admissionregistration.k8s.io", "MutatingWebhookConfiguration")] = ApplyWave.Admission,
        [("apiregistration.k8s.io", "APIService")] = ApplyWave.Admission,
    }.ToFrozenDictionary();

    /// <summary>The wave of an object.</summary>
    public static ApplyWave Of(ObjectId id)
    {
        var group = id.Group;
        return Known.TryGetValue((group, id.Kind), out var wave) ? wave
            : BuiltInGroups.Contains(group) ? ApplyWave.Workloads
            : ApplyWave.CustomResources;
    }

    /// <summary>Order of deletion: registrations first, then what definitions define, definitions and namespaces last.</summary>
    public static int DeletionRank(ObjectId id) => Of(id) switch
    {
        ApplyWave.Admission => 0,
        ApplyWave.CustomResources => 1,
        ApplyWave.Workloads => 2,
        ApplyWave.Configuration => 3,
        ApplyWave.Classes => 4,
        ApplyWave.Definitions => 5,
        _ => 6,
    };
}
