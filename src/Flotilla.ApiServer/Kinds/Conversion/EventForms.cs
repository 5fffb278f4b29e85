using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Kinds.Conversion;

/// <summary>Events: the two APIs name the same fields differently.</summary>
internal static class EventForms
{
    private static readonly (string Core, string New)[] Fields =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
    ];

    private static readonly Dictionary<string, string> CoreNames = Fields.ToDictionary(field => field.New, field => field.Core);
    private static readonly Dictionary<string, string> NewNames = Fields.ToDictionary(field => field.Core, field => field.New);

    public static JsonObject ToCore(JsonObject obj) => Renamed(obj, CoreNames);

    public static JsonObject FromCore(JsonObject obj) => Renamed(obj, NewNames);

    private static JsonObject Renamed(JsonObject obj, Dictionary<string, string> names)
    {
        var renamed = new JsonObject();
        foreach (var (name, value) in obj)
            renamed[names.GetValueOrDefault(name, name)] = value?.DeepClone();
        return renamed;
    }
}
