using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;
using Flotilla.ApiServer.Tables;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Resources;

/// <summary>Events whose objects are Tables of one row; only the first carries the column definitions.</summary>
internal sealed class TableEventEncoder(ServedResource resource, TableOptions options, TimeProvider time) : IEventEncoder
{
    private bool first = true;

    public string ContentType => "application/json";

    public void Encode(IBufferWriter<byte> output, ChangeType type, StoredObject obj, long revision)
    {
        var shown = EventEncoding.Shown(resource, obj, revision);
        var table = resource.Table.Print(shown, options with { Headers = first }, time.GetUtcNow());
        first = false;
        EventEncoding.Write(output, type, table);
    }

    public void EncodeBookmark(IBufferWriter<byte> output, long revision, bool initialEventsEnd)
    {
        var table = resource.Table.Print(
            EventEncoding.Bookmark(resource.Type.Kind, resource.Type.ApiVersion, revision, initialEventsEnd), options with { Headers = first }, time.GetUtcNow());
        EventEncoding.Write(output, "BOOKMARK", table);
    }
}

/// <summary>Events whose objects are PartialObjectMetadata.</summary>
internal sealed class PartialEventEncoder(ServedResource resource, string apiVersion) : IEventEncoder
{
    public string ContentType => "application/json";

    public void Encode(IBufferWriter<byte> output, ChangeType type, StoredObject obj, long revision) =>
        EventEncoding.Write(output, type, PartialMetadata.Of(EventEncoding.Shown(resource, obj, revision), apiVersion));

    public void EncodeBookmark(IBufferWriter<byte> output, long revision, bool initialEventsEnd) =>
        EventEncoding.Write(output, "BOOKMARK", EventEncoding.Bookmark("PartialObjectMetadata", apiVersion, revision, initialEventsEnd));
}

/// <summary>Whole objects as JSON; stored bytes go out as they are.</summary>
internal sealed class ObjectEventEncoder(ServedResource resource) : IEventEncoder
{
    public string ContentType => "application/json";

    public void Encode(IBufferWriter<byte> output, ChangeType type, StoredObject obj, long revision)
    {
        if (!resource.ServesAsStored(obj) || revision != obj.Revision)
        {
            EventEncoding.Write(output, type, EventEncoding.Shown(resource, obj, revision));
            return;
        }
        output.Write(type switch
        {
            ChangeType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            ChangeType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            _ => "{\"type\":\"DELETED\",\"object\":"u8,
        });
        output.Write(obj.Json.Span);
        output.Write("}\n"u8);
    }

    public void EncodeBookmark(IBufferWriter<byte> output, long revision, bool initialEventsEnd) =>
        EventEncoding.Write(output, "BOOKMARK", EventEncoding.Bookmark(resource.Type.Kind, resource.Type.ApiVersion, revision, initialEventsEnd));
}

internal static class EventEncoding
{
    /// <summary>The object in the version of the resource, with the version of the event.</summary>
    public static JsonObject Shown(ServedResource resource, StoredObject obj, long revision)
    {
        var shown = resource.FromStorage(obj.Parse());
        ObjectMetadata.Of(shown)["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        return shown;
    }

    public static JsonObject Bookmark(string kind, string apiVersion, long revision, bool initialEventsEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (initialEventsEnd)
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        return new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion, ["metadata"] = metadata };
    }

    public static void Write(IBufferWriter<byte> output, ChangeType type, JsonObject obj) =>
        Write(output, type switch { ChangeType.Added => "ADDED", ChangeType.Modified => "MODIFIED", _ => "DELETED" }, obj);

    public static void Write(IBufferWriter<byte> output, string type, JsonObject obj)
    {
        JsonText.Write(output, new JsonObject { ["type"] = type, ["object"] = obj });
        output.Write("\n"u8);
    }
}
