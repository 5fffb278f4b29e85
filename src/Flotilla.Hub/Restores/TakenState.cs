using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Restores;

/// <summary>A desired state that a site has and this hub does not know, proved by the hub's own signature on it.</summary>
/// <param name="KeySetVersion">Version of the key set that the site knows; 0 when that is no newer than the hub's.</param>
public sealed record TakenState(DesiredState State, byte[] Envelope, long KeySetVersion)
{
    /// <summary>Reads what a site shows.</summary>
    /// <returns>Null when it does not prove what the request says.</returns>
    public static TakenState? Read(SiteName site, SyncRequest request, HubKeys keys)
    {
        if (request.Taken is not { } shown)
            return null;
        try
        {
            // A key set that was made after the backup is the root key's word all the same.
            var known = request.TakenKeys is { } set ? KeySet.Verify(DsseEnvelope.Parse(set), keys.Root, keys.Hub) : keys.KeySet;
            var envelope = DsseEnvelope.Parse(shown);
            var state = JsonSerializer.Deserialize(Verify(envelope, known, keys.KeySet), ApiJson.Default.DesiredState);
            return state is not null && state.Hub == keys.Hub && state.Site == site.ToString() && (state.Epoch, state.Sequence) == (request.Epoch, request.Sequence)
                ? new TakenState(state, envelope.ToBytes(), known.Version > keys.KeySet.Version ? known.Version : 0)
                : null;
        }
        catch (Exception e) when (e is DsseException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The target that it stands for.</summary>
    public StoredTarget ToTarget(SiteName site) => new()
    {
        Site = site,
        Fleet = "",
        Stage = State.Stage,
        Permit = State.Permit,
        Permitted = State.Permit is null ? null : State.Issued,
        Epoch = State.Epoch,
        Sequence = State.Sequence,
        Inputs = "adopted",
        Envelope = Envelope,
    };

    /// <summary>The key that signed it may have left the newer set since.</summary>
    private static byte[] Verify(DsseEnvelope envelope, KeySet shown, KeySet own)
    {
        try
        {
            return envelope.Verify(DesiredState.PayloadType, shown);
        }
        catch (DsseException e) when (e.Reason == DsseRefusal.UnknownKey)
        {
            return envelope.Verify(DesiredState.PayloadType, own);
        }
    }
}
