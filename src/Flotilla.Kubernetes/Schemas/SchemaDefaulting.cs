using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>Fills the defaults that a structural schema declares, in place.</summary>
public static class SchemaDefaulting
{
    /// <summary>
    /// What kube-apiserver does after pruning: drops null fields that may not be null and have no default, then sets the default of every
    /// absent field whose parent is there, and of every null that may not be null. Defaults may bring further defaults below them.
    /// </summary>
    /// <param name="value">An object or list; anything else is left alone.</param>
    /// <param name="schema">Its schema.</param>
    public static void Default(JsonNode? value, Schema schema)
    {
        if (value is null)
            return;
        DropNulls(value, schema);
        Fill(value, schema);
    }

    /// <summary>Drops null fields that may not be null and have no default. Nulls in lists stay.</summary>
    public static void DropNulls(JsonNode? value, Schema? schema)
    {
        switch (value)
        {
            case JsonObject map when schema is not null:
                List<string>? dropped = null;
                foreach (var (name, child) in map)
                {
                    var childSchema = Child(schema, name);
                    if (child is null && childSchema is { Nullable: false, Default: null })
                        (dropped ??= []).Add(name);
                    else if (childSchema is not null && child is JsonObject or JsonArray)
                        DropNulls(child, childSchema);
                }
                dropped?.ForEach(name => map.Remove(name));
                break;
            case JsonArray list when schema?.Items is { } items:
                foreach (var item in list)
                    DropNulls(item, items);
                break;
        }
    }

    private static void Fill(JsonNode value, Schema schema)
    {
        if (!schema.HasDefaultsBelow)
            return;
        switch (value)
        {
            case JsonObject map:
                FillObject(map, schema);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is null && !items.Nullable)
                        list[i] = items.Default?.DeepClone();
                    if (list[i] is { } item)
                        Fill(item, items);
                }
                break;
        }
    }

    private static void FillObject(JsonObject map, Schema schema)
    {
        foreach (var (name, property) in schema.Properties)
        {
            if (property.Default is not { } fallback)
                continue;
            if (!map.TryGetPropertyValue(name, out var present) || (present is null && !property.Nullable))
                map[name] = fallback.DeepClone();
        }
        List<string>? nulls = null;
        foreach (var (name, child) in map)
        {
            if (Child(schema, name) is not { } childSchema)
                continue;
            if (child is not null)
                Fill(child, childSchema);
            else if (!childSchema.Nullable && !schema.Properties.ContainsKey(name))
                (nulls ??= []).Add(name);
        }
        foreach (var name in nulls ?? [])
        {
            map[name] = schema.AdditionalProperties!.Default?.DeepClone();
            if (map[name] is { } filled)
                Fill(filled, schema.AdditionalProperties);
        }
    }

    private static Schema? Child(Schema schema, string name) => schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties;
}
