using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// How values of a schema are merged and compared: as scalar, list or map, each granular or as a whole. Several facets
/// are open where the schema does not fix a type. Made lazily from a <see cref="Schema"/> and shared by all that use it.
/// </summary>
internal sealed class FieldType
{
    private static readonly ConditionalWeakTable<Schema, FieldType> Named = [];
    private static readonly ConditionalWeakTable<Schema, FieldType> Resources = [];
    private static readonly Dictionary<string, FieldDeclaration> NoFields = [];

    private readonly Schema? schema;
    private readonly bool isResource;
    private readonly bool preserves;
    private Dictionary<string, FieldDeclaration>? fields;
    private FieldType? elements;
    private FieldType? items;

    private FieldType(Schema? schema, bool preserves, bool isResource)
    {
        this.schema = schema;
        this.isResource = isResource;
        this.preserves = preserves || schema is { PreserveUnknownFields: true };
        if (schema is null)
            return;
        Facets = schema switch
        {
            { IsQuantity: true } => Facets.Scalar,
            _ when isResource => Facets.Map,
            { Type: "object" } => Facets.Map,
            { Type: "array" } => Facets.List,
            { Type: "integer" or "number" or "boolean" or "string" } => Facets.Scalar,
            _ => Facets.Scalar | Facets.List | Facets.Map,
        };
        Scalar = schema switch
        {
            { IsQuantity: true } => ScalarType.Any,
            { Type: "integer" or "number" } => ScalarType.Number,
            { Type: "boolean" } => ScalarType.Boolean,
            { Type: "string", IntOrString: false, Format: null or "" or "byte" } => ScalarType.String,
            _ => ScalarType.Any,
        };
        IsAtomicMap = schema.MapType == "atomic";
        (IsAtomicList, Keys) = ListRelation(schema);
    }

    /// <summary>Free-form values that are owned as a whole.</summary>
    public static FieldType Untyped { get; } = Free(atomicMaps: true);

    /// <summary>Free-form values of which each field can be owned; their lists are owned as a whole.</summary>
    public static FieldType Deduced { get; } = Free(atomicMaps: false);

    public Facets Facets { get; private init; }

    public ScalarType Scalar { get; private init; } = ScalarType.Any;

    public bool IsAtomicMap { get; private init; }

    public bool IsAtomicList { get; private init; }

    /// <summary>The key fields of a list-map, sorted by name; empty for a set.</summary>
    public ListKey[] Keys { get; } = [];

    /// <summary>Type of the values of a free map; null when only declared fields are allowed.</summary>
    public FieldType? Elements => Facets.HasFlag(Facets.Map) ? elements ??= ReadElements() : null;

    /// <summary>Type of the elements of a list; null when this is no list.</summary>
    public FieldType? Items => Facets.HasFlag(Facets.List) ? items ??= schema?.Items is { } type ? Of(type, preserves) : Untyped : null;

    /// <summary>A free-form map that no field is declared for.</summary>
    public bool IsFreeMap => Fields.Count == 0 && ReferenceEquals(Elements, Deduced);

    private Dictionary<string, FieldDeclaration> Fields => fields ??= ReadFields();

    /// <summary>The type of a whole object: <c>apiVersion</c>, <c>kind</c> and <c>metadata</c> are always declared.</summary>
    public static FieldType OfResource(Schema schema) => schema.TypeName is null
        ? Resources.GetValue(schema, static s => new FieldType(s, preserves: false, isResource: true))
        : Of(schema, preserves: false);

    /// <summary>The type of the value under a key; declared says whether the schema names the key. Null when nothing allows the key.</summary>
    public FieldType? FieldOrElement(string name, out bool declared)
    {
        declared = false;
        if (!Facets.HasFlag(Facets.Map))
            return null;
        declared = Fields.TryGetValue(name, out var field);
        return declared ? field.Type : Elements;
    }

