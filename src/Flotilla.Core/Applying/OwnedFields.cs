using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Applying;

/// <summary>
/// The fields of a live object that a manager owns by server-side apply, as <c>managedFields</c> tells. Whoever changes such a field,
/// by update or by forced apply, takes it out of this set; so drift shows in the set or in the values, and both are looked at. No schema
/// is needed: the set itself says where lists go by keys and what is one value.
/// </summary>
public sealed class OwnedFields
{
    private readonly JsonObject fields;

    private OwnedFields(JsonObject fields) => this.fields = fields;

    /// <summary>What a manager owns; null when it owns nothing by apply.</summary>
    public static OwnedFields? Of(JsonObject live, string manager)
    {
        foreach (var entry in live.Object("metadata").Array("managedFields") ?? [])
        {
            if (entry.String("manager") == manager && entry.String("operation") == "Apply"
                && string.IsNullOrEmpty(entry.String("subresource")) && entry.Object("fieldsV1") is { } fields)
                return new OwnedFields(fields);
        }
        return null;
    }

    /// <summary>
    /// A hash of what is owned and its values. As long as it stays, nobody changed anything that is ours, however the server writes
    /// values (it may turn <c>1000m</c> into <c>1</c>); so it tells drift without the text that was applied.
    /// </summary>
    public string Fingerprint(JsonObject live, FieldPatterns ignored)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        Write(buffer, fields, live, ignored);
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan).AsSpan(0, 16));
    }

    /// <summary>
    /// Where a live object is not what is declared, or owned otherwise than declared. Empty means that an apply would change nothing. May
    /// name a field that the server only writes differently, never misses one.
    /// </summary>
    public IReadOnlyList<FieldDeparture> Departures(JsonObject live, JsonObject declared, FieldPatterns ignored)
    {
        var walk = new OwnershipWalk();
        walk.Object(fields, declared, live, ignored);
        return walk.Found;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, JsonObject set, JsonNode? value, FieldPatterns ignored)
    {
        if (ignored.IsHere)
            return;
        if (OwnershipWalk.IsLeaf(set))
        {
            WriteValue(buffer, value, ignored);
            return;
        }
        foreach (var (element, below) in set)
        {
            if (element == "." || below is not JsonObject members)
                continue;
            var down = OwnershipWalk.Down(ignored, element);
            if (down.IsHere)
                continue;
            Text(buffer, element);
            Write(buffer, members, OwnershipWalk.Child(value, element), down);
        }
        Text(buffer, "^");
    }

    private static void WriteValue(ArrayBufferWriter<byte> buffer, JsonNode? value, FieldPatterns ignored)
    {
        if (value is null)
            Text(buffer, "-");
        else if (ignored.IsEmpty)
            JsonText.Write(buffer, value);
        else
            JsonText.Write(buffer, Without(value, ignored));
        Text(buffer, "\n");
    }

    private static JsonNode? Without(JsonNode? value, FieldPatterns ignored) => value switch
    {
        null => null,
        _ when ignored.IsEmpty => value.DeepClone(),
        JsonObject map => new JsonObject(map.Where(p => !ignored.Field(p.Key).IsHere).Select(p => KeyValuePair.Create(p.Key, Without(p.Value, ignored.Field(p.Key))))),
        JsonArray list => new JsonArray([.. list.Select(item => Without(item, ignored.Element()))]),
        _ => value.DeepClone(),
    };

    private static void Text(ArrayBufferWriter<byte> buffer, string text) => Encoding.UTF8.GetBytes(text, buffer);
}

/// <summary>A field that is not as declared.</summary>
/// <param name="Path">For people: <c>.spec.replicas</c>.</param>
/// <param name="Place">Its elements as managedFields write them.</param>
public sealed record FieldDeparture(string Path, IReadOnlyList<string> Place);

/// <summary>Elements of lists in sets of owned fields.</summary>
public static class OwnedElements
{
    /// <summary>The element of a set that an item of a list is; null when none. Elements that are taken do not count.</summary>
    public static string? Of(JsonObject set, JsonNode? item, ISet<string> taken) => OwnershipWalk.ElementOf(set, item, taken);

    /// <summary>The value that an element chooses.</summary>
    public static JsonNode? Child(JsonNode? value, string element) => OwnershipWalk.Child(value, element);
}
