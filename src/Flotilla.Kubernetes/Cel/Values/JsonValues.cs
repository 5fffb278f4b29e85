using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>JSON without a schema as values, and values as JSON.</summary>
internal static class JsonValues
{
    public static CelValue Read(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return CelValue.Null;
            case JsonObject map:
                return CelValue.Of(new FreeMap(map));
            case JsonArray list:
                return CelValue.Of(new FreeList(list));
        }
        switch (node.GetValueKind())
        {
            case JsonValueKind.String:
                return CelValue.Of(node.GetValue<string>());
            case JsonValueKind.True:
                return CelValue.True;
            case JsonValueKind.False:
                return CelValue.False;
            case JsonValueKind.Number:
                return WholeNumber((JsonValue)node) is { } whole ? CelValue.Of(whole) : CelValue.Of(node.AsDoubleOrNull() ?? double.NaN);
            default:
                return CelValue.Null;
        }
    }

    /// <summary>A number that was written as an integer; <c>1.0</c> is none.</summary>
    public static long? WholeNumber(JsonValue value)
    {
        if (value.TryGetValue(out long whole))
            return whole;
        return value.TryGetValue(out int small) ? small : null;
    }

    public static JsonNode? Write(CelValue value)
    {
        switch (value.Kind)
        {
            case CelValueKind.Error:
                throw new CelEvaluationException(value.ErrorMessage);
            case CelValueKind.Bool:
                return JsonValue.Create(value.IsTrue);
            case CelValueKind.Int:
                return JsonValue.Create(value.Int);
            case CelValueKind.Uint:
                return value.Uint <= long.MaxValue ? JsonValue.Create((long)value.Uint) : JsonValue.Create(value.Uint);
            case CelValueKind.Double:
                return double.IsFinite(value.Double) ? JsonValue.Create(value.Double) : JsonValue.Create(ValueText.Number(value.Double));
            case CelValueKind.String:
                return JsonValue.Create(value.String);
            case CelValueKind.Bytes:
                return JsonValue.Create(Convert.ToBase64String(value.Bytes));
            case CelValueKind.Optional:
                return value.Optional.HasValue ? Write(value.Optional.Value) : null;
            case CelValueKind.List:
                var array = new JsonArray();
                for (var i = 0; i < value.List.Count; i++)
                    array.Add(Write(value.List[i]));
                return array;
            case CelValueKind.Map:
                var map = new JsonObject();
                foreach (var key in value.Map.Keys)
                    map[ValueText.Of(key)] = value.Map.TryGet(key, out var entry) ? Write(entry) : null;
                return map;
            case CelValueKind.Unknown:
                return value.Unknown?.DeepClone();
            case CelValueKind.Null:
                return null;
            default:
                return JsonValue.Create(ValueText.Of(value));
        }
    }

    private sealed class FreeList(JsonArray elements) : CelList
    {
        public override int Count => elements.Count;

        public override CelValue this[int index] => Read(elements[index]);
    }

    private sealed class FreeMap(JsonObject entries) : CelMap
    {
        public override int Count => entries.Count;

        public override IEnumerable<CelValue> Keys => entries.Select(e => CelValue.Of(e.Key));

        public override bool TryGet(CelValue key, out CelValue value)
        {
            if (key.Kind == CelValueKind.String && entries.TryGetPropertyValue(key.String, out var node))
            {
                value = Read(node);
                return true;
            }
            value = default;
            return false;
        }
    }
}
