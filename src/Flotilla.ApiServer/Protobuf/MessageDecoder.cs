using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Protobuf;

/// <summary>
/// From messages to JSON by what the JSON form says of the types: protobuf's wire tells little. Unknown fields are passed over, a
/// message that comes twice is merged and of a scalar the last one counts, as protobuf wants it.
/// </summary>
internal static class MessageDecoder
{
    /// <summary>Adds the fields of a message to an object.</summary>
    /// <exception cref="ProtobufException">The bytes are no such message, or nested too deeply.</exception>
    public static void Decode(ReadOnlySpan<byte> message, JsonObject target, Schema schema)
    {
        var type = GoType.Of(schema);
        Struct(message, target, MessageFields.Of(type.Name), type, 1);
    }

    private static void Struct(ReadOnlySpan<byte> message, JsonObject target, MessageFields fields, GoType type, int depth)
    {
        if (depth > JsonText.MaxDepth)
            throw new ProtobufException("exceeded max depth");
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (fields[number] is not { } field)
                reader.Skip(wire);
            else if (field.Inlined is { } inlined)
                Struct(Bytes(ref reader, wire, field.Name), target, inlined, type, depth);
            else
                Field(ref reader, wire, target, field.Name, type.Fields[field.Name].Type, depth);
        }
    }

    private static void Field(ref WireReader reader, WireType wire, JsonObject target, string name, GoType type, int depth)
    {
        switch (type.Form)
        {
            case GoForm.List:
                if (target[name] is not JsonArray list)
                    target[name] = list = [];
                AddTo(list, ref reader, wire, name, type.Element, depth + 1);
                break;
            case GoForm.Map:
                if (target[name] is not JsonObject map)
                    target[name] = map = [];
                Entry(Bytes(ref reader, wire, name), map, name, type.Element, depth + 1);
                break;
            case GoForm.Struct when target[name] is JsonObject started:
                Struct(Bytes(ref reader, wire, name), started, MessageFields.Of(type.Name), type, depth + 1);
                break;
            default:
                target[name] = Value(ref reader, wire, name, type, depth);
                break;
        }
    }

    private static void AddTo(JsonArray list, ref WireReader reader, WireType wire, string name, GoType element, int depth)
    {
        if (wire != WireType.Bytes || element.Form is not (GoForm.Int32 or GoForm.Int64 or GoForm.Bool))
        {
            list.Add(Value(ref reader, wire, name, element, depth));
            return;
        }
        var packed = new WireReader(reader.Bytes());
        while (!packed.IsAtEnd)
            list.Add(Whole(packed.Varint(), element));
    }

    private static void Entry(ReadOnlySpan<byte> entry, JsonObject map, string name, GoType element, int depth)
    {
        var key = "";
        JsonNode? value = null;
        var hasValue = false;
        var reader = new WireReader(entry);
        while (reader.Next(out var number, out var wire))
        {
            switch (number)
            {
                case 1:
                    Expect(WireType.Bytes, wire, name);
                    key = reader.Text();
                    break;
                case 2:
                    hasValue = true;
                    value = Value(ref reader, wire, name, element, depth);
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }
        map[key] = hasValue ? value : Absent(element);
    }

    private static JsonNode? Value(ref WireReader reader, WireType wire, string name, GoType type, int depth)
    {
        switch (type.Form)
        {
            case GoForm.Bool or GoForm.Int32 or GoForm.Int64:
                Expect(WireType.Varint, wire, name);
                return Whole(reader.Varint(), type);
            case GoForm.Float:
                Expect(WireType.Fixed64, wire, name);
                var number = reader.Double();
                return double.IsFinite(number) ? JsonValue.Create(number) : throw new ProtobufException(string.Create(CultureInfo.InvariantCulture, $"json: unsupported value: {number}"));
        }
        var bytes = Bytes(ref reader, wire, name);
        switch (type.Form)
        {
            case GoForm.String:
                return JsonValue.Create(Encoding.UTF8.GetString(bytes));
            case GoForm.Bytes:
                return JsonValue.Create(Convert.ToBase64String(bytes));
            case GoForm.Struct:
                return Message(bytes, [], type, depth + 1);
            case GoForm.List:
                return Wrapped(bytes, name, type.Element, depth + 1);
            case GoForm.SchemaOrOther:
                return SchemaOrOther(bytes, name, type, depth);
            default:
                return ScalarMessages.Read(bytes, type.Form, depth);
        }
    }

    /// <summary>A list in a place where protobuf can only have a message (as a value of a map): its field 1.</summary>
    private static JsonArray Wrapped(ReadOnlySpan<byte> message, string name, GoType element, int depth)
    {
        var list = new JsonArray();
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (number == 1)
                AddTo(list, ref reader, wire, name, element, depth);
            else
                reader.Skip(wire);
        }
        return list;
    }

    /// <summary>
    /// JSONSchemaPropsOrArray and OrStringArray have a schema (1) and elements (2), OrBool a bool (1) and a schema (2). Go writes the
    /// list, the schema or the bool into JSON, the first of them that is there.
    /// </summary>
    private static JsonNode? SchemaOrOther(ReadOnlySpan<byte> message, string name, GoType type, int depth)
    {
        var boolean = type.Name.EndsWith("OrBool", StringComparison.Ordinal);
        var texts = type.Name.EndsWith("OrStringArray", StringComparison.Ordinal);
        JsonObject? schema = null;
        JsonArray? list = null;
        var allows = false;
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            switch (number)
            {
                case 1 when boolean:
                    Expect(WireType.Varint, wire, "allows");
                    allows = reader.Varint() != 0;
                    break;
                case 2 when !boolean:
                    var item = Bytes(ref reader, wire, name);
                    (list ??= []).Add(texts ? JsonValue.Create(Encoding.UTF8.GetString(item)) : Message(item, [], type.Element, depth + 2));
                    break;
                case 1 or 2:
                    schema = Message(Bytes(ref reader, wire, "schema"), schema ?? [], type.Element, depth + 1);
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }
        return list ?? schema ?? (JsonNode?)(boolean ? JsonValue.Create(allows) : null);
    }

    private static JsonObject Message(ReadOnlySpan<byte> message, JsonObject target, GoType type, int depth)
    {
        Struct(message, target, MessageFields.Of(type.Name), type, depth);
        return target;
    }

    private static JsonNode? Absent(GoType type) => type.Form switch
    {
        GoForm.String or GoForm.Bytes => JsonValue.Create(""),
        GoForm.Quantity => JsonValue.Create("0"),
        GoForm.Struct => new JsonObject(),
        GoForm.List => new JsonArray(),
        _ => null,
    };

    private static JsonNode Whole(ulong value, GoType type) => type.Form switch
    {
        GoForm.Bool => JsonValue.Create(value != 0),
        GoForm.Int32 => JsonValue.Create((long)unchecked((int)value)),
        _ => JsonValue.Create(unchecked((long)value)),
    };

    private static ReadOnlySpan<byte> Bytes(ref WireReader reader, WireType wire, string name)
    {
        Expect(WireType.Bytes, wire, name);
        return reader.Bytes();
    }

    private static void Expect(WireType expected, WireType wire, string name)
    {
        if (wire != expected)
            throw new ProtobufException($"proto: wrong wireType = {(int)wire} for field {char.ToUpperInvariant(name[0])}{name[1..]}");
    }
}
