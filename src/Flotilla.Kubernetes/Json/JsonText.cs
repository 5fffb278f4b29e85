using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Json;

/// <summary>
/// Reads JSON text into nodes as Kubernetes does (sigs.k8s.io/json): the last of duplicate keys wins and is reported, depth is bounded,
/// whole numbers of 64 bits stay exact and the text of every other number survives, strings may hold bytes that are no UTF-8 or half a
/// surrogate pair (they become U+FFFD), and what is wrong is said in the words of Go's decoder.
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
    /// <exception cref="JsonException">
    /// The text is not JSON, is nested too deeply, has something after the value, or a number beyond the largest double.
    /// </exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8, Action<string>? onDuplicate = null)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            var node = ReadValue(ref reader, onDuplicate is null ? null : new DuplicatePath(onDuplicate));
            reader.Read();
            return node;
        }
        catch (JsonException e) when (e.GetType() != typeof(JsonException))
        {
            // The reader's own exceptions are of a type beneath; their words are not those that clients know.
            throw new JsonException(JsonSyntax.Explain(utf8) ?? "exceeded max depth", e);
        }
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
                    path?.Push(key, 0);
                    var value = ReadValue(ref reader, path);
                    if (!result.TryAdd(key, value, out _))
                    {
                        path?.Report();
                        result[key] = value;
                    }
                    path?.Pop();
                }
                return result;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    path?.Push(null, list.Count);
                    list.Add(ReadValue(ref reader, path));
                    path?.Pop();
                }
                return list;
            case JsonTokenType.String:
                return JsonValue.Create(ReadString(ref reader));
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole) ? JsonValue.Create(whole) : ReadNumber(ref reader);
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            default:
                return null;
        }
    }

    private static JsonNode ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetDouble(out var number) && double.IsFinite(number))
            return JsonNode.Parse(ref reader)!;
        throw new JsonException($"json: cannot unmarshal number {System.Text.Encoding.UTF8.GetString(reader.ValueSpan)} into Go value of type float64");
    }

    private static string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // How the reader says that it found invalid UTF-8, or half a surrogate pair.
            return JsonStrings.Unescape(reader.ValueSpan);
        }
    }

    /// <summary>Where the reader is; put into words only when there is something to report.</summary>
    private sealed class DuplicatePath(Action<string> report)
    {
        private readonly List<(string? Key, int Index)> parts = [];

        public void Push(string? key, int index) => parts.Add((key, index));

        public void Pop() => parts.RemoveAt(parts.Count - 1);

        public void Report() => report(string.Concat(parts.Select((p, i) => p.Key is null ? $"[{p.Index}]" : i == 0 ? p.Key : "." + p.Key)));
    }
}
