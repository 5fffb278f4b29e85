using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Errors;

/// <summary>One cause in the details of a <c>Status</c>.</summary>
public sealed record StatusCause(string? Reason, string? Message, string? Field);

/// <summary>A failure as the Kubernetes API tells it (kind <c>Status</c>, v1).</summary>
/// <param name="Code">HTTP status code.</param>
/// <param name="Reason">Machine-readable reason, as <c>NotFound</c>; empty when there is none.</param>
/// <param name="Message">The sentence for people.</param>
public sealed record ApiStatus(int Code, string Reason, string Message)
{
    /// <summary>Name of the object concerned.</summary>
    public string? Name { get; init; }

    /// <summary>API group of the object concerned.</summary>
    public string? Group { get; init; }

    /// <summary>Kind (or resource) of the object concerned.</summary>
    public string? Kind { get; init; }

    /// <summary>UID of the object concerned.</summary>
    public string? Uid { get; init; }

    /// <summary>Single causes, when there are some.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>Whole seconds after which another try makes sense; 0 for none.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>The object on the wire.</summary>
    public JsonObject ToJson()
    {
        var details = new JsonObject();
        Set(details, "name", Name);
        Set(details, "group", Group);
        Set(details, "kind", Kind);
        Set(details, "uid", Uid);
        if (Causes.Count > 0)
        {
            var causes = new JsonArray();
            foreach (var cause in Causes)
            {
                var entry = new JsonObject();
                Set(entry, "reason", cause.Reason);
                Set(entry, "message", cause.Message);
                Set(entry, "field", cause.Field);
                causes.Add((JsonNode)entry);
            }
            details["causes"] = causes;
        }
        if (RetryAfterSeconds > 0)
            details["retryAfterSeconds"] = (long)RetryAfterSeconds;

        var status = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure" };
        Set(status, "message", Message);
        Set(status, "reason", Reason);
        if (details.Count > 0)
            status["details"] = details;
        status["code"] = (long)Code;
        return status;
    }

    /// <summary>Reads a Status from the wire; null when the object is something else.</summary>
    public static ApiStatus? FromJson(JsonNode? node)
    {
        if (node.String("kind") != "Status")
            return null;
        var details = node.Object("details");
        return new ApiStatus((int)(node.Member("code").AsInt64OrNull() ?? 0), node.String("reason") ?? "", node.String("message") ?? "")
        {
            Name = details.String("name"),
            Group = details.String("group"),
            Kind = details.String("kind"),
            Uid = details.String("uid"),
            RetryAfterSeconds = (int)(details.Member("retryAfterSeconds").AsInt64OrNull() ?? 0),
            Causes = [.. (details.Array("causes") ?? []).Select(c => new StatusCause(c.String("reason"), c.String("message"), c.String("field")))],
        };
    }

    private static void Set(JsonObject map, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            map[key] = value;
    }
}
