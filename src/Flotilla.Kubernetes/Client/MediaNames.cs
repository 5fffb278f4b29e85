namespace Flotilla.Kubernetes.Client;

/// <summary>Media types of the Kubernetes API.</summary>
internal static class MediaNames
{
    public const string Json = "application/json";
    public const string Apply = "application/apply-patch+yaml";
    public const string Metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    public const string MetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    public const string Discovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

    public static string Of(PatchKind kind) => kind switch
    {
        PatchKind.Json => "application/json-patch+json",
        PatchKind.StrategicMerge => "application/strategic-merge-patch+json",
        _ => "application/merge-patch+json",
    };
}
