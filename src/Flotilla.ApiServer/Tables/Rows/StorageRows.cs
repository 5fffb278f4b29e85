using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>Rows of volumes and what provides them.</summary>
internal static class StorageRows
{
    private static readonly (string Mode, string Short)[] Modes =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];

    public static JsonNode?[] PersistentVolume(JsonObject obj, DateTimeOffset now)
    {
        var (spec, status) = (obj.Spec(), obj.Status());
        return
        [
            obj.Name(), spec.Object("capacity").Quantity("storage"), AccessModes(spec), spec.Text("persistentVolumeReclaimPolicy"), Phase(obj),
            spec.Object("claimRef") is { } claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : "", ClassName(obj),
            spec.Text("volumeAttributesClassName", CellText.Unset), status.Text("reason"), obj.Age(now), spec.Text("volumeMode", CellText.Unset),
        ];
    }

    public static JsonNode?[] PersistentVolumeClaim(JsonObject obj, DateTimeOffset now)
    {
        var (spec, status) = (obj.Spec(), obj.Status());
        var volume = spec.Text("volumeName");
        return
        [
            obj.Name(), Phase(obj), volume, volume.Length > 0 ? status.Object("capacity").Quantity("storage") : "", volume.Length > 0 ? AccessModes(status) : "",
            ClassName(obj), spec.Text("volumeAttributesClassName", CellText.Unset), obj.Age(now), spec.Text("volumeMode", CellText.Unset),
        ];
    }

    public static JsonNode?[] StorageClass(JsonObject obj, DateTimeOffset now) =>
    [
        obj.Name() + DefaultMark(obj, "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"),
        obj.Text("provisioner"), obj.Text("reclaimPolicy", "Delete"), obj.Text("volumeBindingMode", "Immediate"), obj.Flag("allowVolumeExpansion"), obj.Age(now),
    ];

    public static JsonNode?[] VolumeAttributesClass(JsonObject obj, DateTimeOffset now) =>
        [obj.Name() + DefaultMark(obj, "volumeattributesclass.kubernetes.io/is-default-class"), obj.Text("driverName"), obj.Age(now)];

    public static JsonNode?[] VolumeAttachment(JsonObject obj, DateTimeOffset now) =>
    [
        obj.Name(), obj.Spec().Text("attacher"), obj.Spec().Object("source").Text("persistentVolumeName"), obj.Spec().Text("nodeName"),
        obj.Status().Flag("attached"), obj.Age(now),
    ];

    public static JsonNode?[] CsiDriver(JsonObject obj, DateTimeOffset now)
    {
        var spec = obj.Spec();
        var audiences = spec.Array("tokenRequests") is null ? CellText.Unset : string.Join(",", spec.Items("tokenRequests").Select(t => t.Text("audience")));
        var modes = spec.Array("volumeLifecycleModes") is null ? CellText.Unset : string.Join(",", spec.Strings("volumeLifecycleModes"));
        return
        [
            obj.Name(), spec.Member("attachRequired").AsBoolOrNull() ?? true, spec.Flag("podInfoOnMount"), spec.Flag("storageCapacity"),
            audiences, spec.Flag("requiresRepublish"), modes, obj.Age(now),
        ];
    }

    private static string Phase(JsonObject obj) => obj.IsBeingDeleted() ? "Terminating" : obj.Status().Text("phase");

    private static string ClassName(JsonObject obj) =>
        obj.Object("metadata").Object("annotations").String("volume.beta.kubernetes.io/storage-class") ?? obj.Spec().Text("storageClassName");

    private static string AccessModes(JsonObject? owner)
    {
        var modes = owner.Strings("accessModes").ToHashSet(StringComparer.Ordinal);
        return string.Join(",", Modes.Where(m => modes.Contains(m.Mode)).Select(m => m.Short));
    }

    private static string DefaultMark(JsonObject obj, params ReadOnlySpan<string> annotations)
    {
        foreach (var annotation in annotations)
        {
            if (obj.Object("metadata").Object("annotations").String(annotation) == "true")
                return " (default)";
        }
        return "";
    }
}
