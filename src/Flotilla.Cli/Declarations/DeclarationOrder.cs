using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Declarations;

/// <summary>The order in which declarations are applied: what others live in or refer to comes first, so that a watching hub need not see half of them.</summary>
internal static class DeclarationOrder
{
    private static readonly string[] First = ["Namespace", "Secret", "ConfigMap", "MaintenanceWindow", "RolloutStrategy", "Component", "Site", "Stack", "Fleet"];

    /// <summary>Sorts; objects of a kind keep the order in which they were given.</summary>
    public static IEnumerable<JsonObject> Sort(IEnumerable<JsonObject> objects) =>
        objects.OrderBy(obj => Array.IndexOf(First, obj.String("kind")) is >= 0 and var rank ? rank : First.Length);
}
