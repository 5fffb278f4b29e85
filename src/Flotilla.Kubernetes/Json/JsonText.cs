using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Json;

/// <summary>
/// Reads JSON text into nodes as Kubernetes does: the last of duplicate keys wins and is reported, depth is bounded,
/// whole numbers stay exact, and the text of every other number survives.
/// </summary>
public static class JsonText
{
    /// <summary>Deepest nesting that is read. kube-apiserver allows 10,000; nothing real comes near either.</summary>
    public const int MaxDepth = 512;

    private static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth + 16, SkipValidation = true };

    /// <summary>Parses one JSON value.</summary>
    /// <param name="utf8">The text, UTF-8.</param>
    /// <param name="onDuplicate">Called with the path of a key that appears more than once in its object, as <c>spec.replicas</c>.</param>
    /// <exception cref="JsonException">The text is not JSON, is nested too deeply, or has something after the value.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8, Action<string>? onDuplicate = null)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read())
            throw new JsonException("unexpected end of JSON input");
        var node = ReadValue(ref reader, onDuplicate is null ? null : new DuplicatePath(onDuplicate));
        if (reader.Read())
            throw new JsonException("unexpected data after top-level value");
        return node;
    }

    /// <summary>Writes compact UTF-8 JSON. Strings are escaped only where JSON demands it.</summary>
    public static byte[] ToUtf8(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Write(buffer, node);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes compact UTF-8 JSON to a buffer.</summary>
    public static void Write(IBufferWriter<byte> buffer, JsonNode? node)
    {
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        if (node is null)
            writer.WriteNullValue();
        else
            node.WriteTo(writer);
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader, DuplicatePath? path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var result = new JsonObject();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = ReadString(ref reader);
                    reader.Read();
                    path?.Push(key);
                    if (path is not null && result.ContainsKey(key))
                        path.Report();
                    result[key] = ReadValue(ref reader, path);
                    path?.Pop();
                }
                return result;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    path?.PushIndex(list.Count);
                    list.Add(ReadValue(ref reader, path));
                    path?.Pop();
                }
                return list;
            case JsonTokenType.String:
                return JsonValue.Create(ReadString(ref reader));
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole) ? JsonValue.Create(whole) : JsonNode.Parse(ref reader);
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            default:
                return null;
        }
    }

    private static string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Invalid UTF-8 or a lone surrogate; the reader has no gentler way to say so.
            throw new JsonException("invalid UTF-8 or surrogate in string", e);
        }
    }

    private sealed class DuplicatePath(Action<string> report)
    {
        private readonly List<string> parts = [];

        public void Push(string key) => parts.Add(parts.Count == 0 ? key : "." + key);

        public void PushIndex(int index) => parts.Add($"[{index}]");

        public void Pop() => parts.RemoveAt(parts.Count - 1);

        public void Report() => report(string.Concat(parts));
    }
}
