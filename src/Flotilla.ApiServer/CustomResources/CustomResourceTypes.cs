using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Reads the parts of a CRD's version that are not its schema.</summary>
internal static class CustomResourceTypes
{
    private static readonly string[] ResourceVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];

    /// <summary>The resource as discovery tells it.</summary>
    public static ResourceType Of(JsonObject spec, JsonObject names, string version, bool hasStatus, bool hasScale)
    {
        var kind = names.String("kind") ?? "";
        var subresources = new List<SubresourceType>();
        if (hasStatus)
            subresources.Add(new SubresourceType("status", kind, null, null, SubresourceVerbs));
        if (hasScale)
            subresources.Add(new SubresourceType("scale", "Scale", "autoscaling", "v1", SubresourceVerbs));
        return new ResourceType
        {
            Group = spec.String("group") ?? "",
            Version = version,
            Plural = names.String("plural") ?? "",
            Singular = names.String("singular") ?? "",
            Kind = kind,
            ListKind = names.String("listKind") ?? kind + "List",
            Namespaced = spec.String("scope") == "Namespaced",
            Verbs = ResourceVerbs,
            ShortNames = Strings(names.Array("shortNames")),
            Categories = Strings(names.Array("categories")),
            Subresources = subresources,
        };
    }

    /// <summary>The printer columns; the age when none are declared. A column with a bad path ends the list, as kube-apiserver has it.</summary>
    public static IReadOnlyList<TableColumn> Columns(JsonArray? declared)
    {
        if (declared is not { Count: > 0 })
            return [TableColumn.Age];
        var columns = new List<TableColumn>(declared.Count);
        foreach (var column in declared)
        {
            var path = column.String("jsonPath") ?? "";
            if (JsonPath.Parse(path) is not { } parsed)
                break;
            columns.Add(new TableColumn(
                column.String("name") ?? "", column.String("type") ?? "", column.String("format") ?? "", column.String("description") ?? "",
                column.Member("priority").AsInt64OrNull() ?? 0, path, parsed.First));
        }
        return columns;
    }

    /// <summary>What field selectors may name, under the path without its dot.</summary>
    public static IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields(JsonArray? declared)
    {
        var fields = new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal);
        foreach (var entry in declared ?? [])
        {
            if (entry.String("jsonPath") is { } text && JsonPath.Parse(text) is { } path)
                fields[text.StartsWith('.') ? text[1..] : text] = obj => Text(path.First(obj));
        }
        return fields;
    }

    private static string Text(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "",
        JsonValueKind.String => value.AsStringOrNull()!,
        _ => value.ToJsonString(),
    };

    private static string[] Strings(JsonArray? array) => [.. (array ?? []).Select(n => n.AsStringOrNull()).OfType<string>()];
}
