using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>
/// An object under a schema: with declared fields, whose names are escaped, or a map of values of one schema. Null in a
/// declared field means that the field is absent.
/// </summary>
internal sealed class SchemaMap(JsonObject entries, Schema schema) : CelMap
{
    private readonly JsonObject entries = entries;
    private readonly bool hasFields = schema.Properties.Count > 0;

    public override int Count => entries.Count;

    public override IEnumerable<CelValue> Keys
    {
        get
        {
            foreach (var (name, _) in entries)
            {
                if (SchemaOf(name) is not null)
                    yield return CelValue.Of(hasFields ? CelFieldNames.Escape(name) ?? name : name);
            }
        }
    }

    public override bool TryGet(CelValue key, out CelValue value)
    {
        if (key.Kind != CelValueKind.String)
        {
            value = CelValue.NoSuchOverload;
            return true;
        }
        var name = hasFields ? CelFieldNames.Unescape(key.String) : key.String;
        value = default;
        if (name is null || !entries.TryGetPropertyValue(name, out var node) || (node is null && hasFields) || SchemaOf(name) is not { } of)
            return false;
        value = SchemaValues.Read(node, of);
        return true;
    }

    public override CelValue EqualTo(CelMap other, Evaluation.Frame? frame)
    {
        if (Count != other.Count)
            return CelValue.False;
        foreach (var (name, node) in entries)
        {
            if (SchemaOf(name) is null)
            {
                // A field that the schema does not know: compared as it is.
                if (other is not SchemaMap data)
                    return CelValue.NoSuchOverload;
                if (data.entries.TryGetPropertyValue(name, out var theirs) && !JsonNodeExtensions.DeepEquals(node, theirs))
                    return CelValue.False;
                continue;
            }
            var key = CelValue.Of(hasFields ? CelFieldNames.Escape(name) ?? name : name);
            var found = TryGet(key, out var value);
            if (found != other.TryGet(key, out var otherValue))
                return CelValue.False;
            var equal = found ? Evaluation.Equality.Of(value, otherValue, frame) : CelValue.True;
            if (!equal.IsTrue)
                return equal;
        }
        return CelValue.True;
    }

    private Schema? SchemaOf(string name) =>
        hasFields ? schema.Properties.GetValueOrDefault(name) : schema.AdditionalProperties;
}
