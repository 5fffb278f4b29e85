using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flotilla.ApiServer.Certificates;
using Flotilla.Content.Trust;
using PublicKey = Flotilla.Content.Trust.PublicKey;

namespace Flotilla.Hub.Identity;

/// <summary>
/// Who a hub is: its id, the key that signs desired state, what the root key said about it, and the authority of the gateway's
/// certificate. The root key itself is not needed while the hub runs.
/// </summary>
public sealed class HubKeys : IDisposable
{
    internal const int AuthorityYears = 20;

    internal HubKeys(string hub, PublicKey root, SigningKey signing, DsseEnvelope keySet, DsseEnvelope epoch, X509Certificate2 authority)
    {
        Hub = hub;
        Root = root;
        Signing = signing;
        KeySetEnvelope = keySet;
        KeySet = KeySet.Verify(keySet, root, hub);
        EpochEnvelope = epoch;
        Epoch = EpochGrant.Verify(epoch, root, hub).Epoch;
        Authority = authority;
        if (KeySet.Find(signing.KeyId) is null)
            throw new HubIdentityException($"the key set (version {KeySet.Version}) does not hold the signing key {signing.KeyId}: sites would refuse everything; sign a new key set with the root key");
    }

    /// <summary>The hub's id: random, made once. Audience of what sites sign.</summary>
    public string Hub { get; }

    /// <summary>What sites pin.</summary>
    public PublicKey Root { get; }

    /// <summary>Signs desired state.</summary>
    public SigningKey Signing { get; }

    /// <summary>The keys that sites trust for desired state.</summary>
    public KeySet KeySet { get; }

    /// <summary>The key set, signed by the root key.</summary>
    public DsseEnvelope KeySetEnvelope { get; }

    /// <summary>The epoch that the hub may write in.</summary>
    public long Epoch { get; }

    /// <summary>The grant of the epoch, signed by the root key.</summary>
    public DsseEnvelope EpochEnvelope { get; }

    /// <summary>PEM of the certificate that the gateway's chain ends in.</summary>
    public string AuthorityPem => Authority.ExportCertificatePem() + "\n";

    internal X509Certificate2 Authority { get; }

    /// <summary>Keys that live as long as the process: for simulations.</summary>
    public static HubKeys InMemory(TimeProvider time)
    {
        using var root = RootKey.Create();
        var (hub, signing, now) = (NewId(), SigningKey.Create(), time.GetUtcNow());
        return new HubKeys(
            hub, root.PublicKey, signing, FirstKeySet(root, hub, signing, now), FirstEpoch(root, hub, now), NewAuthority(now));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Signing.Dispose();
        Authority.Dispose();
    }

    internal static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    internal static X509Certificate2 NewAuthority(DateTimeOffset now) => CertificateSigning.MakeAuthority(now, "flotilla-hub", AuthorityYears);

    internal static DsseEnvelope FirstKeySet(RootKey root, string hub, SigningKey signing, DateTimeOffset now) =>
        root.Sign(new KeySet { Hub = hub, Version = 1, Issued = now, Keys = [signing.PublicKey] });

    internal static DsseEnvelope FirstEpoch(RootKey root, string hub, DateTimeOffset now) =>
        root.Sign(new EpochGrant { Hub = hub, Epoch = 1, Issued = now });
}
