namespace Flotilla.Content.Trust;

/// <summary>
/// The key that a hub's identity rests on. It signs key sets and epochs and nothing else, and is kept away from the hub: who steals a signing
/// key cannot name its successor.
/// </summary>
public sealed class RootKey : IDisposable
{
    private readonly SigningKey key;

    private RootKey(SigningKey key) => this.key = key;

    /// <summary>What sites pin.</summary>
    public PublicKey PublicKey => key.PublicKey;

    /// <summary>Names the key (RFC 7638).</summary>
    public string KeyId => key.KeyId;

    /// <summary>Makes a key that is in memory alone.</summary>
    public static RootKey Create() => new(SigningKey.Create());

    /// <summary>Makes a key and keeps it in a new file (PKCS #8 in PEM, mode 0600).</summary>
    /// <exception cref="IOException">There is a file already; it is left as it was.</exception>
    public static async ValueTask<RootKey> CreateAsync(string path, CancellationToken cancellation) => new(await SigningKey.CreateAsync(path, cancellation));

    /// <summary>Loads the key from its file.</summary>
    /// <exception cref="InvalidDataException">The file holds no private P-256 key.</exception>
    public static async ValueTask<RootKey> LoadAsync(string path, CancellationToken cancellation) => new(await SigningKey.LoadAsync(path, cancellation));

    /// <summary>Signs a key set.</summary>
    /// <exception cref="ArgumentException">The set has no keys, or holds the root key itself.</exception>
    public DsseEnvelope Sign(KeySet keys)
    {
        if (keys.Keys.Count == 0)
            throw new ArgumentException("a key set without keys would leave every site deaf", nameof(keys));
        if (keys.Find(KeyId) is not null)
            throw new ArgumentException("the root key signs no desired state: it does not belong in a key set", nameof(keys));
        return DsseEnvelope.Sign(KeySet.PayloadType, keys.ToPayload(), key);
    }

    /// <summary>Signs the grant of an epoch.</summary>
    public DsseEnvelope Sign(EpochGrant grant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grant.Epoch, 1);
        return DsseEnvelope.Sign(EpochGrant.PayloadType, grant.ToPayload(), key);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
