using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Storage;

/// <summary>The spec of a PersistentVolumeClaim, alone or in the template of another object.</summary>
internal static class ClaimValidation
{
    public static readonly string[] AccessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    public static void Spec(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (spec.Length("accessModes") == 0)
            problems.Required(path["accessModes"], "at least 1 access mode is required");
        LabelRules.Selector(problems, path["selector"], spec.Object("selector"));
        Modes(problems, path["accessModes"], spec);
        if (spec.Object("resources").Object("requests").Member("storage") is { } storage)
        {
            if (storage.Amount() is { IsZero: true } or { IsNegative: true })
                problems.Invalid(path["resources"].Key("storage"), storage, "must be greater than zero");
        }
        else
        {
            problems.Required(path["resources"].Key("storage"));
        }
        if (spec.Text("storageClassName") is { Length: > 0 } storageClass)
            problems.Invalid(path["storageClassName"], storageClass, Names.DnsSubdomainProblems(storageClass));
        if (spec.Has("volumeMode"))
            problems.OneOf(path["volumeMode"], spec.Text("volumeMode"), "Block", "Filesystem");
        if (spec.Object("dataSource") is { } source)
            DataSource(problems, path["dataSource"], source);
        if (spec.Object("dataSourceRef") is { } reference)
            DataSource(problems, path["dataSourceRef"], reference);
        if (spec.Object("dataSource") is { } first && spec.Object("dataSourceRef") is { } second)
        {
            if (second.Text("namespace").Length > 0)
                problems.Invalid(path, path["dataSource"].ToString(), "may not be specified when dataSourceRef.namespace is specified");
            else if (first.Text("kind") != second.Text("kind") || first.Text("name") != second.Text("name") || first.Text("apiGroup") != second.Text("apiGroup"))
                problems.Invalid(path, path["dataSource"].ToString(), "must match dataSourceRef");
        }
        if (spec.Text("volumeAttributesClassName") is { Length: > 0 } attributes)
            problems.Invalid(path["volumeAttributesClassName"], attributes, Names.DnsSubdomainProblems(attributes));
    }

    /// <summary>Access modes must be known, and the one that allows a single Pod excludes all others.</summary>
    public static void Modes(FieldProblems problems, FieldPath path, JsonNode? spec)
    {
        var modes = spec.Texts("accessModes").ToList();
        foreach (var mode in modes)
            problems.OneOf(path, mode, AccessModes);
        if (modes.Count > 1 && modes.Contains("ReadWriteOncePod"))
            problems.Forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }

    private static void DataSource(FieldProblems problems, FieldPath path, JsonObject source)
    {
        if (source.Text("name").Length == 0)
            problems.Required(path["name"]);
        if (source.Text("kind").Length == 0)
            problems.Required(path["kind"]);
        var group = source.Text("apiGroup");
        if (group.Length == 0 && source.Text("kind") != "PersistentVolumeClaim")
            problems.Invalid(path, source.Text("kind"), "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        if (group.Length > 0)
            problems.Invalid(path["apiGroup"], group, Names.DnsSubdomainProblems(group));
        if (source.Text("namespace") is { Length: > 0 } ns)
            problems.Invalid(path["namespace"], ns, Names.DnsLabelProblems(ns));
    }
}
