using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>Checks that lists of type <c>set</c> hold no value twice, and those of type <c>map</c> no two elements with the same keys.</summary>
public static class ListTypes
{
    /// <summary>Checks an object and all below it; each repeated value is told once, where it appears the second time.</summary>
    public static IReadOnlyList<FieldError> Validate(JsonObject obj, Schema schema)
    {
        if (!schema.HasKeyedLists)
            return [];
        var errors = new List<FieldError>();
        new Walk(errors).Node(obj, schema);
        return errors;
    }

    private sealed class Walk(List<FieldError> errors)
    {
        private readonly StringBuilder path = new();

        public void Node(JsonNode? value, Schema schema)
        {
            if (!schema.HasKeyedLists)
                return;
            var length = path.Length;
            switch (value)
            {
                case JsonObject map:
                    foreach (var (name, child) in map)
                    {
                        if (schema.Properties.TryGetValue(name, out var property))
                            path.Append(length > 0 ? "." : "").Append(name);
                        else if (schema.AdditionalProperties is { } values)
                            (property, _) = (values, path.Append('[').Append(name).Append(']'));
                        if (property is not null)
                            Node(child, property);
                        path.Length = length;
                    }
                    break;
                case JsonArray list:
                    if (schema.ListType == "set")
                        Repeated(list, item => item is null ? "null" : item.ToJsonString(), (i, item) => FieldError.Duplicate($"{path}[{i}]", item));
                    else if (schema.ListType == "map")
                        Map(list, schema);
                    for (var i = 0; schema.Items is { } items && i < list.Count; i++)
                    {
                        path.Append('[').Append(i).Append(']');
                        Node(list[i], items);
                        path.Length = length;
                    }
                    break;
            }
        }

        private void Map(JsonArray list, Schema schema)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i] is not (null or JsonObject))
                {
                    errors.Add(FieldError.Invalid($"{path}[{i}]", list[i], "must be an object for an array of list-type map"));
                    return;
                }
            }
            Repeated(list, item => ListMapIndex.KeyOf(schema, item) ?? ListMapIndex.KeyOf(schema, Nothing)!, (i, item) => FieldError.Duplicate($"{path}[{i}]", Keys(schema, item)));
        }

        private void Repeated(JsonArray list, Func<JsonNode?, string> identity, Func<int, JsonNode?, FieldError> error)
        {
            if (list.Count <= 1)
                return;
            var seen = new Dictionary<string, int>(list.Count, StringComparer.Ordinal);
            for (var i = 0; i < list.Count; i++)
            {
                var key = identity(list[i]);
                var times = seen.GetValueOrDefault(key) + 1;
                seen[key] = times;
                if (times == 2)
                    errors.Add(error(i, list[i]));
            }
        }

        private static readonly JsonObject Nothing = [];

        private static JsonObject Keys(Schema schema, JsonNode? item)
        {
            var keys = new JsonObject();
            foreach (var name in schema.ListMapKeys.Order(StringComparer.Ordinal))
            {
                if (item is JsonObject map && map.TryGetPropertyValue(name, out var value))
                    keys[name] = value?.DeepClone();
            }
            return keys;
        }
    }
}
