using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Json;

/// <summary>
/// Canonical JSON after RFC 8785 (JCS): members sorted by UTF-16 code units, numbers in the form of ECMAScript, the fewest escapes, no space.
/// One deliberate difference: an integer that fits 64 bits is written exactly even beyond 2^53, where RFC 8785 (which asks for I-JSON)
/// knows none. Kubernetes has such numbers, and rounding them would change an object.
/// </summary>
public static class CanonicalJson
{
    private const int MaximumDepth = 1_000;

    // What must be escaped, plus surrogates: those are rare, and need a look at their neighbour.
    private static readonly SearchValues<char> special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    /// <summary>The canonical bytes (UTF-8) of a value; null is the JSON null.</summary>
    /// <exception cref="JsonException">
    /// The value has no canonical form: a member given twice, half a surrogate pair, a number that is not finite, or nesting beyond 1,000 levels.
    /// </exception>
    public static byte[] Write(JsonNode? value)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Write(value, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Appends the canonical bytes (UTF-8) of a value.</summary>
    /// <exception cref="JsonException">As for the other overload.</exception>
    public static void Write(JsonNode? value, IBufferWriter<byte> output)
    {
        try
        {
            WriteValue(value, output, 0);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException)
        {
            // JsonNode finds members given twice, and escapes that are no text, only when it is read.
            throw new JsonException($"the value has no canonical form: {exception.Message}", exception);
        }
    }

    private static void WriteValue(JsonNode? value, IBufferWriter<byte> output, int depth)
    {
        if (depth > MaximumDepth)
            throw new JsonException($"the value is nested deeper than {MaximumDepth} levels");
        switch (value)
        {
            case null: output.Write("null"u8); break;
            case JsonObject members: WriteObject(members, output, depth); break;
            case JsonArray items: WriteArray(items, output, depth); break;
            default: WriteScalar(value.AsValue(), output); break;
        }
    }

    private static void WriteObject(JsonObject members, IBufferWriter<byte> output, int depth)
    {
        var sorted = ArrayPool<KeyValuePair<string, JsonNode?>>.Shared.Rent(members.Count);
        var count = 0;
        foreach (var member in members)
            sorted[count++] = member;
        var span = sorted.AsSpan(0, count);
        span.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        output.Write("{"u8);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            WriteString(sorted[i].Key, output);
            output.Write(":"u8);
            WriteValue(sorted[i].Value, output, depth + 1);
        }
        output.Write("}"u8);
        ArrayPool<KeyValuePair<string, JsonNode?>>.Shared.Return(sorted, clearArray: true);
    }

    private static void WriteArray(JsonArray items, IBufferWriter<byte> output, int depth)
    {
        output.Write("["u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            WriteValue(items[i], output, depth + 1);
        }
        output.Write("]"u8);
    }

    private static void WriteScalar(JsonValue value, IBufferWriter<byte> output)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.True: output.Write("true"u8); break;
            case JsonValueKind.False: output.Write("false"u8); break;
            case JsonValueKind.Null: output.Write("null"u8); break;
            case JsonValueKind.String: WriteString(TextOf(value), output); break;
            case JsonValueKind.Number: WriteNumber(value.ToJsonString(), output); break;
            default: throw new JsonException($"a value of kind {value.GetValueKind()} has no canonical form");
        }
    }

    /// <summary>Whole numbers of 64 bits exactly; others as ECMA-262's Number::toString, which Go's JSON shares but for -0.</summary>
    private static void WriteNumber(string text, IBufferWriter<byte> output)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            Utf8Formatter.TryFormat(whole, output.GetSpan(20), out var written);
            output.Advance(written);
        }
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
        {
            Utf8Formatter.TryFormat(large, output.GetSpan(20), out var written);
            output.Advance(written);
        }
        else
        {
            var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (!double.IsFinite(number))
                throw new JsonException("a number is beyond what JSON can carry (a double): write it as a string");
            WriteUtf8(number == 0 ? "0" : GoNumbers.Json(number), output);
        }
    }

    /// <summary>Values made from other types than strings (dates, characters) are strings only once written.</summary>
    private static string TextOf(JsonValue value) =>
        value.TryGetValue<string>(out var text) ? text : JsonNode.Parse(value.ToJsonString())!.GetValue<string>();

    private static void WriteString(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (!text.IsEmpty)
        {
            var next = text.IndexOfAny(special);
            if (next < 0)
                next = text.Length;
            WriteUtf8(text[..next], output);
            text = text[next..];
            if (text.IsEmpty)
                break;
            if (char.IsSurrogate(text[0]))
            {
                if (text.Length < 2 || !char.IsSurrogatePair(text[0], text[1]))
                    throw new JsonException($"a string holds half a surrogate pair (U+{(int)text[0]:X4}), which is no text");
                WriteUtf8(text[..2], output);
                text = text[2..];
                continue;
            }
            WriteEscape(text[0], output);
            text = text[1..];
        }
        output.Write("\""u8);
    }

    private static void WriteUtf8(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        if (text.IsEmpty)
            return;
        var target = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, target));
    }

    private static void WriteEscape(char c, IBufferWriter<byte> output)
    {
        switch (c)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case '\t': output.Write("\\t"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\r': output.Write("\\r"u8); break;
            default: WriteUtf8(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"), output); break;
        }
    }
}
