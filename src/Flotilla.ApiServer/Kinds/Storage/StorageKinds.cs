using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Storage;

/// <summary>CSINodes: a driver's entry is replaced, not changed.</summary>
internal sealed class CsiNodeKind() : BuiltInKind(KindTraits.ConditionalUpdate)
{
    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, driver) in SpecOf(obj).Each("drivers", FieldPath.Spec))
        {
            VolumeSourceValidation.DriverName(problems, at["name"], driver.Text("name"));
            if (!names.Add(driver.Text("name")))
                problems.Duplicate(at["name"], driver.Text("name"));
            if (driver.Text("nodeID").Length == 0)
                problems.Required(at["nodeID"]);
            problems.NotNegative(at["allocatable"]["count"], driver.Object("allocatable").Member("count"));
            foreach (var (keyAt, key) in driver.EachText("topologyKeys", at))
                problems.Invalid(keyAt, key, Names.QualifiedNameProblems(key));
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var driver in SpecOf(old).Array("drivers") ?? [])
        {
            var now = (SpecOf(obj).Array("drivers") ?? []).FirstOrDefault(other => other.Text("name") == driver.Text("name"));
            if (now is not null && (now.Text("nodeID") != driver.Text("nodeID") || !JsonNodeExtensions.DeepEquals(now.Member("topologyKeys"), driver.Member("topologyKeys"))))
                problems.Invalid(FieldPath.Of("CSINodeDriver"), now, FieldProblems.Immutable);
        }
    }
}

/// <summary>VolumeAttachments: their spec never changes.</summary>
internal sealed class VolumeAttachmentKind() : BuiltInKind(KindTraits.Status | KindTraits.ConditionalUpdate)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.None;

    public override MetadataChecks MetadataChecksOnCreate => MetadataChecks.None;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var attacher = spec.Text("attacher");
        if (attacher.Length == 0)
            problems.Required(path["attacher"]);
        else
            problems.Invalid(path["attacher"], attacher, Names.QualifiedNameProblems(attacher.ToLowerInvariant()));
        var source = spec.Object("source");
        if (!source.Has("persistentVolumeName") && !source.Has("inlineVolumeSpec"))
            problems.Required(path["source"], "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
        else if (source.Has("persistentVolumeName") && source.Has("inlineVolumeSpec"))
            problems.Forbidden(path["source"], "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
        else if (source.Has("persistentVolumeName") && source.Text("persistentVolumeName").Length == 0)
            problems.Required(path["source"]["persistentVolumeName"], "must specify non empty persistentVolumeName");
        problems.Invalid(path["nodeName"], spec.Text("nodeName"), Names.DnsSubdomainProblems(spec.Text("nodeName")));
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec, obj.Member("spec"), old.Member("spec"), "field is immutable");
}

/// <summary>CSIStorageCapacities.</summary>
internal sealed class StorageCapacityKind() : BuiltInKind(KindTraits.ConditionalUpdate)
{
    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        LabelRules.Selector(problems, FieldPath.Of("nodeTopology"), obj.Object("nodeTopology"));
        problems.Invalid(FieldPath.Of("storageClassName"), obj.Text("storageClassName"), Names.DnsSubdomainProblems(obj.Text("storageClassName")));
        foreach (var field in (ReadOnlySpan<string>)["capacity", "maximumVolumeSize"])
        {
            if (obj.Member(field).Amount().IsNegative)
                problems.Invalid(FieldPath.Of(field), obj.Member(field), FieldProblems.Negative);
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var field in (ReadOnlySpan<string>)["nodeTopology", "storageClassName"])
            problems.Unchanged(FieldPath.Of(field), obj.Member(field), old.Member(field));
    }
}

/// <summary>VolumeAttributesClasses.</summary>
internal sealed class VolumeAttributesClassKind() : BuiltInKind(KindTraits.ConditionalUpdate)
{
    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        VolumeSourceValidation.DriverName(problems, FieldPath.Of("driverName"), obj.Text("driverName"));
        if (obj.Object("parameters") is not { Count: > 0 } parameters)
            problems.Required(FieldPath.Of("parameters"), "must contain at least one key/value pair");
        else
            StorageClassKind.Parameters(problems, FieldPath.Of("parameters"), parameters);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var field in (ReadOnlySpan<string>)["driverName", "parameters"])
        {
            if (!JsonNodeExtensions.DeepEquals(obj.Member(field), old.Member(field)))
                problems.Forbidden(FieldPath.Of(field), $"updates to {field} are forbidden.");
        }
    }
}
