using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases.Sources;

/// <summary>What every object must have, and what none may bring.</summary>
internal static class ObjectShape
{
    /// <summary>Set by servers only; exported objects carry them.</summary>
    private static readonly string[] ServersOwn = ["creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];

    /// <summary>The first thing that is wrong, or null.</summary>
    public static (string Field, string Message, string Remedy)? ProblemOf(JsonObject content)
    {
        if (string.IsNullOrEmpty(content.String("apiVersion")))
            return ("apiVersion", "is missing or no text", "add it, as apps/v1");
        if (string.IsNullOrEmpty(content.String("kind")))
            return ("kind", "is missing or no text", "add it, as Deployment");
        var metadata = content.Object("metadata");
        if (string.IsNullOrEmpty(metadata.String("name")))
        {
            return metadata.String("generateName") is null
                ? ("metadata.name", "is missing or no text", "add a name (a number must be quoted)")
                : ("metadata.generateName", "a name that a server makes is another one each time", "give the object a name");
        }
        if (metadata.Member("namespace") is { } place && place.AsStringOrNull() is null)
            return ("metadata.namespace", "is no text", "quote it");
        return metadata.Member("labels") is null or JsonObject ? null : ("metadata.labels", "is no mapping", "write labels as key: value");
    }

    /// <summary>Takes away what only a server may say.</summary>
    public static void Clean(JsonObject content)
    {
        content.Remove("status");
        foreach (var field in ServersOwn)
            content.Object("metadata")?.Remove(field);
    }
}
