using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Protobuf;

/// <summary>Messages that are one value in JSON: times, quantities, numbers or texts, and JSON itself.</summary>
internal static class ScalarMessages
{
    /// <summary>Seconds between the beginning of year 1 and of 1970.</summary>
    private const long FirstSecond = -62135596800;

    /// <summary>The last second of year 9999: RFC 3339 has no later one.</summary>
    private const long LastSecond = 253402300799;

    /// <summary>The value; null when there is none (a time that is not set, no JSON).</summary>
    /// <param name="message">The message.</param>
    /// <param name="form">What it is in JSON.</param>
    /// <param name="depth">How deep in JSON it will stand.</param>
    public static JsonNode? Read(ReadOnlySpan<byte> message, GoForm form, int depth) => form switch
    {
        GoForm.Time or GoForm.MicroTime => Time(message, form == GoForm.MicroTime),
        GoForm.Quantity => Bytes(message) is { IsEmpty: false } text ? JsonValue.Create(System.Text.Encoding.UTF8.GetString(text)) : JsonValue.Create("0"),
        GoForm.IntOrString => IntOrString(message),
        _ => Json(Bytes(message), depth),
    };

    private static JsonValue? Time(ReadOnlySpan<byte> message, bool micro)
    {
        // Go writes nothing for its zero time, yet both fields of the second at which 1970 began.
        if (message.IsEmpty)
            return null;
        var (seconds, nanos) = (0L, 0);
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (wire == WireType.Varint && number == 1)
                seconds = unchecked((long)reader.Varint());
            else if (wire == WireType.Varint && number == 2)
                nanos = unchecked((int)reader.Varint());
            else
                reader.Skip(wire);
        }
        if (seconds is < FirstSecond or > LastSecond || nanos is < 0 or > 999_999_999)
            throw new ProtobufException("Time.MarshalJSON: year outside of range [0,9999]");
        var time = DateTime.UnixEpoch.AddSeconds(seconds).AddTicks(nanos / 100);
        return JsonValue.Create(time.ToString(micro ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    private static JsonValue IntOrString(ReadOnlySpan<byte> message)
    {
        var (isText, whole, text) = (false, 0L, "");
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            switch (number, wire)
            {
                case (1, WireType.Varint):
                    isText = reader.Varint() != 0;
                    break;
                case (2, WireType.Varint):
                    whole = unchecked((int)reader.Varint());
                    break;
                case (3, WireType.Bytes):
                    text = reader.Text();
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }
        return isText ? JsonValue.Create(text) : JsonValue.Create(whole);
    }

    private static JsonNode? Json(ReadOnlySpan<byte> text, int depth)
    {
        if (text.IsEmpty)
            return null;
        try
        {
            var node = JsonText.Parse(text);
            return depth + Height(node) > JsonText.MaxDepth ? throw new ProtobufException("exceeded max depth") : node;
        }
        catch (JsonException e)
        {
            throw new ProtobufException($"json parse error: {e.Message}");
        }
    }

    private static int Height(JsonNode? node)
    {
        var highest = 0;
        switch (node)
        {
            case JsonObject map:
                foreach (var (_, value) in map)
                    highest = Math.Max(highest, Height(value));
                return highest + 1;
            case JsonArray list:
                foreach (var item in list)
                    highest = Math.Max(highest, Height(item));
                return highest + 1;
            default:
                return 0;
        }
    }

    /// <summary>Field 1, all that RawExtension, FieldsV1, JSON and Quantity have.</summary>
    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> message)
    {
        var found = ReadOnlySpan<byte>.Empty;
        var reader = new WireReader(message);
        while (reader.Next(out var number, out var wire))
        {
            if (number == 1 && wire == WireType.Bytes)
                found = reader.Bytes();
            else
                reader.Skip(wire);
        }
        return found;
    }
}
