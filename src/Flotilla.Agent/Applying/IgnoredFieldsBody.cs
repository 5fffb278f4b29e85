using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>
/// What is applied to an object that exists, where some fields are left to others: those that others have taken over are left out; those
/// that are still ours get their live value, since leaving them out would remove them.
/// </summary>
internal static class IgnoredFieldsBody
{
    public static void Settle(JsonObject declared, JsonObject live, FieldPatterns ignored, string manager) =>
        Settle(declared, live, OwnedSet(live, manager), ignored, isWhole: false);

    private static JsonObject OwnedSet(JsonObject live, string manager) =>
        (live.Object("metadata").Array("managedFields") ?? []).OfType<JsonObject>()
            .FirstOrDefault(e => e.String("manager") == manager && e.String("operation") == "Apply" && string.IsNullOrEmpty(e.String("subresource")))
            .Object("fieldsV1") ?? [];

    /// <param name="isWhole">We own this place as one value, so what is in it cannot be left to others.</param>
    private static void Settle(JsonNode? declared, JsonNode? live, JsonObject? owned, FieldPatterns ignored, bool isWhole)
    {
        if (ignored.IsEmpty)
            return;
        if (declared is JsonObject map)
        {
            foreach (var (key, value) in map.ToList())
            {
                var (down, below) = (ignored.Field(key), owned.Object("f:" + key));
                if (!down.IsHere)
                    Settle(value, live.Member(key), below, down, isWhole || below is { Count: 0 });
                else if ((below is not null || isWhole) && live.Member(key) is { } current)
                    map[key] = current.DeepClone();
                else if (live is not null)
                    map.Remove(key);
            }
        }
        else if (declared is JsonArray list)
        {
            var taken = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < list.Count; i++)
            {
                var element = owned is null ? null : OwnedElements.Of(owned, list[i], taken);
                if (element is null)
                {
                    // A list that is one value: position is all there is to go by.
                    Settle(list[i], (live as JsonArray)?.ElementAtOrDefault(i), null, ignored.Element(), isWhole: true);
                    continue;
                }
                taken.Add(element);
                Settle(list[i], OwnedElements.Child(live, element), owned.Object(element), ignored.Element(), isWhole);
            }
        }
    }
}
