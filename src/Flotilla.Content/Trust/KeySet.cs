using System.Text.Json;

namespace Flotilla.Content.Trust;

/// <summary>The keys whose signatures on desired state count. The root key signs it; sites take only newer versions.</summary>
public sealed record KeySet
{
    /// <summary>What its envelope says it is.</summary>
    public const string PayloadType = "application/vnd.flotilla.keyset+json";

    /// <summary>The hub that it belongs to.</summary>
    public required string Hub { get; init; }

    /// <summary>Grows with every change.</summary>
    public required long Version { get; init; }

    /// <summary>When it was signed.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>The keys, at least one.</summary>
    public required IReadOnlyList<PublicKey> Keys { get; init; }

    /// <summary>The key of an id; null when it is not in the set.</summary>
    public PublicKey? Find(string keyId) => Keys.FirstOrDefault(k => k.KeyId == keyId);

    /// <summary>The key set of an envelope, when it may take the place of the one that is known.</summary>
    /// <param name="root">The pinned root key.</param>
    /// <param name="hub">The hub that it must belong to.</param>
    /// <param name="known">The set that is known; null for none.</param>
    /// <exception cref="DsseException">
    /// Not signed by the root key, of another hub, of a version below the known one, or of the known version with other keys.
    /// </exception>
    public static KeySet Verify(DsseEnvelope envelope, PublicKey root, string hub, KeySet? known = null)
    {
        var set = Parse(envelope.Verify(PayloadType, root));
        if (set.Hub != hub)
            throw new DsseException(DsseRefusal.OtherHub, $"the key set is of the hub '{set.Hub}', not of '{hub}'");
        if (set.Version < known?.Version)
            throw new DsseException(DsseRefusal.Outdated, $"key set {set.Version} is older than {known.Version}, which is known");
        if (set.Version == known?.Version && !set.ToPayload().AsSpan().SequenceEqual(known.ToPayload()))
            throw new DsseException(DsseRefusal.Outdated, $"key set {set.Version} is known with other content: sign the change as version {set.Version + 1}");
        return set;
    }

    /// <summary>The canonical bytes that are signed.</summary>
    internal byte[] ToPayload() => CanonicalJson.Write(JsonSerializer.SerializeToNode(this, TrustJson.Plain.KeySet));

    private static KeySet Parse(byte[] payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, TrustJson.Plain.KeySet) is { Hub: not null, Keys.Count: > 0 } set && set.Keys.All(k => k is not null)
                ? set
                : throw new DsseException(DsseRefusal.Malformed, "the key set holds no keys");
        }
        catch (JsonException exception)
        {
            throw new DsseException(DsseRefusal.Malformed, $"not a key set: {exception.Message}", exception);
        }
    }
}
