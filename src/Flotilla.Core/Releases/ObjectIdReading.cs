using System.Text.Json.Nodes;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>Tells what object a tree is.</summary>
public static class ObjectIdReading
{
    /// <summary>The id of an object; parts that it does not have are empty.</summary>
    public static ObjectId Id(this JsonObject content)
    {
        var metadata = content.Object("metadata");
        return new(content.String("apiVersion") ?? "", content.String("kind") ?? "", metadata.String("namespace") ?? "", metadata.String("name") ?? "");
    }

    /// <summary>The API group; empty for core.</summary>
    internal static string GroupOf(string apiVersion) => apiVersion.LastIndexOf('/') is >= 0 and var slash ? apiVersion[..slash] : "";
}
