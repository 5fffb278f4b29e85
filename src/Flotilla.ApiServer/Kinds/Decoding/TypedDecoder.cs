using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Decoding;

/// <summary>One pass over one object, see <see cref="TypedDecoding"/>. The first problem ends it.</summary>
internal sealed class TypedDecoder(Action<string>? onUnknownField)
{
    private readonly List<Step> path = [];
    private string? problem;

    public string? DecodeObject(JsonObject obj, GoType type)
    {
        Struct(obj, type, keepsTypeMeta: true);
        return problem;
    }

    /// <summary>What Go calls a JSON value in its messages.</summary>
    public static string JsonName(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "null",
    };

    private void Struct(JsonObject obj, GoType type, bool keepsTypeMeta = false)
    {
        for (var i = 0; i < obj.Count;)
        {
            var (name, value) = obj.GetAt(i);
            if (!type.Fields.TryGetValue(name, out var field))
            {
                Report(name);
                obj.RemoveAt(i);
                continue;
            }
            path.Add(new Step(name, type));
            var decoded = value is null ? null : Value(value, field.Type);
            path.RemoveAt(path.Count - 1);
            if (problem is not null)
                return;
            if (decoded is null || (IsOmitted(decoded, field) && !(keepsTypeMeta && name is "apiVersion" or "kind")))
            {
                obj.RemoveAt(i);
                continue;
            }
            if (!ReferenceEquals(decoded, value))
                obj.SetAt(i, decoded);
            i++;
        }
        foreach (var field in type.Always)
        {
            if (!obj.ContainsKey(field.Name))
                obj[field.Name] = field.Presence == Presence.Null ? null : Zero(field.Type);
        }
    }

    /// <summary>The value as it is encoded again: the same node, or another in its place; null stands for none.</summary>
    private JsonNode? Value(JsonNode value, GoType type)
    {
        switch (type.Form)
        {
            case GoForm.Struct:
                if (value is not JsonObject nested)
                    return Mismatch(value, type);
                Struct(nested, type);
                return value;
            case GoForm.Map:
                return value is JsonObject map ? Map(map, type.Element) : Mismatch(value, type);
            case GoForm.List:
                return value is JsonArray list ? List(list, type.Element) : Mismatch(value, type);
            case GoForm.String:
                return value.GetValueKind() == JsonValueKind.String ? value : Mismatch(value, type);
            case GoForm.Bool:
                return value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value : Mismatch(value, type);
            case GoForm.Int32 or GoForm.Int64:
                return value.IsNumber() ? Whole(value, type) : Mismatch(value, type);
            case GoForm.Float:
                return value.IsNumber() ? value : Mismatch(value, type);
            case GoForm.SchemaOrOther:
                return SchemaOrOther(value, type);
            case GoForm.Any:
                return value;
            default:
                return Scalar(value, type);
        }
    }

    private JsonObject Map(JsonObject map, GoType element)
    {
        for (var i = 0; i < map.Count && problem is null; i++)
        {
            var (key, value) = map.GetAt(i);
            path.Add(new Step(key, null));
            var decoded = value is null ? Zero(element) : Value(value, element);
            path.RemoveAt(path.Count - 1);
            if (!ReferenceEquals(decoded, value))
                map.SetAt(i, decoded);
        }
        return map;
    }

    private JsonArray List(JsonArray list, GoType element)
    {
        for (var i = 0; i < list.Count && problem is null; i++)
        {
            var value = list[i];
            path.Add(new Step(null, null, i));
            var decoded = value is null ? Zero(element) : Value(value, element);
            path.RemoveAt(path.Count - 1);
            if (!ReferenceEquals(decoded, value))
                list[i] = decoded;
        }
        return list;
    }

    private JsonNode? SchemaOrOther(JsonNode value, GoType type)
    {
        if (value is JsonObject schema)
            Struct(schema, type.Element);
        if (value is JsonArray list && list.All(item => item is JsonObject))
            List(list, type.Element);
        return value;
    }

    private JsonNode? Whole(JsonNode value, GoType type)
    {
        // A double stems from a parsed text with a fraction or exponent (then Go refuses it) or from code that only knows doubles.
        var number = ((JsonValue)value).TryGetValue(out JsonElement _) ? null : value.AsInt64OrNull();
        if (number is null || (type.Form == GoForm.Int32 && number != (int)number.Value))
            return Mismatch(value, type, $"number {value.ToJsonString()}");
        return ((JsonValue)value).TryGetValue(out long _) ? value : JsonValue.Create(number.Value);
    }

