using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Identity;

/// <summary>Signs what sites shall be.</summary>
public sealed class EnvelopeSigner(HubKeys keys)
{
    /// <summary>The DSSE envelope (JSON) as it is stored and served.</summary>
    /// <exception cref="ArgumentException">The state is another hub's.</exception>
    public byte[] Sign(DesiredState state)
    {
        if (state.Hub != keys.Hub)
            throw new ArgumentException($"the desired state is of the hub '{state.Hub}', this one is '{keys.Hub}'", nameof(state));
        var payload = CanonicalJson.Write(JsonSerializer.SerializeToNode(state, ApiJson.Default.DesiredState));
        return DsseEnvelope.Sign(DesiredState.PayloadType, payload, keys.Signing).ToBytes();
    }
}
