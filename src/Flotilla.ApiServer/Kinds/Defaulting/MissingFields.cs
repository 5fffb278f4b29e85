using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>Gives fields a value where they have none. An object was decoded before, so a field that is there is meant.</summary>
internal static class MissingFields
{
    public static void SetMissing(this JsonObject obj, string field, string value)
    {
        if (!IsSet(obj, field))
            obj[field] = value;
    }

    public static void SetMissing(this JsonObject obj, string field, long value)
    {
        if (!IsSet(obj, field))
            obj[field] = value;
    }

    public static void SetMissing(this JsonObject obj, string field, bool value)
    {
        if (!IsSet(obj, field))
            obj[field] = value;
    }

    public static void SetMissing(this JsonObject obj, string field, Func<JsonNode> value)
    {
        if (!IsSet(obj, field))
            obj[field] = value();
    }

    /// <summary>For a string that is written even when it is empty.</summary>
    public static void SetEmpty(this JsonObject obj, string field, string value)
    {
        if (!obj.TryGetPropertyValue(field, out var found) || found is null || (found is JsonValue text && text.TryGetValue(out string? given) && given.Length == 0))
            obj[field] = value;
    }

    /// <summary>For a number that is written even when it is zero.</summary>
    public static void SetZero(this JsonObject obj, string field, long value)
    {
        if (!obj.TryGetPropertyValue(field, out var found) || found is null || (found is JsonValue number && number.TryGetValue(out long given) && given == 0))
            obj[field] = value;
    }

    private static bool IsSet(JsonObject obj, string field) => obj.TryGetPropertyValue(field, out var value) && value is not null;
}