    private JsonNode? Scalar(JsonNode value, GoType type)
    {
        var text = value.AsStringOrNull();
        if (type.Form == GoForm.IntOrString)
        {
            if (text is not null || (value.AsInt64OrNull() is { } whole && whole == (int)whole))
                return value;
            return Fail($"json: cannot unmarshal {JsonName(value)}{(value.IsNumber() ? " " + value.ToJsonString() : "")} into Go value of type int32");
        }
        if (type.Form == GoForm.Quantity)
        {
            if (Quantity.Parse(text ?? value.ToJsonString(), out var quantity) is { } wrong)
                return Fail(wrong);
            return Replace(value, text, quantity.ToString());
        }
        if (text is null)
            return type.Form == GoForm.Bytes ? Mismatch(value, type) : Fail($"json: cannot unmarshal {JsonName(value)} into Go value of type string");
        var bad = type.Form == GoForm.Bytes ? ScalarForms.Bytes(text, out var canonical) : ScalarForms.Time(text, type.Form == GoForm.MicroTime, out canonical);
        if (bad is not null)
            return Fail(bad);
        // Go's zero time is no time.
        return type.Form != GoForm.Bytes && canonical.StartsWith("0001-01-01T00:00:00", StringComparison.Ordinal) ? null : Replace(value, text, canonical);
    }

    private static JsonNode Replace(JsonNode value, string? old, string canonical) => old == canonical ? value : JsonValue.Create(canonical);

    private static JsonNode? Zero(GoType type)
    {
        switch (type.Form)
        {
            case GoForm.String or GoForm.Bytes:
                return JsonValue.Create("");
            case GoForm.Bool:
                return JsonValue.Create(false);
            case GoForm.Int32 or GoForm.Int64 or GoForm.Float or GoForm.IntOrString:
                return JsonValue.Create(0L);
            case GoForm.Quantity:
                return JsonValue.Create("0");
            case GoForm.Struct:
                var zero = new JsonObject();
                foreach (var field in type.Always)
                    zero[field.Name] = field.Presence == Presence.Null ? null : Zero(field.Type);
                return zero;
            default:
                return null;
        }
    }

    private static bool IsOmitted(JsonNode value, GoField field) => field.Presence switch
    {
        Presence.OmitEmpty => field.Type.Form switch
        {
            GoForm.String or GoForm.Bytes => value.AsStringOrNull()!.Length == 0,
            GoForm.Bool => value.GetValueKind() == JsonValueKind.False,
            GoForm.Int32 or GoForm.Int64 => value.AsInt64OrNull() == 0,
            GoForm.List => value is JsonArray { Count: 0 },
            GoForm.Map => value is JsonObject { Count: 0 },
            _ => false,
        },
        // Removed here, then written as null like every unset field of its sort.
        Presence.Null => value is JsonArray { Count: 0 } && !field.KeepsEmptyList,
        _ => false,
    };

    private JsonNode? Mismatch(JsonNode value, GoType type, string? what = null)
    {
        what ??= JsonName(value);
        var owner = path.FindLast(step => step.Owner is not null).Owner;
        if (owner is null)
            return Fail($"json: cannot unmarshal {what} into Go value of type {type.GoName}");
        var field = string.Join('.', path.Where(step => step.Owner is not null).Select(step => step.Name));
        return Fail($"json: cannot unmarshal {what} into Go struct field {owner.StructName}.{field} of type {type.GoName}");
    }

    private JsonNode? Fail(string text)
    {
        problem ??= text;
        return null;
    }

    private void Report(string name)
    {
        if (onUnknownField is null)
            return;
        var text = new StringBuilder();
        foreach (var step in path.Append(new Step(name, null)))
        {
            if (step.Name is null)
                text.Append(CultureInfo.InvariantCulture, $"[{step.Index}]");
            else
                text.Append(text.Length == 0 ? "" : ".").Append(step.Name);
        }
        onUnknownField(text.ToString());
    }

    /// <summary>A part of the path: a field (of <paramref name="Owner"/>), a key of a map (no owner), or an element of a list (no name).</summary>
    private readonly record struct Step(string? Name, GoType? Owner, int Index = 0);
}
