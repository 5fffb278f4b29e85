using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Patches;

/// <summary>What the schema says of a field's merging.</summary>
/// <param name="Schema">Schema of the map, or of the list's elements.</param>
/// <param name="Strategy"><c>merge</c>, <c>replace</c> or empty. (<c>retainKeys</c> only guides the makers of patches.)</param>
/// <param name="MergeKey">What identifies an element; empty for lists of scalars.</param>
internal readonly record struct PatchSchema(Schema? Schema, string Strategy, string MergeKey)
{
    public static PatchSchema Field(Schema? parent, string name)
    {
        var field = Find(parent, name);
        return new PatchSchema(field, StrategyOf(field), field.PatchMergeKey ?? "");
    }

    public static PatchSchema List(Schema? parent, string name)
    {
        var field = Find(parent, name);
        if (field.Items is null)
            throw PatchErrors.Malformed($"expected slice or array type, but got: {field.Type ?? "interface"}");
        if (field.Items.Type == "array")
            throw PatchErrors.Malformed("unexpected slice of slice");
        return new PatchSchema(field.Items, StrategyOf(field), field.PatchMergeKey ?? "");
    }

    private static Schema Find(Schema? parent, string name)
    {
        if (parent is null || parent.AdditionalProperties is not null || parent.Type is not (null or "object"))
            throw PatchErrors.Malformed($"merging an object in json but data type is not struct, instead is: {(parent?.AdditionalProperties is null ? parent?.Type ?? "interface" : "map")}");
        if (parent.Properties.TryGetValue(name, out var field))
            return field;
        var type = parent.TypeName is { } full ? full[(full.LastIndexOf('.') + 1)..] : "";
        throw PatchErrors.Malformed($"unable to find api field in struct {type} for the json field \"{name}\"");
    }

    private static string StrategyOf(Schema field)
    {
        foreach (var strategy in (field.PatchStrategy ?? "").Split(','))
        {
            if (strategy != "retainKeys")
                return strategy;
        }
        return "";
    }
}
