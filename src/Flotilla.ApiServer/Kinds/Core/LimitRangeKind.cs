using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>LimitRanges.</summary>
internal sealed class LimitRangeKind() : BuiltInKind(KindTraits.CreateOnUpdate)
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, limit) in SpecOf(obj).Each("limits", FieldPath.Spec))
        {
            var type = limit.Text("type");
            var before = problems.Count;
            problems.Invalid(at["type"], type, Names.QualifiedNameProblems(type));
            if (problems.Count == before && !type.Contains('/', StringComparison.Ordinal) && type is not ("Pod" or "Container" or "PersistentVolumeClaim"))
                problems.Invalid(at["type"], type, "must be a standard limit type or fully qualified");
            if (!types.Add(type))
                problems.Duplicate(at["type"], type);
            Limit(problems, at, (JsonObject)limit!, type);
        }
    }

    private static void Limit(FieldProblems problems, FieldPath path, JsonObject limit, string type)
    {
        foreach (var field in (ReadOnlySpan<string>)["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"])
        {
            if (type == "Pod" && field.StartsWith("default", StringComparison.Ordinal))
            {
                if (limit.Object(field) is { Count: > 0 })
                    problems.Forbidden(path[field], "may not be specified when `type` is 'Pod'");
                continue;
            }
            foreach (var (name, _) in limit.Object(field) ?? [])
                ResourceName(problems, path[field].Key(name), name, type);
        }
        if (type == "PersistentVolumeClaim" && !limit.Object("min").Has("storage") && !limit.Object("max").Has("storage"))
            problems.Required(path["limits"], "either minimum or maximum storage value is required, but neither was provided");

        var names = new[] { "max", "min", "default", "defaultRequest", "maxLimitRequestRatio" }.SelectMany(field => (limit.Object(field) ?? []).Select(entry => entry.Key));
        foreach (var name in names.Distinct(StringComparer.Ordinal).ToList())
        {
            NotAbove(problems, path["min"].Key(name), limit, name, ("min", "min"), ("max", "max"));
            NotAbove(problems, path["defaultRequest"].Key(name), limit, name, ("min", "min"), ("defaultRequest", "default request"));
            NotAbove(problems, path["defaultRequest"].Key(name), limit, name, ("defaultRequest", "default request"), ("max", "max"));
            NotAbove(problems, path["defaultRequest"].Key(name), limit, name, ("defaultRequest", "default request"), ("default", "default limit"));
            NotAbove(problems, path["default"].Key(name), limit, name, ("min", "min"), ("default", "default"));
            NotAbove(problems, path["default"].Key(name), limit, name, ("default", "default"), ("max", "max"));
            if (limit.Object("maxLimitRequestRatio").Member(name) is { } ratio && ratio.Amount() < Quantity.FromWhole(1))
                problems.Invalid(path["maxLimitRequestRatio"].Key(name), ratio, $"ratio {ratio.AsStringOrNull()} is less than 1");
        }
    }

    private static void ResourceName(FieldProblems problems, FieldPath path, string name, string type)
    {
        if (!ResourceValidation.Name(problems, path, name) || type is not ("Pod" or "Container"))
            return;
        if (!name.Contains('/', StringComparison.Ordinal) && name is not ("cpu" or "memory" or "ephemeral-storage") && !ResourceValidation.IsHugePages(name))
            problems.Invalid(path, name, "must be a standard resource for containers");
    }

    private static void NotAbove(FieldProblems problems, FieldPath path, JsonObject limit, string name, (string Field, string Shown) low, (string Field, string Shown) high)
    {
        if (limit.Object(low.Field).Member(name) is { } least && limit.Object(high.Field).Member(name) is { } most && least.Amount() > most.Amount())
            problems.Invalid(path, least, $"{low.Shown} value {least.AsStringOrNull()} is greater than {high.Shown} value {most.AsStringOrNull()}");
    }
}
