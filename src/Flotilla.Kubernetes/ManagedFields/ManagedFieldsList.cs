using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary><c>metadata.managedFields</c> of an object: reading, writing, validating.</summary>
public static class ManagedFieldsList
{
    /// <summary>The list of an object; null when it has none.</summary>
    public static JsonArray? Of(JsonObject? obj) => obj.Object("metadata").Array("managedFields");

    /// <summary>What is wrong with a list that a client sent; null when it can be used.</summary>
    /// <param name="entries">The list, or null.</param>
    public static string? Problem(JsonArray? entries)
    {
        try
        {
            Read(entries);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Puts back the old times where nothing else has changed, so that a write that changes nothing is not a write. To be
    /// called with the object that would be stored, after defaulting and admission. Times are all that it changes.
    /// </summary>
    /// <returns>Whether times were put back: then the object equals <paramref name="live"/>.</returns>
    public static bool RevertTimes(JsonObject live, JsonObject updated)
    {
        if (Of(live) is not { Count: > 0 } before || Of(updated) is not { } after || before.Count != after.Count || !OnlyTimesDiffer(before, after))
            return false;
        if (!SameBesides(live, updated, "metadata") || !SameBesides(live.Object("metadata")!, updated.Object("metadata")!, "managedFields"))
            return false;
        updated.Object("metadata")!["managedFields"] = before.DeepClone();
        return true;
    }

    internal static Owners Read(JsonArray? entries)
    {
        var owners = new Owners();
        for (var i = 0; i < entries?.Count; i++)
        {
            var entry = entries[i];
            var operation = entry.String("operation");
            if (operation is not ("Apply" or "Update"))
                throw new FormatException("operation must be `Apply` or `Update`");
            var apiVersion = entry.String("apiVersion");
            if (string.IsNullOrEmpty(apiVersion))
                throw new FormatException("apiVersion must not be empty");
            var fieldsType = entry.String("fieldsType");
            if (fieldsType != "FieldsV1")
            {
                throw new FormatException(string.IsNullOrEmpty(fieldsType)
                    ? $"missing fieldsType in managed fields entry {i}"
                    : $"invalid fieldsType {FieldScalar.From(fieldsType)} in managed fields entry {i}");
            }
            var key = OwnerKey.Of(entry.String("manager") ?? "", operation == "Apply", entry.String("subresource") ?? "", apiVersion);
            owners[key] = new Owned(FieldsV1.Read(entry.Member("fieldsV1")), apiVersion);
            owners.SetTime(key, entry.String("time"));
        }
        return owners;
    }

    /// <summary>The owners as a list; null when there are none.</summary>
    internal static JsonArray? Write(Owners owners)
    {
        if (owners.Count == 0)
            return null;
        var result = new JsonArray();
        foreach (var key in owners.Sorted())
        {
            var (fields, apiVersion) = owners[key];
            var entry = new JsonObject();
            if (key.Manager.Length > 0)
                entry["manager"] = key.Manager;
            entry["operation"] = key.IsApply ? "Apply" : "Update";
            entry["apiVersion"] = apiVersion;
            if (owners.Time(key) is { } time)
                entry["time"] = time;
            entry["fieldsType"] = "FieldsV1";
            entry["fieldsV1"] = FieldsV1.Write(fields);
            if (key.Subresource.Length > 0)
                entry["subresource"] = key.Subresource;
            result.Add((JsonNode)entry);
        }
        return result;
    }

    /// <summary>Writes the owners into an object's metadata, in place.</summary>
    internal static void Set(JsonObject obj, Owners? owners)
    {
        if (owners is not null && Write(owners) is { } list)
            obj.ObjectOrNew("metadata")["managedFields"] = list;
        else
            obj.Object("metadata")?.Remove("managedFields");
    }

    private static bool OnlyTimesDiffer(JsonArray before, JsonArray after)
    {
        var differ = false;
        for (var i = 0; i < before.Count; i++)
        {
            if (before[i] is not JsonObject old || after[i] is not JsonObject young)
                return false;
            foreach (var (name, value) in young)
            {
                if (name != "time" && !JsonNodeExtensions.DeepEquals(value, old.Member(name)))
                    return false;
            }
            if (old.Count - (old.ContainsKey("time") ? 1 : 0) != young.Count - (young.ContainsKey("time") ? 1 : 0))
                return false;
            differ |= old.String("time") != young.String("time");
        }
        return differ;
    }

    private static bool SameBesides(JsonObject left, JsonObject right, string ignored)
    {
        if (left.Count != right.Count)
            return false;
        foreach (var (name, value) in left)
        {
            if (!right.TryGetPropertyValue(name, out var other) || (name != ignored && !JsonNodeExtensions.DeepEquals(value, other)))
                return false;
        }
        return true;
    }
}
