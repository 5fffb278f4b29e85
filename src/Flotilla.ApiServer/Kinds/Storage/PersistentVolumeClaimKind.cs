using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Storage;

/// <summary>PersistentVolumeClaims: but for their size, once bound, they stay as they are.</summary>
internal sealed class PersistentVolumeClaimKind() : BuiltInKind(KindTraits.Status)
{
    private const string BetaClass = "volume.beta.kubernetes.io/storage-class";

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole | MetadataChecks.WholeAgain;

    public override void PrepareForCreate(JsonObject obj)
    {
        obj["status"] = new JsonObject { ["phase"] = "Pending" };
        CopySource(obj.ObjectOrNew("spec"));
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old) => CopySource(obj.ObjectOrNew("spec"));

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        if (obj.Object("metadata").Object("annotations").Has(BetaClass))
            yield return $"metadata.annotations[{BetaClass}]: deprecated since v1.8; use \"storageClassName\" attribute instead";
        var (path, resources) = (FieldPath.Spec["resources"], SpecOf(obj).Object("resources"));
        foreach (var warning in PodWarnings.Fractions(path["requests"], resources.Object("requests"), "storage")
            .Concat(PodWarnings.Fractions(path["limits"], resources.Object("limits"), "storage")))
            yield return warning;
    }

    protected override void Check(FieldProblems problems, JsonObject obj) => ClaimValidation.Spec(problems, FieldPath.Spec, SpecOf(obj));

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        // The strategy validates the whole and then the change, which holds the whole again.
        Check(problems, obj);
        var (spec, oldSpec) = ((JsonObject)SpecOf(obj).DeepClone(), (JsonObject)SpecOf(old).DeepClone());
        var oldClass = old.Object("metadata").Object("annotations").Member(BetaClass);
        if (oldSpec.Text("volumeName").Length == 0)
            oldSpec.CopyFrom(spec, "volumeName");
        if (!oldSpec.Has("storageClassName") && spec.Has("storageClassName") && (oldClass is null || oldClass.AsStringOrNull() == spec.Text("storageClassName")))
            spec.Remove("storageClassName");
        if (StatusOf(obj).Text("phase") == "Bound")
        {
            spec.Object("resources").Object("requests")?.CopyFrom(oldSpec.Object("resources").Object("requests"), "storage");
            spec.CopyFrom(oldSpec, "volumeAttributesClassName");
        }
        if (!JsonNodeExtensions.DeepEquals(spec, oldSpec))
            problems.Forbidden(FieldPath.Spec, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");

        var (size, oldSize) = (Size(SpecOf(obj)), Size(SpecOf(old)));
        if (size < oldSize && size <= StatusOf(old).Object("capacity").Member("storage").Amount())
            problems.Forbidden(FieldPath.Spec["resources"]["requests"]["storage"], "field can not be less than status.capacity");
        problems.Unchanged(FieldPath.Of("volumeMode"), spec.Member("volumeMode"), oldSpec.Member("volumeMode"));
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var (name, value) in StatusOf(obj).Object("capacity") ?? [])
        {
            if (value.Amount().IsNegative)
                problems.Invalid(FieldPath.Status["capacity"].Key(name), value, "must be a valid resource quantity");
        }
    }

    private static Quantity Size(JsonObject spec) => spec.Object("resources").Object("requests").Member("storage").Amount();

    /// <summary>The old and the new field for a source say the same.</summary>
    private static void CopySource(JsonObject spec)
    {
        if (spec.Has("dataSource") && !spec.Has("dataSourceRef"))
            spec["dataSourceRef"] = spec.Member("dataSource")!.DeepClone();
        else if (spec.Object("dataSourceRef") is { } reference && !spec.Has("dataSource") && reference.Text("namespace").Length == 0)
            spec["dataSource"] = new JsonObject
            {
                ["apiGroup"] = reference.Member("apiGroup")?.DeepClone(),
                ["kind"] = reference.Text("kind"),
                ["name"] = reference.Text("name"),
            };
    }
}
