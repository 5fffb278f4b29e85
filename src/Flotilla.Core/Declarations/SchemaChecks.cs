using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Core.Declarations;

/// <summary>Checks objects of our kinds against their definitions, as an API server would.</summary>
internal static class SchemaChecks
{
    private static readonly Dictionary<string, CustomResourceSchema> Schemas =
        CustomResourceDefinitions.Kinds.ToDictionary(kind => kind.Name, kind => new CustomResourceSchema(CustomResourceDefinitions.SchemaOf(kind)), StringComparer.Ordinal);

    /// <summary>The object with defaults and without unknown fields; null when it has errors, which are told.</summary>
    public static JsonObject? Check(Declared declared, List<Problem> problems)
    {
        var schema = Schemas[declared.Kind];
        var before = problems.Count;
        var decoded = (JsonObject)declared.Object.DeepClone();
        decoded.Remove("status");
        schema.Decode(decoded, field => problems.Add(Unknown(declared, schema.Schema, field)));
        foreach (var error in schema.Validate(decoded))
            problems.Add(Wrong(declared, error, decoded, FieldPlaces.SchemaOf(schema.Schema, error.Field)));
        var metadata = BuiltInTypes.Instance.ObjectMeta;
        foreach (var error in SchemaValidation.Validate(decoded["metadata"], metadata, "metadata"))
            problems.Add(Wrong(declared, error, decoded, FieldPlaces.SchemaOf(metadata, error.Field["metadata".Length..])));
        return problems.Count == before ? decoded : null;
    }

    private static Problem Wrong(Declared declared, FieldError error, JsonObject decoded, Schema? schema)
    {
        var (message, remedy) = FieldProblems.Of(error, FieldPlaces.ValueOf(decoded, error.Field), schema);
        return declared.Error(error.Field, message, remedy);
    }

    private static Problem Unknown(Declared declared, Schema root, string field)
    {
        var (parent, name) = FieldPlaces.Split(field);
        var known = parent == "metadata" ? BuiltInTypes.Instance.ObjectMeta : FieldPlaces.SchemaOf(root, parent);
        return declared.Error(field, $"there is no field {name} here", Nearest.Remedy(name, [.. known?.Properties.Keys ?? []]));
    }
}
