using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Patches;

/// <summary>A document under the operations of one JSON patch. Every problem is a 422.</summary>
internal sealed class PatchedDocument(JsonNode? root)
{
    private JsonNode? root = root;
    private long copiedBytes;

    // An upper bound: measured again only when operations may have reached the limit, so that many small moves stay cheap.
    private int depth = JsonDepth.Of(root);

    public JsonNode? Detach() => root;

    public void Add(string pointer, JsonNode? value)
    {
        var (container, key) = Find(pointer, "add operation does not apply: doc is missing path");
        CheckDepth(pointer, value, JsonDepth.Of(value));
        Insert(container, key, value, pointer);
    }

    public void Remove(string pointer)
    {
        var (container, key) = Find(pointer, "remove operation does not apply: doc is missing path");
        Take(container, key, pointer);
    }

    public void Replace(string pointer, JsonNode? value)
    {
        if (pointer.Length == 0)
        {
            root = value is JsonObject or JsonArray
                ? value
                : throw PatchErrors.DoesNotApply("replace operation value must be object or array");
            depth = JsonDepth.Of(root);
            return;
        }
        var (container, key) = Find(pointer, "replace operation does not apply: doc is missing path");
        CheckDepth(pointer, value, JsonDepth.Of(value));
        if (container is JsonObject map)
            map[key] = value;
        else
            ((JsonArray)container)[Index((JsonArray)container, key, pointer)] = value;
    }

    public void Test(string pointer, JsonNode? value)
    {
        var found = root;
        if (pointer.Length > 0)
        {
            var (container, key) = Find(pointer, "test operation does not apply: is missing path");
            found = Get(container, key, pointer);
        }
        if (!SameValue(found, value))
            throw PatchErrors.DoesNotApply($"testing value {pointer} failed: test failed");
    }

    public void Move(string from, string to)
    {
        var (source, sourceKey) = Find(from, "move operation does not apply: doc is missing from path");
        var value = Take(source, sourceKey, from);
        var (target, targetKey) = Find(to, "move operation does not apply: doc is missing destination path");
        CheckDepth(to, value, depth);
        Insert(target, targetKey, value, to);
    }

    public void Copy(string from, string to)
    {
        var (source, sourceKey) = Find(from, "copy operation does not apply: doc is missing from path");
        var value = Get(source, sourceKey, from);
        var (target, targetKey) = Find(to, "copy operation does not apply: doc is missing destination path");
        if (value is not null)
            copiedBytes += JsonText.ToUtf8(value).Length;
        if (copiedBytes > JsonPatch.MaxCopiedBytes)
            throw PatchErrors.DoesNotApply($"Unable to complete the copy, the accumulated size increase of copy is {copiedBytes}, exceeding the limit {JsonPatch.MaxCopiedBytes}");
        CheckDepth(to, value, depth);
        Insert(target, targetKey, value?.DeepClone(), to);
    }

    /// <summary>The object or list that holds the last part of a pointer, and that part.</summary>
    private (JsonNode Container, string Key) Find(string pointer, string problem)
    {
        var parts = pointer.Split('/');
        var container = root;
        for (var i = 1; i < parts.Length - 1 && container is not null; i++)
        {
            var key = Decode(parts[i]);
            container = container switch
            {
                JsonObject map => map.Member(key),
                JsonArray list => list[Index(list, key, pointer)],
                _ => null,
            };
        }
        return parts.Length > 1 && container is JsonObject or JsonArray
            ? (container, Decode(parts[^1]))
            : throw PatchErrors.DoesNotApply($"{problem}: \"{pointer}\": missing value");
    }

    private static JsonNode? Get(JsonNode container, string key, string pointer) =>
        container is JsonArray list ? list[Index(list, key, pointer)] : container.Member(key);

    private static JsonNode? Take(JsonNode container, string key, string pointer)
    {
        var value = Get(container, key, pointer);
        if (container is JsonArray list)
            list.RemoveAt(Index(list, key, pointer));
        else if (!((JsonObject)container).Remove(key))
            throw PatchErrors.DoesNotApply($"Unable to remove nonexistent key: {key}: missing value");
        return value;
    }

    private static void Insert(JsonNode container, string key, JsonNode? value, string pointer)
    {
        if (container is JsonObject map)
            map[key] = value;
        else if (key == "-")
            ((JsonArray)container).Add(value);
        else
            ((JsonArray)container).Insert(Index((JsonArray)container, key, pointer, 1), value);
    }

    /// <summary>An index of a list; negative ones count from the end. When adding, one past the end is an index too.</summary>
    private static int Index(JsonArray list, string key, string pointer, int extra = 0)
    {
        if (!int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            throw PatchErrors.DoesNotApply($"value was not a proper array index: '{key}' in path: '{pointer}'");
        var size = list.Count + extra;
        if (index >= size || index < -size)
            throw PatchErrors.DoesNotApply($"Unable to access invalid index: {index} in path: '{pointer}'");
        return index < 0 ? index + size : index;
    }

    /// <summary>Operations can pile a deep value below a deep path; what nobody could read again must not come to be.</summary>
    private void CheckDepth(string pointer, JsonNode? value, int valueDepth)
    {
        var above = pointer.AsSpan().Count('/');
        if (above + valueDepth > JsonText.MaxDepth)
        {
            depth = JsonDepth.Of(root);
            valueDepth = JsonDepth.Of(value);
        }
        if (above + valueDepth > JsonText.MaxDepth)
            throw PatchErrors.DoesNotApply($"the value at path '{pointer}' is nested too deeply");
        depth = Math.Max(depth, above + valueDepth);
    }

    /// <summary>Numbers must be written alike, as the library compares text: 1 is not 1.0.</summary>
    private static bool SameValue(JsonNode? left, JsonNode? right) => JsonNodeExtensions.DeepEquals(
        left, right, static (a, b) => a.IsNumber() && b.IsNumber() ? a.ToJsonString() == b.ToJsonString() : JsonNodeExtensions.ScalarEquals(a, b));

    /// <summary>Undoes the escapes of RFC 6901, in one pass: <c>~01</c> is <c>~1</c>.</summary>
    private static string Decode(string part) =>
        part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
