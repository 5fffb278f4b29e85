using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>One condition in a CRD's status.</summary>
internal sealed record DefinitionCondition(string Type, string Status, string Reason, string Message)
{
    public static DefinitionCondition True(string type, string reason, string message) => new(type, "True", reason, message);

    public static DefinitionCondition False(string type, string reason, string message) => new(type, "False", reason, message);
}

/// <summary>Reads and sets conditions in a CRD's status.</summary>
internal static class DefinitionConditions
{
    public static JsonObject? Find(JsonObject definition, string type) =>
        (definition.Object("status").Array("conditions") ?? []).OfType<JsonObject>().FirstOrDefault(c => c.String("type") == type);

    public static bool IsTrue(JsonObject definition, string type) => Find(definition, type).String("status") == "True";

    /// <summary>Sets a condition in place; its time changes with its status only. Answers whether anything changed.</summary>
    public static bool Set(JsonObject definition, DefinitionCondition condition, DateTimeOffset now)
    {
        var existing = Find(definition, condition.Type);
        if (existing is not null && existing.String("status") == condition.Status && existing.String("reason") == condition.Reason && existing.String("message") == condition.Message)
            return false;
        if (existing is null)
        {
            var status = definition.ObjectOrNew("status");
            if (status.Array("conditions") is not { } conditions)
                status["conditions"] = conditions = [];
            existing = new JsonObject { ["type"] = condition.Type };
            conditions.Add((JsonNode)existing);
        }
        if (existing.String("status") != condition.Status || existing["lastTransitionTime"] is null)
            existing["lastTransitionTime"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        existing["status"] = condition.Status;
        existing["reason"] = condition.Reason;
        existing["message"] = condition.Message;
        return true;
    }

    /// <summary>Takes a condition away. Answers whether it was there.</summary>
    public static bool Remove(JsonObject definition, string type) =>
        Find(definition, type) is { } existing && definition.Object("status").Array("conditions")!.Remove(existing);
}
