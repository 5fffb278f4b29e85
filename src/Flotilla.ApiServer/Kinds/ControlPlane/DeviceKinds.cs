using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>DeviceClasses.</summary>
internal sealed class DeviceClassKind() : BuiltInKind(KindTraits.Generation)
{
    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        foreach (var (at, config) in SpecOf(obj).Each("config", FieldPath.Spec))
            DeviceRules.Configuration(problems, at, config);
        DeviceRules.Selectors(problems, FieldPath.Spec, SpecOf(obj));
    }
}

/// <summary>ResourceClaims: what they ask for never changes.</summary>
internal sealed class ResourceClaimKind() : BuiltInKind(KindTraits.Status)
{
    protected override void Check(FieldProblems problems, JsonObject obj) => DeviceRules.Claim(problems, FieldPath.Spec["devices"], SpecOf(obj).Object("devices"));

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec, obj.Member("spec"), old.Member("spec"));
}

/// <summary>ResourceClaimTemplates: they never change.</summary>
internal sealed class ResourceClaimTemplateKind() : BuiltInKind
{
    protected override void Check(FieldProblems problems, JsonObject obj) =>
        DeviceRules.Claim(problems, FieldPath.Spec["spec"]["devices"], SpecOf(obj).Object("spec").Object("devices"));

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec, obj.Member("spec"), old.Member("spec"));
}

/// <summary>ResourceSlices: the devices of one pool that a driver tells of.</summary>
internal sealed class ResourceSliceKind() : BuiltInKind(KindTraits.Generation)
{
    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new()
    {
        ["spec.driver"] = slice => slice.Object("spec").Text("driver"),
        ["spec.nodeName"] = slice => slice.Object("spec").Text("nodeName"),
    };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override string UnknownFieldLabel(string label) => $"field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: {label}";

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        DeviceRules.Driver(problems, path["driver"], spec.Text("driver"));
        var pool = spec.Object("pool");
        if (pool.Text("name").Length == 0)
            problems.Required(path["pool"]["name"]);
        if (pool.Number("resourceSliceCount") <= 0)
            problems.Invalid(path["pool"]["resourceSliceCount"], pool.Number("resourceSliceCount"), "must be greater than zero");
        if (pool.Number("generation") < 0)
            problems.Invalid(path["pool"]["generation"], pool.Number("generation"), "must be greater than or equal to zero");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, device) in spec.Each("devices", path))
        {
            problems.Invalid(at["name"], device.Text("name"), Names.DnsLabelProblems(device.Text("name")));
            if (!names.Add(device.Text("name")))
                problems.Duplicate(at["name"], device.Text("name"));
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        var (path, spec, oldSpec) = (FieldPath.Spec, SpecOf(obj), SpecOf(old));
        problems.Unchanged(path["pool"]["name"], spec.Object("pool").Member("name"), oldSpec.Object("pool").Member("name"));
        foreach (var field in (ReadOnlySpan<string>)["driver", "nodeName"])
            problems.Unchanged(path[field], spec.Member(field), oldSpec.Member(field));
    }
}
