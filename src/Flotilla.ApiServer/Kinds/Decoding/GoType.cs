using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Kinds.Decoding;

/// <summary>What Go's JSON codec sees in a place of a built-in object.</summary>
internal enum GoForm
{
    /// <summary>Anything; kept as it is (RawExtension, FieldsV1 …).</summary>
    Any,
    String,
    Bool,
    Int32,
    Int64,
    Float,
    Bytes,
    Time,
    MicroTime,
    Quantity,
    IntOrString,
    Struct,
    Map,
    List,

    /// <summary>A JSON schema, or something else that may stand in its place (a list of them, a boolean).</summary>
    SchemaOrOther,
}

/// <summary>How a field is written when it has no value, or a zero one.</summary>
internal enum Presence
{
    /// <summary>Left out when empty.</summary>
    OmitEmpty,

    /// <summary>Left out when unset; a zero value is a value.</summary>
    Pointer,

    /// <summary>Always written, as a zero value.</summary>
    Zero,

    /// <summary>Always written, as null.</summary>
    Null,
}

/// <summary>A field of a Go struct.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Type">The type behind it.</param>
/// <param name="Presence">What becomes of it when it is empty.</param>
/// <param name="KeepsEmptyList">Whether storage tells an empty list from none: JSON (CRDs) does, protobuf (all others) does not.</param>
/// <param name="Default">The default that the schema declares; null when none, or when it is the zero value anyway. Clone before use.</param>
internal sealed record GoField(string Name, GoType Type, Presence Presence, bool KeepsEmptyList, JsonNode? Default);

/// <summary>
/// The Go type behind a schema: what is needed to decode and encode objects as kube-apiserver does. Made once for each schema.
/// </summary>
internal sealed class GoType
{
    private const string JsonSchemaPrefix = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
    private static readonly ConcurrentDictionary<Schema, GoType> Known = new(ReferenceEqualityComparer.Instance);

    private readonly Schema schema;
    private readonly Lazy<(Dictionary<string, GoField> Fields, GoField[] Always)> fields;

    private GoType(Schema schema)
    {
        this.schema = schema;
        Form = FormOf(schema);
        fields = new(ReadFields);
    }

    public GoForm Form { get; }

    /// <summary>Type of the elements of a list or map; of the schema in <see cref="GoForm.SchemaOrOther"/>.</summary>
    public GoType Element => Form switch
    {
        GoForm.List => Of(schema.Items!),
        GoForm.Map => Of(schema.AdditionalProperties!),
        _ => Of(BuiltInTypes.Instance.Type(JsonSchemaPrefix)),
    };

    public Dictionary<string, GoField> Fields => fields.Value.Fields;

    /// <summary>Fields that are written even when nobody set them.</summary>
    public GoField[] Always => fields.Value.Always;

    /// <summary>Full name of the type, as <c>io.k8s.api.core.v1.PodSpec</c>; empty for lists, maps and plain values.</summary>
    public string Name => schema.TypeName ?? "";

    /// <summary>Name of a struct without its package, as <c>PodSpec</c>.</summary>
    public string StructName => schema.TypeName is { } name ? name[(name.LastIndexOf('.') + 1)..] : "";

    /// <summary>The type as Go prints it, as <c>[]v1.Container</c>.</summary>
    public string GoName => Form switch
    {
        GoForm.String => "string",
        GoForm.Bool => "bool",
        GoForm.Int32 => "int32",
        GoForm.Int64 => "int64",
        GoForm.Float => "float64",
        GoForm.Bytes => "[]uint8",
        GoForm.List => "[]" + Element.GoName,
        GoForm.Map => "map[string]" + Element.GoName,
        _ => string.Join('.', (schema.TypeName ?? "").Split('.')[^2..]),
    };

    public static GoType Of(Schema schema) => Known.GetOrAdd(schema, static s => new GoType(s));

    private static GoForm FormOf(Schema schema) => schema.TypeName switch
    {
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time" => GoForm.Time,
        "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime" => GoForm.MicroTime,
        JsonSchemaPrefix + "OrArray" or JsonSchemaPrefix + "OrBool" or JsonSchemaPrefix + "OrStringArray" => GoForm.SchemaOrOther,
        _ when schema.IsQuantity => GoForm.Quantity,
        _ when schema.IntOrString => GoForm.IntOrString,
        _ => schema.Type switch
        {
            "string" => schema.Format == "byte" ? GoForm.Bytes : GoForm.String,
            "boolean" => GoForm.Bool,
            "integer" => schema.Format == "int32" ? GoForm.Int32 : GoForm.Int64,
            "number" => GoForm.Float,
            "array" when schema.Items is not null => GoForm.List,
            "object" when schema.AdditionalProperties is not null => GoForm.Map,
            "object" when schema.Properties.Count > 0 || IsEmptyStruct(schema) => GoForm.Struct,
            _ => GoForm.Any,
        },
    };

    // RawExtension, FieldsV1 and the like are objects without properties too, but take anything.
    private static bool IsEmptyStruct(Schema schema) =>
        schema.TypeName is { } name && !name.StartsWith("io.k8s.apimachinery.", StringComparison.Ordinal);

    private (Dictionary<string, GoField> Fields, GoField[] Always) ReadFields()
    {
        var marks = GoEncoding.Marks(schema.TypeName);
        var storedAsJson = schema.TypeName?.StartsWith("io.k8s.apiextensions-apiserver.", StringComparison.Ordinal) ?? false;
        var result = new Dictionary<string, GoField>(schema.Properties.Count, StringComparer.Ordinal);
        foreach (var (name, property) in schema.Properties)
        {
            var presence = marks.GetValueOrDefault(name, Presence.OmitEmpty);
            result[name] = new GoField(name, Of(property), presence, storedAsJson, presence == Presence.Zero ? null : property.Default);
        }
        return (result, [.. result.Values.Where(f => f.Presence is Presence.Zero or Presence.Null)]);
    }
}
