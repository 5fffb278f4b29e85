using System.Text.Json;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Storage;

/// <summary>Makes an object of a text from disk, reading no more of it than must be known.</summary>
internal static class StoredText
{
    /// <summary>The object, or null when the text is not that of an object at this revision.</summary>
    public static StoredObject? Read(ObjectKey key, long revision, long created, byte[] json, Func<string, string> share)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth + 16 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("metadata"u8))
                    return ReadMetadata(ref reader, key, revision, created, json, share);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            return null;
        }
        return null;
    }

    private static StoredObject? ReadMetadata(
        ref Utf8JsonReader reader, ObjectKey key, long revision, long created, byte[] json, Func<string, string> share)
    {
        var offset = -1;
        KeyValuePair<string, string>[] labels = [];
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("resourceVersion"u8))
            {
                reader.Read();
                offset = (int)reader.TokenStartIndex + 1;
                if (!System.Buffers.Text.Utf8Parser.TryParse(reader.ValueSpan, out long stored, out _) || stored != revision)
                    return null;
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                reader.Read();
                labels = ReadLabels(ref reader, share);
            }
            else
            {
                reader.Skip();
            }
        }
        return offset < 0 ? null : new StoredObject(key, revision, created, json, offset, labels);
    }

    private static KeyValuePair<string, string>[] ReadLabels(ref Utf8JsonReader reader, Func<string, string> share)
    {
        var labels = new List<KeyValuePair<string, string>>();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return [];
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = share(reader.GetString()!);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                labels.Add(new(name, share(reader.GetString()!)));
            else
                reader.Skip();
        }
        return [.. labels];
    }
}
