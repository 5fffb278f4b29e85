using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Schemas.Rules;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Defaults in a structural schema: each has to be valid by itself and free of unknown fields.</summary>
internal sealed class DefaultRules(bool requirePruned)
{
    private readonly List<FieldError> errors = [];

    public static IReadOnlyList<FieldError> Validate(Schema schema, FieldPath path, bool requirePruned)
    {
        var rules = new DefaultRules(requirePruned);
        rules.Node(schema, path, null, isRoot: true);
        return rules.errors;
    }

    /// <summary>Whether no default has unknown fields.</summary>
    public static bool ArePruned(Schema schema)
    {
        if (schema.Default is { } value && !IsPruned(schema, value))
            return false;
        return !schema.HasDefaultsBelow || ((schema.Items is null || ArePruned(schema.Items)) && schema.Properties.Values.All(ArePruned));
    }

    /// <param name="schema">The schema, whose own default is checked too.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="resource">The whole (perhaps embedded) resource around a part of its metadata; null outside of metadata.</param>
    /// <param name="isRoot">Whether it is the schema of the whole custom resource.</param>
    private void Node(Schema schema, FieldPath path, Surrounding? resource, bool isRoot = false)
    {
        if (schema.EmbeddedResource)
            resource = null;
        if (schema.Default is { } value)
            Default(schema, value, path["default"], resource, isRoot);
        if (!schema.HasDefaultsBelow)
            return;
        if (schema.Items is { } items)
            Node(items, path["items"], resource is null ? null : new Surrounding(resource.Resource, child => resource.Wrap(new JsonArray(child))));
        foreach (var (name, property) in schema.Properties)
        {
            var isMeta = schema.EmbeddedResource && name is "metadata" or "apiVersion" or "kind";
            Surrounding? around = resource is not null ? new Surrounding(resource.Resource, child => resource.Wrap(new JsonObject { [name] = child }))
                : isMeta ? new Surrounding(schema, child => new JsonObject { [name] = child })
                : null;
            Node(property, path["properties"].Key(name), around);
        }
    }

    private void Default(Schema schema, JsonNode value, FieldPath path, Surrounding? resource, bool isRoot)
    {
        if (resource is not null)
        {
            InMetadata(schema, value, path, resource);
            return;
        }
        if (requirePruned && !IsPruned(schema, value))
            errors.Add(FieldError.Invalid(path.ToString(), value, "must not have unknown fields"));
        var embedded = EmbeddedMetadata.Validate(value, schema, path.ToString());
        errors.AddRange(embedded.Count > 0 ? embedded : Value(schema, value, path.ToString(), isRoot));
    }

    private static IReadOnlyList<FieldError> Value(Schema schema, JsonNode value, string path, bool isRoot = false)
    {
        var errors = SchemaValidation.Validate(value, schema, path);
        if (errors.Count > 0 || CelRules.Of(schema, isRoot) is not { } rules)
            return errors;
        // A default may come with a new object or into an old one.
        var asUnchanged = rules.Validate(value, value, null, path);
        return asUnchanged.Count > 0 ? asUnchanged : rules.Validate(value, null, null, path);
    }

    private static bool IsPruned(Schema schema, JsonNode value)
    {
        if (value is JsonValue)
            return true;
        var pruned = value.DeepClone();
        SchemaPruning.PruneValue(pruned, schema, schema.EmbeddedResource);
        return JsonNodeExtensions.DeepEquals(pruned, value);
    }

    private void InMetadata(Schema schema, JsonNode value, FieldPath path, Surrounding resource)
    {
        var whole = (JsonObject)resource.Wrap(value.DeepClone());
        whole.TryAdd("kind", "Validation");
        whole.TryAdd("apiVersion", "validation/v1");
        var problems = EmbeddedMetadata.Validate(whole, resource.Resource);
        if (problems.Count > 0)
        {
            var all = problems.Count == 1 ? problems[0].ToString() : $"[{string.Join(", ", problems)}]";
            errors.Add(FieldError.Invalid(path.ToString(), value, $"must result in valid metadata: {all}"));
            return;
        }
        errors.AddRange(Value(schema, value, path.ToString()));
    }

    private sealed record Surrounding(Schema Resource, Func<JsonNode, JsonNode> Wrap);
}
