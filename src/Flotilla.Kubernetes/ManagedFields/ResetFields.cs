using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// What writes can own, by subresource (empty string for the resource itself): fields that the server resets are nobody's.
/// The facts are those of <c>GetResetFields</c> in the strategies of kube-apiserver 1.36.
/// </summary>
public static class ResetFields
{
    private static readonly FieldPath Metadata = FieldPath.Of("metadata");
    private static readonly FieldPath Spec = FieldPath.Of("spec");
    private static readonly FieldPath Status = FieldPath.Of("status");
    private static readonly FieldFilter AllButStatus = FieldFilter.Except(Status);
    private static readonly FieldFilter AllButSpec = FieldFilter.Except(Spec);
    private static readonly FieldFilter AllButSpecAndMetadata = FieldFilter.Except(Spec, Metadata);
    private static readonly Dictionary<string, FieldFilter> Nothing = [];
    private static readonly Dictionary<string, FieldFilter> Usual = new() { [""] = AllButStatus, ["status"] = AllButSpec };
    private static readonly Dictionary<string, FieldFilter> WithMetadata = new() { [""] = AllButStatus, ["status"] = AllButSpecAndMetadata };

    private static readonly Dictionary<string, Dictionary<string, FieldFilter>> Special = new(StringComparer.Ordinal)
    {
        ["pods"] = new()
        {
            [""] = AllButStatus,
            ["status"] = FieldFilter.Except(Spec, FieldPath.Of("metadata", "deletionTimestamp"), FieldPath.Of("metadata", "ownerReferences")),
            ["ephemeralcontainers"] = FieldFilter.Only(["spec", "ephemeralContainers"]),
            ["resize"] = FieldFilter.Only(
                ["spec", "containers", null, "resources"], ["spec", "containers", null, "resizePolicy"],
                ["spec", "initContainers", null, "resources"], ["spec", "initContainers", null, "resizePolicy"]),
        },
        ["namespaces"] = new() { [""] = AllButStatus, ["status"] = AllButSpec, ["finalize"] = AllButStatus },
        ["deployments.apps"] = new() { [""] = AllButStatus, ["status"] = FieldFilter.Except(Spec, FieldPath.Of("metadata", "labels")) },
        ["certificatesigningrequests.certificates.k8s.io"] = new()
        {
            [""] = FieldFilter.Except(Spec, Status),
            ["status"] = FieldFilter.Except(Spec, FieldPath.Of("status", "conditions")),
            ["approval"] = FieldFilter.Except(Spec, FieldPath.Of("status", "certificate")),
        },
        ["volumeattachments.storage.k8s.io"] = WithMetadata,
        ["flowschemas.flowcontrol.apiserver.k8s.io"] = WithMetadata,
        ["prioritylevelconfigurations.flowcontrol.apiserver.k8s.io"] = WithMetadata,
        ["validatingadmissionpolicies.admissionregistration.k8s.io"] = WithMetadata,
        ["resourceclaims.resource.k8s.io"] = WithMetadata,
        ["apiservices.apiregistration.k8s.io"] = WithMetadata,
    };

    /// <summary>Of a built-in resource.</summary>
    public static IReadOnlyDictionary<string, FieldFilter> Of(ResourceType resource) =>
        Special.GetValueOrDefault(resource.GroupResource)
        ?? (resource.Subresources.Any(s => s.Name == "status") ? Usual : Nothing);

    /// <summary>Of a custom resource, with or without the status subresource.</summary>
    public static IReadOnlyDictionary<string, FieldFilter> OfCustomResource(bool hasStatus) => hasStatus ? WithMetadata : Nothing;
}
