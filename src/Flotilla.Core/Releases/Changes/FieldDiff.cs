using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases.Changes;

/// <summary>Finds the fields in which two objects differ.</summary>
public static class FieldDiff
{
    /// <summary>Fields by path, each as high up as its whole value came or went.</summary>
    public static IReadOnlyList<FieldChange> Between(JsonNode? before, JsonNode? after)
    {
        var changes = new List<FieldChange>();
        Compare("", before, after, changes);
        return changes;
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<FieldChange> changes)
    {
        switch (before, after)
        {
            case (JsonObject old, JsonObject now):
                foreach (var key in old.Select(e => e.Key).Union(now.Select(e => e.Key)).Order(StringComparer.Ordinal))
                    Member(FieldText.Child(path, key), old.ContainsKey(key), old.Member(key), now.ContainsKey(key), now.Member(key), changes);
                break;
            case (JsonArray old, JsonArray now) when NamesOf(old) is { } oldNames && NamesOf(now) is { } newNames:
                foreach (var name in oldNames.Keys.Union(newNames.Keys))
                {
                    var (was, stood) = (oldNames.TryGetValue(name, out var o), newNames.TryGetValue(name, out var n));
                    Member($"{path}[name={name}]", was, o, stood, n, changes);
                }
                break;
            case (JsonArray old, JsonArray now):
                for (var i = 0; i < Math.Max(old.Count, now.Count); i++)
                    Member(FieldText.Element(path, i), i < old.Count, i < old.Count ? old[i] : null, i < now.Count, i < now.Count ? now[i] : null, changes);
                break;
            default:
                if (!JsonNodeExtensions.DeepEquals(before, after))
                    changes.Add(new FieldChange(path, ChangeKind.Changed, before, after));
                break;
        }
    }

    private static void Member(string path, bool had, JsonNode? before, bool has, JsonNode? after, List<FieldChange> changes)
    {
        if (had && has)
            Compare(path, before, after, changes);
        else
            changes.Add(new FieldChange(path, had ? ChangeKind.Removed : ChangeKind.Added, before, after));
    }

    /// <summary>Elements by name, where all have one of their own: their place says nothing then. An empty list has all names it needs.</summary>
    private static Dictionary<string, JsonNode?>? NamesOf(JsonArray list)
    {
        var names = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var element in list)
        {
            if (element.String("name") is not { } name || !names.TryAdd(name, element))
                return null;
        }
        return names;
    }
}
