using System.Text.Json.Nodes;

namespace Flotilla.EndToEnd.Fleets;

/// <summary>What is not as usual on a ground.</summary>
internal sealed record GroundOptions
{
    /// <summary>Further arguments of the server of the sites' clusters.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Whether each site has a line to the hub that can be cut.</summary>
    public bool HasLines { get; init; }

    /// <summary>The declared link of all sites; null for none.</summary>
    public JsonObject? Link { get; init; }
}
