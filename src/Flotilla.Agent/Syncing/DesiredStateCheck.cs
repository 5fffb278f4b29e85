using System.Text.Json;
using Flotilla.Agent.State;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.Syncing;

/// <summary>Whether a desired state may be taken: signed by a key of the hub, for this site, and newer than all before.</summary>
internal static class DesiredStateCheck
{
    /// <summary>The state, when it may be taken; otherwise why not.</summary>
    public static (DesiredState? State, string Reason, string Message) Check(JsonElement envelope, KeySet? keys, SiteIdentity site, SignedFloor floor)
    {
        if (keys is null)
            return (null, Reasons.BadSignature, "no key set of the hub is known, so no signature can be checked");
        DesiredState? state;
        try
        {
            var payload = DsseEnvelope.Parse(envelope).Verify(DesiredState.PayloadType, keys);
            state = JsonSerializer.Deserialize(payload, ApiJson.Default.DesiredState);
        }
        catch (DsseException e)
        {
            return (null, e.Reason == DsseRefusal.Malformed ? Reasons.Malformed : Reasons.BadSignature, e.Message);
        }
        catch (JsonException e)
        {
            return (null, Reasons.Malformed, $"signed, but no desired state: {e.Message}");
        }
        if (state is null)
            return (null, Reasons.Malformed, "signed, but empty");
        if (state.Hub != site.Hub)
            return (null, Reasons.OtherHub, $"it is of the hub {state.Hub}");
        if (state.Site != site.Site)
            return (null, Reasons.OtherSite, $"it is for the site {state.Site}");
        if (!floor.IsBelow(state))
            return (null, Reasons.NotNewer, $"({state.Epoch}, {state.Sequence}) does not come after ({floor.Epoch}, {floor.Sequence})");
        return state.Epoch <= Math.Max(floor.Epoch, 1) || IsGranted(state, site) is not { } refusal ? (state, "", "") : (null, Reasons.EpochNotGranted, refusal);
    }

    /// <summary>Why an epoch is not to be believed in; null when the root key granted it. A stolen signing key cannot open one.</summary>
    private static string? IsGranted(DesiredState state, SiteIdentity site)
    {
        if (state.Grant is not { } grant)
            return $"epoch {state.Epoch} comes without the root key's grant";
        try
        {
            var granted = EpochGrant.Verify(DsseEnvelope.Parse(grant), PublicKey.FromJwk(site.Root), site.Hub);
            return granted.Epoch == state.Epoch ? null : $"epoch {state.Epoch} comes with the grant of {granted.Epoch}";
        }
        catch (DsseException e)
        {
            return e.Message;
        }
    }
}
