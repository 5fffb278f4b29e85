using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// What may stand in a schema of a custom resource, node by node (apiextensions' OpenAPI rules): known constructs, list and map
/// types that make sense, well-formed CEL rules.
/// </summary>
/// <param name="leniency">What is demanded.</param>
/// <param name="isUnchanged">Whether the version had this schema before: its rules may then cost what they did.</param>
internal sealed partial class SchemaRules(SchemaLeniency leniency, bool isUnchanged)
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    private readonly List<FieldError> errors = [];
    private readonly ExpressionRules expressions = new(isUnchanged);

    /// <summary>All violations: those of the schema, then those of CEL rules.</summary>
    /// <param name="schema">The schema as declared.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="compiled">The same schema, if it is sound enough for CEL rules to be compiled against it.</param>
    public IReadOnlyList<FieldError> Validate(SchemaProps schema, FieldPath path, Schema? compiled)
    {
        Node(schema, path, new Surroundings { IsRoot = true, Occurrences = 1 }, compiled);
        return [.. errors, .. expressions.Errors, .. expressions.Costs.Problems(path)];
    }

    /// <summary>What holds for a node because of where it stands.</summary>
    private readonly record struct Surroundings
    {
        public bool IsRoot { get; init; }

        public bool InsideMetadata { get; init; }

        public string? ForbiddenDefaults { get; init; }

        /// <summary>The nearest part above whose elements have no predecessor in an update, so that a rule cannot use <c>oldSelf</c>.</summary>
        public FieldPath? Uncorrelatable { get; init; }

        /// <summary>How often the node can occur in one object; null when nothing bounds it.</summary>
        public ulong? Occurrences { get; init; }
    }

    private void Node(SchemaProps schema, FieldPath path, Surroundings around, Schema? compiled = null)
    {
        var before = errors.Count;
        Constructs(schema, path, around);
        if (schema.UniqueItems)
            Forbidden(path["uniqueItems"], "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        var inner = around with { IsRoot = false, Occurrences = RuleCosts.OccurrencesBelow(schema, around.Occurrences) };
        if (schema.HasAdditionalProperties)
        {
            if (schema.Properties.Count > 0 && (!schema.AllowsAdditionalProperties || schema.AdditionalProperties is not null))
                Forbidden(path["additionalProperties"], "additionalProperties and properties are mutual exclusive");
            if (schema.AdditionalProperties is not null)
            {
                var values = around.InsideMetadata ? inner with { ForbiddenDefaults = "inside additionalProperties applying to object metadata" } : inner;
                Node(schema.AdditionalProperties, path["additionalProperties"], values, compiled?.AdditionalProperties);
            }
        }
        foreach (var (name, property) in schema.Properties)
            Node(property, path["properties"].Key(name), OfProperty(schema, name, path, around, inner), compiled?.Properties.GetValueOrDefault(name));
        if (schema.Not is not null)
            Node(schema.Not, path["not"], inner);
        Each(schema.AllOf, path["allOf"], inner);
        Each(schema.OneOf, path["oneOf"], inner);
        Each(schema.AnyOf, path["anyOf"], inner);
        if (schema.HasItems)
        {
            var elements = schema.ListType == "map" ? inner : inner with { Uncorrelatable = around.Uncorrelatable ?? path };
            if (schema.Items is not null)
                Node(schema.Items, path["items"], elements, compiled?.Items);
            for (var i = 0; i < schema.ItemsList.Count; i++)
                Node(schema.ItemsList[i], path["items"][i], elements);
        }
        Extensions(schema, path);
        Rules(schema, path);
        // Expressions against a faulty schema would only fail for reasons that nobody understands.
        if (schema.Validations.Count > 0 && errors.Count == before && compiled is not null)
            expressions.Check(schema, compiled, around.IsRoot || schema.EmbeddedResource, path, around.Uncorrelatable, around.Occurrences);
    }

    private void Each(IReadOnlyList<SchemaProps> parts, FieldPath path, Surroundings around)
    {
        for (var i = 0; i < parts.Count; i++)
            Node(parts[i], path[i], around);
    }

    private static Surroundings OfProperty(SchemaProps schema, string name, FieldPath path, Surroundings around, Surroundings inner)
    {
        if (schema.MapType is not (null or "granular" or "atomic"))
            inner = inner with { Uncorrelatable = around.Uncorrelatable ?? path };
        if ((around.IsRoot || schema.EmbeddedResource) && name is "metadata" or "kind" or "apiVersion")
        {
            inner = inner with { InsideMetadata = true };
            if (around.IsRoot)
                inner = inner with { ForbiddenDefaults = $"in top-level {name}" };
        }
        return inner;
    }

    private void Constructs(SchemaProps schema, FieldPath path, Surroundings around)
    {
        if (leniency.RequiresValidTypes && schema.Type.Length > 0 && !Types.Contains(schema.Type))
            errors.Add(FieldError.NotSupported(path["type"].ToString(), schema.Type, Types));
        if (schema.Default is not null && around.ForbiddenDefaults is { } reason)
            Forbidden(path["default"], $"must not be set {reason}");
        foreach (var name in (string[])["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"])
        {
            if (schema.Unsupported.Contains(name))
                Forbidden(path[name], $"{name} is not supported");
        }
        if (schema.Type == "null")
            Forbidden(path["type"], "type cannot be set to null, use nullable as an alternative");
        if (schema.ItemsList.Count > 0)
            Forbidden(path["items"], "items must be a schema object and not an array");
        if (around.InsideMetadata && schema.EmbeddedResource)
            Forbidden(path["x-kubernetes-embedded-resource"], "must not be used inside of resource meta");
    }

    private void Extensions(SchemaProps schema, FieldPath path)
    {
        if (schema.PreserveUnknownFields == false)
            Invalid(path["x-kubernetes-preserve-unknown-fields"], false, "must be true or undefined");
        if (schema.MapType is not null)
        {
            MustBe("object", schema, path, "must be object if x-kubernetes-map-type is specified");
            if (schema.MapType is not ("atomic" or "granular"))
                errors.Add(FieldError.NotSupported(path["x-kubernetes-map-type"].ToString(), schema.MapType, ["atomic", "granular"]));
        }
        if (schema.ListType is not null)
            MustBe("array", schema, path, "must be array if x-kubernetes-list-type is specified");
        if (leniency.RequiresAtomicSets && schema is { Type: "array", ListType: "set", Items: { } items })
            SetItems(items, path["items"]);
        if (schema.ListType is not (null or "atomic" or "set" or "map"))
            errors.Add(FieldError.NotSupported(path["x-kubernetes-list-type"].ToString(), schema.ListType, ["atomic", "set", "map"]));
        if (schema.ListMapKeys.Count > 0 && schema.ListType != "map")
        {
            const string Problem = "must be map if x-kubernetes-list-map-keys is non-empty";
            if (schema.ListType is null)
                Required(path["x-kubernetes-list-type"], Problem);
            else
                Invalid(path["x-kubernetes-list-type"], schema.ListType, Problem);
        }
        if (schema.ListType == "map")
            MapList(schema, path);
        if (leniency.RequiresKeysOfMaps)
            errors.AddRange(MapListKeys(schema, path));
    }

    private void MustBe(string type, SchemaProps schema, FieldPath path, string problem)
    {
        if (schema.Type.Length == 0)
            Required(path["type"], problem);
        else if (schema.Type != type)
            Invalid(path["type"], schema.Type, problem);
    }

    private void SetItems(SchemaProps items, FieldPath path)
    {
        const string Problem = "must be atomic as item of a list with x-kubernetes-list-type=set";
        if (IsNotAtomic(items))
            Invalid(path[items.Type == "array" ? "x-kubernetes-list-type" : "x-kubernetes-map-type"], items.ListType, Problem);
    }

    /// <summary>Lists are atomic unless they say otherwise, objects only when they say so.</summary>
    internal static bool IsNotAtomic(SchemaProps items) =>
        items is { Type: "array", ListType: not (null or "atomic") } or { Type: "object", MapType: not "atomic" };

    private void MapList(SchemaProps schema, FieldPath path)
    {
        if (schema.ListMapKeys.Count == 0)
            Required(path["x-kubernetes-list-map-keys"], "must not be empty if x-kubernetes-list-type is map");
        if (!schema.HasItems)
            Required(path["items"], "must have a schema if x-kubernetes-list-type is map");
        else if (schema.Items is null)
            Invalid(path["items"], schema.Source["items"], "must only have a single schema if x-kubernetes-list-type is map");
        if (schema.Items is not { } items)
            return;
        if (items.Type != "object")
        {
            Invalid(path["items"]["type"], items.Type, "must be object if parent array's x-kubernetes-list-type is map");
            return;
        }
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in schema.ListMapKeys)
        {
            var shown = schema.Source["x-kubernetes-list-map-keys"];
            if (items.Property(key) is not { } property)
                Invalid(path["x-kubernetes-list-map-keys"], shown, "entries must all be names of item properties");
            else if (property.Type is "array" or "object")
                Invalid(path["items"]["properties"].Key(key)["type"], items.Type, "must be a scalar type if parent array's x-kubernetes-list-type is map");
            if (!keys.Add(key))
                Invalid(path["x-kubernetes-list-map-keys"], shown, "must not contain duplicate entries");
        }
    }

    /// <summary>Elements of sets and maps may not be null, and keys of maps have to be there.</summary>
    internal static IEnumerable<FieldError> MapListKeys(SchemaProps schema, FieldPath path)
    {
        if (schema is not { ListType: "set" or "map", Items: { } items })
            yield break;
        if (items.Nullable)
            yield return FieldError.Forbidden(path["items"]["nullable"].ToString(), $"cannot be nullable when x-kubernetes-list-type is {schema.ListType}");
        foreach (var key in schema.ListType == "map" ? schema.ListMapKeys : [])
        {
            if (items.Property(key) is not { } property)
                continue;
            var where = path["items"]["properties"].Key(key);
            if (!items.Required.Contains(key) && property.Default is null)
            {
                yield return FieldError.Required(
                    where["default"].ToString(), "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            }
            if (property.Nullable)
                yield return FieldError.Forbidden(where["nullable"].ToString(), "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
        }
    }

    private void Required(FieldPath path, string detail) => errors.Add(FieldError.Required(path.ToString(), detail));

    private void Invalid(FieldPath path, JsonNode? value, string detail) => errors.Add(FieldError.Invalid(path.ToString(), value, detail));

    private void Forbidden(FieldPath path, string detail) => errors.Add(FieldError.Forbidden(path.ToString(), detail));
}
