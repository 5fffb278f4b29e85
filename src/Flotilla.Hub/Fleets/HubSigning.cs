using System.Text.Json;
using Flotilla.Api.Sync;

namespace Flotilla.Hub.Fleets;

/// <summary>What targets are made with.</summary>
/// <param name="Hub">The hub's id.</param>
/// <param name="Epoch">The epoch that it may write in.</param>
/// <param name="Sign">Makes an envelope of a desired state; from any thread.</param>
/// <param name="Seal">Seals a value (second) to a key (first, JWK) under a name (third); from any thread.</param>
internal sealed record HubSigning(string Hub, long Epoch, Func<DesiredState, byte[]> Sign, Func<string, byte[], string, string> Seal)
{
    /// <summary>The root key's grant of the epoch; null for the first, which needs none.</summary>
    public JsonElement? Grant { get; init; }

    /// <summary>Where the hub wants to be found from now on; null when it does not say.</summary>
    public string? Home { get; init; }

    /// <summary>The key that signs.</summary>
    public required string KeyId { get; init; }

    /// <summary>All keys whose signatures count.</summary>
    public required IReadOnlyList<string> TrustedKeys { get; init; }
}
