using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>Texts that the rows of many kinds share.</summary>
internal static class CellText
{
    public const string None = "<none>";
    public const string Unset = "<unset>";
    public const string Unknown = "<unknown>";

    public static string Name(this JsonObject obj) => obj.Object("metadata").String("name") ?? "";

    public static string Age(this JsonObject obj, DateTimeOffset now) => obj.Object("metadata").Since("creationTimestamp", now);

    public static string Since(this JsonNode? node, string key, DateTimeOffset now) => HumanDuration.Since(node.Time(key), now);

    public static DateTimeOffset? Time(this JsonNode? node, string key) => HumanDuration.Parse(node.String(key));

    public static bool IsBeingDeleted(this JsonObject obj) => obj.Object("metadata").Member("deletionTimestamp") is not null;

    public static JsonObject? Spec(this JsonObject obj) => obj.Object("spec");

    public static JsonObject? Status(this JsonObject obj) => obj.Object("status");

    /// <summary>A string, or what stands for its absence (also for the empty string).</summary>
    public static string Text(this JsonNode? node, string key, string absent = "") => node.String(key) is { Length: > 0 } text ? text : absent;

    public static long Number(this JsonNode? node, string key) => node.Member(key).AsInt64OrNull() ?? 0;

    public static bool Flag(this JsonNode? node, string key) => node.Member(key).AsBoolOrNull() ?? false;

    public static long Count(this JsonNode? node, string key) => node.Member(key) switch
    {
        JsonArray list => list.Count,
        JsonObject map => map.Count,
        _ => 0,
    };

    public static IEnumerable<JsonObject> Items(this JsonNode? node, string key) => node.Array(key)?.OfType<JsonObject>() ?? [];

    public static IEnumerable<string> Strings(this JsonNode? node, string key) => node.Array(key)?.Select(n => n.AsStringOrNull()).OfType<string>() ?? [];

    /// <summary>An int-or-string (or any scalar) as text; null when absent.</summary>
    public static string? Scalar(this JsonNode? node, string key) => node.Member(key) switch
    {
        JsonValue value => value.AsStringOrNull() ?? value.ToJsonString(),
        _ => null,
    };

    /// <summary>A quantity; what is absent is zero.</summary>
    public static string Quantity(this JsonNode? node, string key) => node.Scalar(key) ?? "0";

    public static JsonObject? Condition(this JsonNode? status, string type) => status.Items("conditions").FirstOrDefault(c => c.String("type") == type);

    public static bool IsTrue(this JsonNode? status, string conditionType) => status.Condition(conditionType).String("status") == "True";

    /// <summary>Labels as <c>a=b,c=d</c> in order of keys.</summary>
    public static string Labels(JsonObject? labels) => labels is not { Count: > 0 }
        ? None
        : string.Join(",", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value.AsStringOrNull()}"));

    /// <summary>A label selector (matchLabels, matchExpressions) as clients write it.</summary>
    public static string Selector(JsonObject? selector, string empty = None)
    {
        var requirements = new List<(string Key, string Text)>();
        foreach (var (key, value) in selector.Object("matchLabels") ?? [])
            requirements.Add((key, $"{key}={value.AsStringOrNull()}"));
        foreach (var expression in selector.Items("matchExpressions"))
        {
            var key = expression.String("key") ?? "";
            var values = string.Join(",", expression.Strings("values").Order(StringComparer.Ordinal));
            requirements.Add((key, expression.String("operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "DoesNotExist" => $"!{key}",
                _ => key,
            }));
        }
        return requirements.Count == 0 ? empty : string.Join(",", requirements.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Text));
    }

    /// <summary>At most <paramref name="max"/> entries and how many more there are.</summary>
    public static string Some(IReadOnlyList<string> all, int max, string empty, string separator = ",") => all.Count switch
    {
        0 => empty,
        _ when all.Count > max => $"{string.Join(separator, all.Take(max))} + {(all.Count - max).ToString(CultureInfo.InvariantCulture)} more...",
        _ => string.Join(separator, all),
    };
}
