using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Resources;

/// <summary>The fields of <c>metadata</c> that the server owns.</summary>
internal static class ObjectMetadata
{
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int GeneratedLength = 5;
    private const int LongestGeneratedBase = 63 - GeneratedLength;

    public static JsonObject Of(JsonObject obj) => obj.ObjectOrNew("metadata");

    public static string Name(JsonObject obj) => obj.Object("metadata").String("name") ?? "";

    public static string Uid(JsonObject obj) => obj.Object("metadata").String("uid") ?? "";

    public static string ResourceVersion(JsonObject obj) => obj.Object("metadata").String("resourceVersion") ?? "";

    public static bool IsBeingDeleted(JsonObject obj) => obj.Object("metadata").String("deletionTimestamp") is not null;

    public static bool HasFinalizers(JsonObject obj) => obj.Object("metadata").Array("finalizers") is { Count: > 0 };

    /// <summary>RFC 3339 in UTC with whole seconds, as <c>metav1.Time</c>.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>What a new object gets, whatever the client sent.</summary>
    public static void FillForCreate(JsonObject obj, DateTimeOffset now)
    {
        var metadata = Of(obj);
        metadata.Remove("selfLink");
        metadata.Remove("resourceVersion");
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata["creationTimestamp"] = Timestamp(now);
        metadata["uid"] = Guid.NewGuid().ToString();
        if (string.IsNullOrEmpty(metadata.String("name")) && metadata.String("generateName") is { Length: > 0 } prefix)
            metadata["name"] = GenerateName(prefix);
        Arrange(metadata);
    }

    /// <summary>What an update keeps, whatever the client sent. What a client may not even try is left for validation to refuse.</summary>
    public static void KeepOnUpdate(JsonObject obj, JsonObject live)
    {
        var metadata = Of(obj);
        var old = Of(live);
        metadata.Remove("selfLink");
        if (string.IsNullOrEmpty(metadata.String("name")))
            Take(metadata, old, "name");
        ObjectMetaRules.PrepareForUpdate(metadata, old);
        Arrange(metadata);
    }

    /// <summary>Copies a field, or removes it where the source has none.</summary>
    public static void Take(JsonObject target, JsonObject source, string key)
    {
        if (source.TryGetPropertyValue(key, out var value))
            target[key] = value?.DeepClone();
        else
            target.Remove(key);
    }

    public static void MarkDeleted(JsonObject obj, DateTimeOffset at, long graceSeconds)
    {
        var metadata = Of(obj);
        if (!metadata.ContainsKey("deletionTimestamp"))
            metadata["deletionTimestamp"] = Timestamp(at);
        metadata["deletionGracePeriodSeconds"] = graceSeconds;
        Arrange(metadata);
    }

    public static string GenerateName(string prefix)
    {
        if (prefix.Length > LongestGeneratedBase)
            prefix = prefix[..LongestGeneratedBase];
        return prefix + RandomNumberGenerator.GetString(NameAlphabet, GeneratedLength);
    }

    /// <summary>Name, namespace, uid and resourceVersion first, managedFields last: what people look for first.</summary>
    private static void Arrange(JsonObject metadata)
    {
        ReadOnlySpan<string> front = ["name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp"];
        var index = 0;
        foreach (var key in front)
        {
            var at = metadata.IndexOf(key);
            if (at < 0)
                continue;
            if (at != index)
            {
                var value = metadata[key];
                metadata.RemoveAt(at);
                metadata.Insert(index, key, value);
            }
            index++;
        }
        if (metadata.IndexOf("managedFields") is var last && last >= 0 && last != metadata.Count - 1)
        {
            var value = metadata["managedFields"];
            metadata.RemoveAt(last);
            metadata.Add("managedFields", value);
        }
    }
}
