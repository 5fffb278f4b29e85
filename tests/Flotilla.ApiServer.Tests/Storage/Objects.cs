using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

/// <summary>Small objects for the tests of the storage.</summary>
internal static class Objects
{
    public static ObjectKey Key(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new ObjectKey("", text) : new ObjectKey(text[..slash], text[(slash + 1)..]);
    }

    public static JsonObject Of(ObjectKey key, long value, params (string Key, string Value)[] labels)
    {
        var metadata = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace, ["uid"] = $"{key}-uid" };
        if (labels.Length > 0)
            metadata["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Thing", ["metadata"] = metadata, ["value"] = value };
    }

    public static JsonObject Of(string key, long value) => Of(Key(key), value);

    public static long Value(StoredObject obj) => obj.Parse()["value"]!.GetValue<long>();

    /// <summary>Keys and values, as <c>ns/name=1</c>.</summary>
    public static IEnumerable<string> Show(IEnumerable<StoredObject> objects) => objects.Select(o => $"{o.Key}={Value(o)}");

    public static string Show(Change change) => $"{change.Type} {change.Object.Key}={Value(change.Object)}";

    public static List<Change> ReadAll(Watcher watcher)
    {
        var changes = new List<Change>();
        while (watcher.TryRead(out var change))
            changes.Add(change);
        return changes;
    }
}
