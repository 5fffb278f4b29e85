using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds;

/// <summary>Reads decoded objects as Go sees them: what is absent is a zero value.</summary>
internal static class Reading
{
    public static string Text(this JsonNode? owner, string field) => owner.Member(field).AsStringOrNull() ?? "";

    public static long Number(this JsonNode? owner, string field) => owner.Member(field).AsInt64OrNull() ?? 0;

    public static bool IsTrue(this JsonNode? owner, string field) => owner.Member(field).AsBoolOrNull() == true;

    public static bool Has(this JsonNode? owner, string field) => owner.Member(field) is not null;

    public static int Length(this JsonNode? owner, string field) => owner.Array(field)?.Count ?? 0;

    /// <summary>The elements of a list field, each with its path.</summary>
    /// <param name="owner">What has the field.</param>
    /// <param name="field">Name of the field.</param>
    /// <param name="path">Where the owner is; null for the whole object.</param>
    public static IEnumerable<(FieldPath Path, JsonNode? Item)> Each(this JsonNode? owner, string field, FieldPath? path = null)
    {
        if (owner.Array(field) is not { Count: > 0 } list)
            yield break;
        var here = path is null ? FieldPath.Of(field) : path[field];
        for (var i = 0; i < list.Count; i++)
            yield return (here[i], list[i]);
    }

    /// <summary>The texts of a list field, each with its path.</summary>
    public static IEnumerable<(FieldPath Path, string Text)> EachText(this JsonNode? owner, string field, FieldPath? path = null) =>
        owner.Each(field, path).Select(element => (element.Path, element.Item.AsStringOrNull() ?? ""));

    /// <summary>The texts of a list field.</summary>
    public static IEnumerable<string> Texts(this JsonNode? owner, string field) =>
        (owner.Array(field) ?? []).Select(item => item.AsStringOrNull() ?? "");

    /// <summary>An amount; zero when absent or not a quantity.</summary>
    public static Quantity Amount(this JsonNode? value)
    {
        Quantity.TryParse(value.AsStringOrNull() ?? value?.ToJsonString(), out var quantity);
        return quantity;
    }

    /// <summary>Puts what the other object has in a field into this one; nothing when it has nothing.</summary>
    public static void CopyFrom(this JsonObject obj, JsonObject? other, string field)
    {
        if (other.Member(field) is { } value)
            obj[field] = value.DeepClone();
        else
            obj.Remove(field);
    }
}