    /// <summary>The path element of a key; that of a declared field is shared.</summary>
    public PathElement Element(string name) => Fields.TryGetValue(name, out var field) ? field.Element : PathElement.Field(name);

    /// <summary>Which facet a value takes: one when it fits, else all.</summary>
    public Facets Deduce(JsonNode? node)
    {
        var wanted = node switch
        {
            null => Facets.None,
            JsonObject => Facets.Map,
            JsonArray => Facets.List,
            _ => Facets.Scalar,
        };
        return (Facets & wanted) == Facets.None ? Facets : wanted;
    }

    private static FieldType Of(Schema schema, bool preserves)
    {
        if (schema.TypeName == "io.k8s.apimachinery.pkg.runtime.RawExtension")
            return Untyped;
        // A named type does not inherit; it may be recursive and is shared.
        return schema.TypeName is null
            ? new FieldType(schema, preserves, schema.EmbeddedResource)
            : Named.GetValue(schema, static s => new FieldType(s, preserves: false, isResource: false));
    }

    private static FieldType Free(bool atomicMaps)
    {
        var type = new FieldType(null, preserves: false, isResource: false)
        {
            Facets = Facets.Scalar | Facets.List | Facets.Map,
            IsAtomicMap = atomicMaps,
            IsAtomicList = true,
        };
        type.fields = NoFields;
        type.elements = type;
        type.items = atomicMaps ? type : Untyped;
        return type;
    }

    private Dictionary<string, FieldDeclaration> ReadFields()
    {
        var result = new Dictionary<string, FieldDeclaration>(schema!.Properties.Count + (isResource ? 3 : 0), StringComparer.Ordinal);
        foreach (var (name, property) in schema.Properties)
            result[name] = new FieldDeclaration(PathElement.Field(name), Of(property, preserves));
        if (isResource)
        {
            var text = Of(new Schema { Type = "string" }, preserves: false);
            result["apiVersion"] = new FieldDeclaration(PathElement.Field("apiVersion"), text);
            result["kind"] = new FieldDeclaration(PathElement.Field("kind"), text);
            result["metadata"] = new FieldDeclaration(PathElement.Field("metadata"), Of(BuiltInTypes.Instance.ObjectMeta, preserves: false));
        }
        return result;
    }

    private FieldType? ReadElements() => schema switch
    {
        { AdditionalProperties: { } values } => Of(values, preserves),
        { AdditionalPropertiesAllowed: { } allowed } => allowed ? Deduced : null,
        _ => preserves || (!isResource && schema!.Properties.Count == 0) ? Deduced : null,
    };

    private static (bool IsAtomic, ListKey[] Keys) ListRelation(Schema schema) => schema switch
    {
        { ListType: "set" } => (false, []),
        { ListType: "map" } => (false, KeysOf(schema, schema.ListMapKeys)),
        { ListType: not null } => (true, []),
        { PatchStrategy: "merge" or "merge,retainKeys" } =>
            (false, schema.PatchMergeKey is { } key ? KeysOf(schema, [key]) : []),
        _ => (true, []),
    };

    private static ListKey[] KeysOf(Schema schema, IReadOnlyList<string> names) =>
    [
        .. names
            .Select(name => new ListKey(name, schema.Items?.Properties.GetValueOrDefault(name)?.Default is { } value && FieldScalar.TryFrom(value, out var scalar) ? scalar : null))
            .OrderBy(key => key.Name, Comparer<string>.Create(Utf8Order.Compare)),
    ];
}

/// <summary>A declared field of a <see cref="FieldType"/>.</summary>
internal readonly record struct FieldDeclaration(PathElement Element, FieldType Type);

/// <summary>A key field of a list-map and what it is when absent.</summary>
internal readonly record struct ListKey(string Name, FieldScalar? Default);

[Flags]
internal enum Facets
{
    None = 0,
    Scalar = 1,
    List = 2,
    Map = 4,
}

internal enum ScalarType
{
    Any,
    String,
    Number,
    Boolean,
}
