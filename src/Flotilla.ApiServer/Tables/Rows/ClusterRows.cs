using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>Rows of what runs and rations the cluster itself.</summary>
internal static class ClusterRows
{
    public static JsonNode?[] ComponentStatus(JsonObject obj, DateTimeOffset now)
    {
        var healthy = obj.Condition("Healthy");
        var status = healthy is null ? "Unknown" : healthy.String("status") == "True" ? "Healthy" : "Unhealthy";
        return [obj.Name(), status, healthy.Text("message"), healthy.Text("error")];
    }

    public static JsonNode?[] ResourceQuota(JsonObject obj, DateTimeOffset now)
    {
        var used = obj.Status().Object("used");
        List<string> requests = [], limits = [];
        foreach (var (resource, _) in (obj.Status().Object("hard") ?? []).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            var column = resource.StartsWith("limits.", StringComparison.Ordinal) ? limits : requests;
            column.Add($"{resource}: {used.Quantity(resource)}/{obj.Status().Object("hard").Quantity(resource)}");
        }
        return [obj.Name(), string.Join(", ", requests), string.Join(", ", limits), obj.Age(now)];
    }

    public static JsonNode?[] ApiService(JsonObject obj, DateTimeOffset now)
    {
        var service = obj.Spec().Object("service");
        var available = obj.Status().Condition("Available");
        var state = available.Text("status", "Unknown");
        if (state != "True" && available.Text("reason") is { Length: > 0 } reason)
            state = $"{state} ({reason})";
        return [obj.Name(), service is null ? "Local" : $"{service.Text("namespace")}/{service.Text("name")}", state, obj.Age(now)];
    }

    public static JsonNode?[] FlowSchema(JsonObject obj, DateTimeOffset now)
    {
        var spec = obj.Spec();
        return
        [
            obj.Name(), spec.Object("priorityLevelConfiguration").Text("name"), spec.Number("matchingPrecedence"),
            spec.Object("distinguisherMethod").Text("type", CellText.None), obj.Age(now), obj.Status().Condition("Dangling").Text("status", "?"),
        ];
    }

    public static JsonNode?[] PriorityLevel(JsonObject obj, DateTimeOffset now)
    {
        var limited = obj.Spec().Object("limited");
        var queuing = limited.Object("limitResponse").Object("queuing");
        return
        [
            obj.Name(), obj.Spec().Text("type"), NumberOrNone(limited ?? obj.Spec().Object("exempt"), "nominalConcurrencyShares"),
            NumberOrNone(queuing, "queues"), NumberOrNone(queuing, "handSize"), NumberOrNone(queuing, "queueLengthLimit"), obj.Age(now),
        ];
    }

    public static JsonNode?[] ResourceClaim(JsonObject obj, DateTimeOffset now)
    {
        var states = new List<string>();
        if (obj.IsBeingDeleted())
            states.Add("deleted");
        if (obj.Status().Object("allocation") is not null)
        {
            states.Add("allocated");
            if (obj.Status().Count("reservedFor") > 0)
                states.Add("reserved");
        }
        else if (!obj.IsBeingDeleted())
        {
            states.Add("pending");
        }
        return [obj.Name(), string.Join(",", states), obj.Age(now)];
    }

    public static JsonNode?[] ResourceSlice(JsonObject obj, DateTimeOffset now) =>
        [obj.Name(), obj.Spec().Text("nodeName"), obj.Spec().Text("driver"), obj.Spec().Object("pool").Text("name"), obj.Age(now)];

    private static JsonNode NumberOrNone(JsonObject? node, string key) =>
        node.Member(key).AsInt64OrNull() is { } number ? JsonValue.Create(number) : JsonValue.Create(CellText.None);
}
