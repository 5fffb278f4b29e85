using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Storage;

/// <summary>CSIDrivers.</summary>
internal sealed class CsiDriverKind() : BuiltInKind(KindTraits.ConditionalUpdate)
{
    private static readonly string[] Fixed = ["attachRequired", "volumeLifecycleModes"];

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        VolumeSourceValidation.DriverName(problems, FieldPath.Metadata["name"], obj.Object("metadata").Text("name"));
        foreach (var field in (ReadOnlySpan<string>)["attachRequired", "podInfoOnMount", "storageCapacity"])
        {
            if (!spec.Has(field))
                problems.Required(path[field]);
        }
        if (spec.Has("fsGroupPolicy"))
            problems.OneOf(path["fsGroupPolicy"], spec.Text("fsGroupPolicy"), "File", "None", "ReadWriteOnceWithFSType");
        foreach (var (at, mode) in spec.EachText("volumeLifecycleModes", path))
            problems.OneOf(at, mode, "Ephemeral", "Persistent");
        var audiences = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, request) in spec.Each("tokenRequests", path))
        {
            if (!audiences.Add(request.Text("audience")))
                problems.Duplicate(at["audience"], request.Text("audience"));
            if (request.Member("expirationSeconds").AsInt64OrNull() < 600)
                problems.Invalid(at["expirationSeconds"], request.Member("expirationSeconds"), "may not specify a duration less than 10 minutes");
        }
        if (spec.Member("nodeAllocatableUpdatePeriodSeconds").AsInt64OrNull() < 10)
            problems.Invalid(path["nodeAllocatableUpdatePeriodSeconds"], spec.Member("nodeAllocatableUpdatePeriodSeconds"), "must be greater than or equal to 10 seconds");
        if (spec.Has("serviceAccountTokenInSecrets") && spec.Length("tokenRequests") == 0)
            problems.Invalid(path["serviceAccountTokenInSecrets"], spec.Member("serviceAccountTokenInSecrets"), "must not be set when tokenRequests is empty");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var field in Fixed)
            problems.Unchanged(FieldPath.Spec[field], SpecOf(obj).Member(field), SpecOf(old).Member(field));
    }
}
