using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// The JSON form of a <see cref="FieldSet"/> in <c>metadata.managedFields[].fieldsV1</c> (KEP-555): an object for each
/// path element, empty for a member; a member with members below it also holds <c>".": {}</c>.
/// </summary>
public static class FieldsV1
{
    /// <summary>Writes a set; elements are in their order.</summary>
    public static JsonObject Write(FieldSet set) => Write(set, isMember: false);

    /// <summary>Reads a set. Elements of unknown kinds are dropped; null and <c>{}</c> are the empty set.</summary>
    /// <exception cref="FormatException">The node is not an object of objects, or a key is malformed.</exception>
    public static FieldSet Read(JsonNode? node) => Read(node, out _);

    /// <summary>Reads one path element.</summary>
    /// <param name="text">As <c>f:spec</c>.</param>
    /// <param name="element">The element; null when its kind is unknown to this version.</param>
    /// <exception cref="FormatException">The text is malformed.</exception>
    public static bool TryReadElement(string text, [NotNullWhen(true)] out PathElement? element)
    {
        if (text.Length < 2)
            throw new FormatException("key must be 2 characters long:");
        if (text[1] != ':')
            throw new FormatException($"missing colon: {text}");
        element = text[0] switch
        {
            'f' => PathElement.Field(text[2..]),
            'k' => ReadKey(text),
            'v' => PathElement.Value(ReadScalar(text)),
            'i' => int.TryParse(text.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)
                ? PathElement.Index(index)
                : throw new FormatException($"not an index: {text}"),
            _ => null,
        };
        return element is not null;
    }

    private static JsonObject Write(FieldSet set, bool isMember)
    {
        var result = new JsonObject();
        if (isMember)
            result.Add(".", new JsonObject());
        foreach (var entry in set.Entries)
            result.Add(entry.Element.Serialized, entry.Below is null ? [] : Write(entry.Below, entry.IsMember));
        return result;
    }

    private static FieldSet Read(JsonNode? node, out bool isMember)
    {
        isMember = false;
        if (node is not null and not JsonObject)
            throw new FormatException("an object is needed");
        List<FieldSet.Entry>? entries = null;
        foreach (var (key, value) in node as JsonObject ?? [])
        {
            if (key == ".")
            {
                isMember = true;
                continue;
            }
            if (!TryReadElement(key, out var element))
                continue;
            var below = Read(value, out var childIsMember);
            if (FieldSet.Entry.OrNone(element, childIsMember, below) is { } entry)
                (entries ??= []).Add(entry);
        }
        isMember |= entries is null;
        return FieldSet.OfEntries(entries);
    }

    private static FieldScalar ReadScalar(string text)
    {
        var reader = Open(text);
        return reader.Read() ? ReadScalar(ref reader, text) : throw Malformed(text);
    }

    private static PathElement ReadKey(string text)
    {
        var reader = Open(text);
        var fields = new List<KeyField>(2);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw Malformed(text);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                fields.Add(new KeyField(name, ReadScalar(ref reader, text)));
            }
        }
        catch (JsonException)
        {
            throw Malformed(text);
        }
        return PathElement.Key([.. fields]);
    }

    private static FieldScalar ReadScalar(ref Utf8JsonReader reader, string text) => reader.TokenType switch
    {
        JsonTokenType.String => FieldScalar.From(reader.GetString()!),
        JsonTokenType.Number => reader.TryGetInt64(out var whole) ? FieldScalar.From(whole) : FieldScalar.From(reader.GetDouble()),
        JsonTokenType.True => FieldScalar.From(true),
        JsonTokenType.False => FieldScalar.From(false),
        JsonTokenType.Null => FieldScalar.Null,
        _ => throw Malformed(text),
    };

    private static Utf8JsonReader Open(string text) => new(Encoding.UTF8.GetBytes(text, 2, text.Length - 2));

    private static FormatException Malformed(string text) => new($"malformed path element: {text}");
}
