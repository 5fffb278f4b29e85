using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>The row of an Event; the two API groups name the same fields differently.</summary>
internal static class EventRow
{
    public static JsonNode?[] Core(JsonObject obj, DateTimeOffset now) => Cells(
        obj, obj.Object("involvedObject"), obj.Text("message"), obj.Object("source"), obj.Text("reportingComponent"),
        obj.Time("firstTimestamp"), obj.Time("lastTimestamp"), obj.Number("count"), now);

    public static JsonNode?[] Events(JsonObject obj, DateTimeOffset now) => Cells(
        obj, obj.Object("regarding"), obj.Text("note"), obj.Object("deprecatedSource"), obj.Text("reportingController"),
        obj.Time("deprecatedFirstTimestamp"), obj.Time("deprecatedLastTimestamp"), obj.Number("deprecatedCount"), now);

    private static JsonNode?[] Cells(
        JsonObject obj, JsonObject? about, string message, JsonObject? source, string reporter,
        DateTimeOffset? first, DateTimeOffset? last, long count, DateTimeOffset now)
    {
        var firstSeen = HumanDuration.Since(first ?? obj.Time("eventTime"), now);
        var lastSeen = last is null ? firstSeen : HumanDuration.Since(last, now);
        if (obj.Object("series") is { } series)
        {
            lastSeen = series.Since("lastObservedTime", now);
            count = series.Number("count");
        }
        else if (count == 0)
        {
            // Events of the newer API carry no count unless they are a series.
            count = 1;
        }
        return
        [
            lastSeen, obj.Text("type"), obj.Text("reason"), Target(about), about.Text("fieldPath"),
            Source(source.Text("component", reporter), source.Text("host", obj.Text("reportingInstance"))),
            message.Trim(), firstSeen, count, obj.Name(),
        ];
    }

    private static string Target(JsonObject? about)
    {
        var kind = about.Text("kind").ToLowerInvariant();
        return about.Text("name") is { Length: > 0 } name ? $"{kind}/{name}" : kind;
    }

    private static string Source(string component, string instance) => instance.Length == 0 ? component : $"{component}, {instance}";
}
