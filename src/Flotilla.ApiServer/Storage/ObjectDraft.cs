using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Storage;

/// <summary>
/// An object made ready by its caller, so that the one writer has nothing left to do but to put the revision in. The text
/// has room for as many digits as revisions have at the time; only when that number grows meanwhile must it be copied.
/// </summary>
internal sealed class ObjectDraft
{
    private const string MetadataKey = "metadata";
    private const string RevisionKey = "resourceVersion";
    private const string KeyBefore = "uid";

    private static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = JsonText.MaxDepth + 16, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    private readonly byte[] json;
    private readonly int offset;
    private readonly int digits;
    private readonly KeyValuePair<string, string>[] labels;

    private ObjectDraft(byte[] json, int offset, int digits, KeyValuePair<string, string>[] labels)
    {
        this.json = json;
        this.offset = offset;
        this.digits = digits;
        this.labels = labels;
    }

    /// <summary>Length of the text in bytes.</summary>
    public int Length => json.Length;

    /// <summary>Serialises an object. A <c>resourceVersion</c> that it has is ignored; the object is not changed.</summary>
    public static ObjectDraft Of(JsonObject obj, long currentRevision)
    {
        var buffer = scratch ?? new ArrayBufferWriter<byte>(4096);
        scratch = null;
        buffer.ResetWrittenCount();
        var digits = RevisionText.Digits(currentRevision + 1);
        var offset = Write(buffer, obj, digits);
        var draft = new ObjectDraft(buffer.WrittenSpan.ToArray(), offset, digits, LabelsOf(obj));
        if (buffer.Capacity <= 256 * 1024)
            scratch = buffer;
        return draft;
    }

    /// <summary>The object as it is stored. Only once: the text goes over to the result.</summary>
    public StoredObject Seal(ObjectKey key, long revision, long? createdRevision)
    {
        var text = json;
        if (RevisionText.Digits(revision) == digits)
            RevisionText.Overwrite(text, offset, revision);
        else
            text = RevisionText.Replace(text, offset, digits, revision);
        return new StoredObject(key, revision, createdRevision ?? revision, text, offset, labels);
    }

    private static int Write(ArrayBufferWriter<byte> buffer, JsonObject obj, int digits)
    {
        Span<char> room = stackalloc char[digits];
        room.Fill('0');
        var offset = -1;
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        foreach (var (key, value) in obj)
        {
            if (key == MetadataKey && value is JsonObject metadata)
                offset = WriteMetadata(writer, metadata, room);
            else
                WriteProperty(writer, key, value);
        }
        if (offset < 0)
            offset = WriteMetadata(writer, [], room);
        writer.WriteEndObject();
        return offset;
    }

    private static int WriteMetadata(Utf8JsonWriter writer, JsonObject metadata, ReadOnlySpan<char> room)
    {
        var offset = -1;
        var place = metadata.ContainsKey(RevisionKey) ? RevisionKey : KeyBefore;
        writer.WriteStartObject(MetadataKey);
        foreach (var (key, value) in metadata)
        {
            if (key != RevisionKey)
                WriteProperty(writer, key, value);
            if (key == place)
                offset = WriteRoom(writer, room);
        }
        if (offset < 0)
            offset = WriteRoom(writer, room);
        writer.WriteEndObject();
        return offset;
    }

    private static int WriteRoom(Utf8JsonWriter writer, ReadOnlySpan<char> room)
    {
        writer.WriteString(RevisionKey, room);
        return (int)(writer.BytesCommitted + writer.BytesPending) - room.Length - 1;
    }

    private static void WriteProperty(Utf8JsonWriter writer, string key, JsonNode? value)
    {
        writer.WritePropertyName(key);
        if (value is null)
            writer.WriteNullValue();
        else
            value.WriteTo(writer);
    }

    private static KeyValuePair<string, string>[] LabelsOf(JsonObject obj)
    {
        if (obj.Object(MetadataKey).Object("labels") is not { Count: > 0 } map)
            return [];
        var labels = new List<KeyValuePair<string, string>>(map.Count);
        foreach (var (key, value) in map)
        {
            if (value.AsStringOrNull() is { } text)
                labels.Add(new(key, text));
        }
        return [.. labels];
    }
}
