using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>Which object among those of one resource.</summary>
/// <param name="Namespace">Empty for objects without one.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>The key of an object, from its metadata; absent parts are empty.</summary>
    public static ObjectKey Of(JsonObject obj)
    {
        var metadata = obj.Object("metadata");
        return new ObjectKey(metadata.String("namespace") ?? "", metadata.String("name") ?? "");
    }

    /// <summary><c>namespace/name</c>, or the name alone.</summary>
    public override string ToString() => string.IsNullOrEmpty(Namespace) ? Name ?? "" : $"{Namespace}/{Name}";
}
