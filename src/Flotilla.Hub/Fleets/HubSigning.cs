using Flotilla.Api.Sync;

namespace Flotilla.Hub.Fleets;

/// <summary>What targets are made with.</summary>
/// <param name="Hub">The hub's id.</param>
/// <param name="Epoch">The epoch that it may write in.</param>
/// <param name="Sign">Makes an envelope of a desired state; from any thread.</param>
/// <param name="Seal">Seals a value (second) to a key (first, JWK) under a name (third); from any thread.</param>
internal sealed record HubSigning(string Hub, long Epoch, Func<DesiredState, byte[]> Sign, Func<string, byte[], string, string> Seal);
