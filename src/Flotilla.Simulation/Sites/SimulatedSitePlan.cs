using System.Text.Json.Nodes;
using Flotilla.Api.Sites;

namespace Flotilla.Simulation.Sites;

/// <summary>A site to simulate: what is declared of it, and what is really there.</summary>
/// <param name="Name">The Site.</param>
/// <param name="Labels">Labels of the Site.</param>
/// <param name="Spec">What the Site declares.</param>
/// <param name="Nodes">Nodes of its cluster.</param>
public sealed record SimulatedSitePlan(SiteName Name, IReadOnlyDictionary<string, string> Labels, JsonObject Spec, int Nodes)
{
    /// <summary>Name of its virtual cluster.</summary>
    public string Cluster => Name.Name;

    /// <summary>Time from the site to the hub.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>The Site as it is declared.</summary>
    public JsonObject ToObject() => new()
    {
        ["apiVersion"] = "flotilla.dev/v1alpha1",
        ["kind"] = "Site",
        ["metadata"] = new JsonObject
        {
            ["name"] = Name.Name,
            ["namespace"] = Name.Namespace,
            ["labels"] = new JsonObject(Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
        },
        ["spec"] = Spec.DeepClone(),
    };
}
