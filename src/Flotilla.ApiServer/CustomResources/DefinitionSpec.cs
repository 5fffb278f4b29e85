using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// A CRD's spec as kube-apiserver judges it: what all versions have in common stands once at the top, and errors name it there
/// (<c>spec.validation.openAPIV3Schema</c>), else in its version (<c>spec.versions[1].schema.openAPIV3Schema</c>).
/// </summary>
internal sealed class DefinitionSpec
{
    public DefinitionSpec(JsonObject source)
    {
        Source = source;
        var versions = (source.Array("versions") ?? []).OfType<JsonObject>().ToList();
        SharesSchema = Shared(versions, "schema");
        SharesSubresources = Shared(versions, "subresources");
        SharesColumns = Shared(versions, "additionalPrinterColumns");
        SharesSelectableFields = Shared(versions, "selectableFields");
        var path = FieldPath.Spec["versions"];
        SchemaProps? first = null;
        for (var i = 0; i < versions.Count; i++)
        {
            var schema = SharesSchema && i > 0 ? first : Schema(versions[i]);
            first ??= schema;
            Versions.Add(new DefinitionVersion(versions[i], path[i], schema));
        }
    }

    public JsonObject Source { get; }

    public JsonObject Names => Source.Object("names") ?? [];

    public string Group => Source.String("group") ?? "";

    public bool PreservesUnknownFields => Source.Member("preserveUnknownFields").AsBoolOrNull() ?? false;

    public List<DefinitionVersion> Versions { get; } = [];

    public bool SharesSchema { get; }

    public bool SharesSubresources { get; }

    public bool SharesColumns { get; }

    public bool SharesSelectableFields { get; }

    /// <summary>Every schema once, with the path of the object that holds it.</summary>
    public IEnumerable<(DefinitionVersion Version, FieldPath Path)> Schemas()
    {
        if (SharesSchema)
        {
            if (Versions is [{ HasSchema: true } version, ..])
                yield return (version, FieldPath.Spec["validation"]);
            yield break;
        }
        foreach (var version in Versions.Where(v => v.HasSchema))
            yield return (version, version.Path["schema"]);
    }

    /// <summary>Whether some schema, or a part of one, is so.</summary>
    public bool AnySchema(Func<SchemaProps, bool> predicate) => Schemas().Any(s => s.Version.Schema?.Any(predicate) == true);

    private static SchemaProps? Schema(JsonObject version) =>
        version.Object("schema").Object("openAPIV3Schema") is { } source ? new SchemaProps(source) : null;

    private static bool Shared(List<JsonObject> versions, string field) =>
        versions.Count > 0 && versions.All(version => JsonNodeExtensions.DeepEquals(version.Member(field), versions[0].Member(field)));
}

/// <summary>One entry of the spec's versions.</summary>
internal sealed record DefinitionVersion(JsonObject Source, FieldPath Path, SchemaProps? Schema)
{
    public string Name => Source.String("name") ?? "";

    public bool Served => Source.Member("served").AsBoolOrNull() ?? false;

    public bool Storage => Source.Member("storage").AsBoolOrNull() ?? false;

    public bool HasSchema => Source.Object("schema") is not null;

    public bool HasStatus => Source.Object("subresources").Member("status") is not null;
}
