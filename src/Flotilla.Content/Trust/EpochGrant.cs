using System.Text.Json;

namespace Flotilla.Content.Trust;

/// <summary>
/// Lets a hub open an epoch: order is (epoch, sequence), so what a hub restored from a backup says in a new epoch is newer than all it said
/// before. The root key signs it.
/// </summary>
public sealed record EpochGrant
{
    /// <summary>What its envelope says it is.</summary>
    public const string PayloadType = "application/vnd.flotilla.epoch+json";

    /// <summary>The hub that it belongs to.</summary>
    public required string Hub { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required long Epoch { get; init; }

    /// <summary>When it was signed.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>The grant of an envelope, when it is not older than what is known.</summary>
    /// <param name="root">The pinned root key.</param>
    /// <param name="hub">The hub that it must belong to.</param>
    /// <param name="known">The newest epoch that is known; 0 for none.</param>
    /// <exception cref="DsseException">Not signed by the root key, of another hub, or of an epoch below the known one.</exception>
    public static EpochGrant Verify(DsseEnvelope envelope, PublicKey root, string hub, long known = 0)
    {
        var grant = Parse(envelope.Verify(PayloadType, root));
        if (grant.Hub != hub)
            throw new DsseException(DsseRefusal.OtherHub, $"the epoch is of the hub '{grant.Hub}', not of '{hub}'");
        if (grant.Epoch < known)
            throw new DsseException(DsseRefusal.Outdated, $"epoch {grant.Epoch} is older than {known}, which is known");
        return grant;
    }

    /// <summary>The canonical bytes that are signed.</summary>
    internal byte[] ToPayload() => CanonicalJson.Write(JsonSerializer.SerializeToNode(this, TrustJson.Plain.EpochGrant));

    private static EpochGrant Parse(byte[] payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, TrustJson.Plain.EpochGrant) is { Hub: not null, Epoch: > 0 } grant
                ? grant
                : throw new DsseException(DsseRefusal.Malformed, "the epoch's grant names no hub, or an epoch below 1");
        }
        catch (JsonException exception)
        {
            throw new DsseException(DsseRefusal.Malformed, $"not the grant of an epoch: {exception.Message}", exception);
        }
    }
}
