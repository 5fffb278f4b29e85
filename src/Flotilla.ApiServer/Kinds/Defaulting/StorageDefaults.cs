using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>Volumes, claims, and the storage group.</summary>
internal static class StorageDefaults
{
    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.core.v1.PersistentVolume"] = volume =>
        {
            volume.ObjectOrNew("status").SetMissing("phase", "Pending");
            var spec = volume.ObjectOrNew("spec");
            spec.SetMissing("persistentVolumeReclaimPolicy", "Retain");
            spec.SetMissing("volumeMode", "Filesystem");
        },
        ["api.core.v1.PersistentVolumeClaim"] = claim => claim.ObjectOrNew("status").SetMissing("phase", "Pending"),
        ["api.core.v1.PersistentVolumeClaimSpec"] = spec => spec.SetMissing("volumeMode", "Filesystem"),
        ["api.storage.v1.StorageClass"] = storageClass =>
        {
            storageClass.SetMissing("reclaimPolicy", "Delete");
            storageClass.SetMissing("volumeBindingMode", "Immediate");
        },
        ["api.storage.v1.CSIDriverSpec"] = spec =>
        {
            spec.SetMissing("attachRequired", true);
            spec.SetMissing("podInfoOnMount", false);
            spec.SetMissing("storageCapacity", false);
            spec.SetMissing("fsGroupPolicy", "ReadWriteOnceWithFSType");
            spec.SetMissing("volumeLifecycleModes", () => new JsonArray("Persistent"));
            spec.SetMissing("requiresRepublish", false);
            spec.SetMissing("seLinuxMount", false);
        },
    };
}
