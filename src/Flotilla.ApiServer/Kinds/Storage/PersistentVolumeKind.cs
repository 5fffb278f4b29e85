using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Storage;

/// <summary>PersistentVolumes.</summary>
internal sealed class PersistentVolumeKind() : BuiltInKind(KindTraits.Status)
{
    private static readonly string[] Sources =
    [
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs", "iscsi", "cinder", "fc",
        "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi",
    ];

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole | MetadataChecks.WholeAgain;

    public override void PrepareForCreate(JsonObject obj) => obj["status"] = new JsonObject
    {
        ["phase"] = "Pending",
        ["lastPhaseTransitionTime"] = obj.Object("metadata").Member("creationTimestamp")?.DeepClone(),
    };

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        const string beta = "volume.beta.kubernetes.io/storage-class";
        var spec = SpecOf(obj);
        if (obj.Object("metadata").Object("annotations").Has(beta))
            yield return $"metadata.annotations[{beta}]: deprecated since v1.8; use \"storageClassName\" attribute instead";
        if (spec.Text("persistentVolumeReclaimPolicy") == "Recycle")
            yield return "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.";
        foreach (var warning in PodWarnings.Fractions(FieldPath.Spec["capacity"], spec.Object("capacity"), "storage"))
            yield return warning;
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        if (spec.Length("accessModes") == 0)
            problems.Required(path["accessModes"]);
        ClaimValidation.Modes(problems, path["accessModes"], spec);
        Capacity(problems, path["capacity"], spec.Object("capacity"));
        if (spec.Has("persistentVolumeReclaimPolicy"))
            problems.OneOf(path["persistentVolumeReclaimPolicy"], spec.Text("persistentVolumeReclaimPolicy"), "Delete", "Recycle", "Retain");
        if (spec.Object("nodeAffinity") is { } affinity)
        {
            if (affinity.Object("required") is { } required)
                SchedulingValidation.NodeSelector(problems, path["nodeAffinity"]["required"], required);
            else
                problems.Required(path["nodeAffinity"]["required"], "must specify required node constraints");
        }
        Source(problems, path, spec);
        if (spec.Object("hostPath").Text("path").TrimEnd('/') is "" && spec.Has("hostPath") && spec.Text("persistentVolumeReclaimPolicy") == "Recycle")
            problems.Forbidden(path["persistentVolumeReclaimPolicy"], "may not be 'recycle' for a hostPath mount of '/'");
        if (spec.Text("storageClassName") is { Length: > 0 } storageClass)
            problems.Invalid(path["storageClassName"], storageClass, Names.DnsSubdomainProblems(storageClass));
        if (spec.Has("volumeMode"))
            problems.OneOf(path["volumeMode"], spec.Text("volumeMode"), "Block", "Filesystem");
        if (!spec.Has("volumeAttributesClassName"))
            return;
        if (spec.Text("volumeAttributesClassName") is { Length: > 0 } attributes)
            problems.Invalid(path["volumeAttributesClassName"], attributes, Names.DnsSubdomainProblems(attributes));
        else
            problems.Required(path["volumeAttributesClassName"], "an empty string is disallowed");
        if (!spec.Has("csi"))
            problems.Required(path["csi"], "has to be specified when using volumeAttributesClassName");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        // The strategy validates the whole and then the change, which holds the whole again.
        Check(problems, obj);
        var (spec, oldSpec) = ((JsonObject)SpecOf(obj).DeepClone(), SpecOf(old));
        if (oldSpec.Object("csi") is { } oldCsi && !oldCsi.Has("controllerExpandSecretRef"))
            spec.Object("csi")?.Remove("controllerExpandSecretRef");
        if (Sources.Any(source => !JsonNodeExtensions.DeepEquals(spec.Member(source), oldSpec.Member(source))))
            problems.Forbidden(FieldPath.Spec["persistentvolumesource"], "spec.persistentvolumesource is immutable after creation");
        problems.Unchanged(FieldPath.Of("volumeMode"), spec.Member("volumeMode"), oldSpec.Member("volumeMode"));
        if (oldSpec.Has("nodeAffinity"))
            problems.Unchanged(FieldPath.Of("nodeAffinity"), spec.Member("nodeAffinity"), oldSpec.Member("nodeAffinity"), "field is immutable, except for updating from beta label to GA");
        if (oldSpec.Has("volumeAttributesClassName") && !spec.Has("volumeAttributesClassName"))
            problems.Forbidden(FieldPath.Spec["volumeAttributesClassName"], "update from non-nil value to nil is forbidden");
    }

    private static void Capacity(FieldProblems problems, FieldPath path, JsonObject? capacity)
    {
        if (capacity is not { Count: > 0 })
            problems.Required(path);
        else if (!capacity.Has("storage") || capacity.Count > 1)
            problems.NotSupported(path, capacity, ["storage"]);
        foreach (var (name, value) in capacity ?? [])
        {
            if (value.Amount() is { IsNegative: true })
                problems.Invalid(path.Key(name), value, "must be a valid resource quantity");
            if (value.Amount() is { IsZero: true } or { IsNegative: true })
                problems.Invalid(path.Key(name), value, "must be greater than zero");
        }
    }

    private static void Source(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var found = 0;
        foreach (var kind in Sources)
        {
            if (spec.Object(kind) is not { } source)
                continue;
            if (found++ > 0)
                problems.Forbidden(path[kind], "may not specify more than 1 volume type");
            else if (kind == "csi")
                Csi(problems, path["csi"], source);
            else
                VolumeSourceValidation.Check(problems, path[kind], kind, source);
        }
        if (found == 0)
            problems.Required(path, "must specify a volume type");
        if (spec.Has("local") && !spec.Has("nodeAffinity"))
            problems.Required(path["nodeAffinity"], "Local volume requires node affinity");
    }

    private static void Csi(FieldProblems problems, FieldPath path, JsonObject source)
    {
        VolumeSourceValidation.DriverName(problems, path["driver"], source.Text("driver"));
        if (source.Text("volumeHandle").Length == 0)
            problems.Required(path["volumeHandle"]);
        foreach (var field in (ReadOnlySpan<string>)["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"])
        {
            if (source.Object(field) is not { } secret)
                continue;
            if (secret.Text("name").Length == 0)
                problems.Required(path[field]["name"]);
            else
                problems.Invalid(path[field]["name"], secret.Text("name"), Names.DnsSubdomainProblems(secret.Text("name")));
            if (secret.Text("namespace").Length == 0)
                problems.Required(path[field]["namespace"]);
            else
                problems.Invalid(path[field]["namespace"], secret.Text("namespace"), Names.DnsLabelProblems(secret.Text("namespace")));
        }
    }
}
