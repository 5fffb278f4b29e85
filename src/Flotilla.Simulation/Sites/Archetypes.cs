using System.Globalization;
using System.Text.Json.Nodes;

namespace Flotilla.Simulation.Sites;

/// <summary>Stores, ships and aircraft as they typically are; the same number gives the same site.</summary>
public static class Archetypes
{
    private static readonly (string City, double Latitude, double Longitude, string Country, string Zone)[] Places =
    [
        ("Paris", 48.8566, 2.3522, "FR", "Europe/Paris"), ("Lyon", 45.7640, 4.8357, "FR", "Europe/Paris"), ("Hamburg", 53.5511, 9.9937, "DE", "Europe/Berlin"),
        ("Oslo", 59.9139, 10.7522, "NO", "Europe/Oslo"), ("Porto", 41.1579, -8.6291, "PT", "Europe/Lisbon"), ("Athens", 37.9838, 23.7275, "GR", "Europe/Athens"),
        ("Glasgow", 55.8642, -4.2518, "GB", "Europe/London"), ("Gdansk", 54.3520, 18.6466, "PL", "Europe/Warsaw"),
    ];

    /// <summary>So many sites: of ten, six are stores, two ships, two aircraft.</summary>
    public static IReadOnlyList<SimulatedSitePlan> Mixed(int count) => [.. Enumerable.Range(1, count).Select(i => (i % 5) switch
    {
        4 => Ship(i),
        0 => Aircraft(i),
        _ => Store(i),
    })];

    /// <summary>A shop: a line that is nearly always there.</summary>
    public static SimulatedSitePlan Store(int number)
    {
        var place = Places[number % Places.Length];
        var spec = Spec($"{place.City} {number}", place, new JsonObject { ["bandwidth"] = "20M", ["latency"] = "40ms", ["expectedAway"] = "1h" });
        spec["parameters"] = new JsonArray(new JsonObject { ["name"] = "tills", ["value"] = Text(2 + (number % 11)) });
        return new(new("retail", Named("store", number)), Labels("store", ("region", place.Country.ToLowerInvariant())), spec, 1 + (number % 3)) { Latency = TimeSpan.FromMilliseconds(40) };
    }

    /// <summary>A ship: a satellite that costs by the byte, and weeks without one.</summary>
    public static SimulatedSitePlan Ship(int number) => new(
        new("shipping", Named("ship", number)), Labels("ship", ("line", number % 2 == 0 ? "north" : "south")),
        Spec($"MS {number}", Places[number % Places.Length], new JsonObject { ["bandwidth"] = "512k", ["latency"] = "650ms", ["metered"] = true, ["expectedAway"] = "504h" }), 3)
    { Latency = TimeSpan.FromMilliseconds(650) };

    /// <summary>An aircraft: fast on the ground, silent in the air.</summary>
    public static SimulatedSitePlan Aircraft(int number) => new(
        new("airborne", Named("aircraft", number)), Labels("aircraft", ("type", number % 2 == 0 ? "a320" : "b738")),
        Spec($"F-{number:D4}", Places[number % Places.Length], new JsonObject { ["bandwidth"] = "5M", ["latency"] = "90ms", ["expectedAway"] = "14h" }), 1)
    { Latency = TimeSpan.FromMilliseconds(90) };

    private static JsonObject Spec(string name, (string City, double Latitude, double Longitude, string Country, string Zone) place, JsonObject link) => new()
    {
        ["displayName"] = name,
        ["location"] = new JsonObject { ["latitude"] = place.Latitude, ["longitude"] = place.Longitude, ["country"] = place.Country, ["timeZone"] = place.Zone },
        ["link"] = link,
    };

    private static Dictionary<string, string> Labels(string kind, (string Key, string Value) more) => new() { ["kind"] = kind, [more.Key] = more.Value };

    private static string Named(string kind, int number) => $"{kind}-{number.ToString("D4", CultureInfo.InvariantCulture)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
