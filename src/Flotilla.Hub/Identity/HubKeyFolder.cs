using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flotilla.ApiServer.Storage;
using Flotilla.Content;
using Flotilla.Content.Trust;
using PublicKey = Flotilla.Content.Trust.PublicKey;

namespace Flotilla.Hub.Identity;

/// <summary>The keys of a hub on disk. The root key lies in a folder of its own, to be moved to a safe place.</summary>
/// <param name="data">The hub's data folder; the keys lie in <c>keys</c> there.</param>
public sealed class HubKeyFolder(string data)
{
    private readonly string folder = Path.Combine(data, "keys");

    /// <summary>Where the root key is made; the hub never reads it.</summary>
    public string RootKeyFile => Path.Combine(folder, "root", "root.pem");

    /// <summary>Whether keys were made here.</summary>
    public bool Exists => File.Exists(IdFile);

    private string RootPublicFile => Path.Combine(folder, "root.jwk");

    private string SigningFile => Path.Combine(folder, "signing.pem");

    private string NextSigningFile => Path.Combine(folder, "signing.next.pem");

    private string KeySetFile => Path.Combine(folder, "keyset.json");

    private string EpochFile => Path.Combine(folder, "epoch.json");

    private string AuthorityFile => Path.Combine(folder, "ca.pem");

    /// <summary>Written last: where it is, the rest is, too.</summary>
    private string IdFile => Path.Combine(folder, "hub-id");

    /// <summary>Makes the keys, or goes on where a crash broke off; keys that are there stay.</summary>
    /// <exception cref="HubIdentityException">A file is there that cannot be used.</exception>
    public async Task<HubKeys> InitAsync(TimeProvider time, CancellationToken cancellation)
    {
        if (Exists)
            return await LoadAsync(time, cancellation);
        DurableFile.CreateFolder(Path.GetDirectoryName(RootKeyFile)!);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (hub, now) = (HubKeys.NewId(), time.GetUtcNow());
        using (var root = await UseAsync(RootKeyFile, () => File.Exists(RootKeyFile) ? RootKey.LoadAsync(RootKeyFile, cancellation) : RootKey.CreateAsync(RootKeyFile, cancellation)))
        using (var signing = await UseAsync(SigningFile, () => File.Exists(SigningFile) ? SigningKey.LoadAsync(SigningFile, cancellation) : SigningKey.CreateAsync(SigningFile, cancellation)))
        using (var authority = HubKeys.NewAuthority(now))
        {
            await WriteAsync(RootPublicFile, root.PublicKey.ToJwk(), cancellation);
            await WriteAsync(KeySetFile, HubKeys.FirstKeySet(root, hub, signing, now).ToBytes(), cancellation);
            await WriteAsync(EpochFile, HubKeys.FirstEpoch(root, hub, now).ToBytes(), cancellation);
            using var key = authority.GetECDsaPrivateKey()!;
            await WriteAsync(AuthorityFile, $"{authority.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n", cancellation);
            await WriteAsync(IdFile, hub + "\n", cancellation);
        }
        return await LoadAsync(time, cancellation);
    }

    /// <summary>
    /// Opens a new epoch, for a hub that was restored from a backup: what it says then is newer than all that was said before. A key set of
    /// a later version is signed as well when sites may know one that the backup does not.
    /// </summary>
    /// <param name="rootKeyFile">The root key, brought from where it is kept.</param>
    /// <param name="epoch">The epoch to open; null for the next.</param>
    /// <param name="keySet">Version of a new key set; null to leave that.</param>
    /// <exception cref="HubIdentityException">The key is another hub's, or a number is not a later one.</exception>
    public async Task<HubKeys> RestoreAsync(string rootKeyFile, long? epoch, long? keySet, TimeProvider time, CancellationToken cancellation)
    {
        using var own = Hold();
        using var keys = await LoadAsync(time, cancellation);
        using var root = await OwnRootAsync(rootKeyFile, keys, cancellation);
        var opened = epoch ?? keys.Epoch + 1;
        if (opened <= keys.Epoch)
            throw new HubIdentityException($"epoch {opened} is open already, the newest is {keys.Epoch}: name a later one");
        if (keySet <= keys.KeySet.Version)
            throw new HubIdentityException($"key set {keySet} is there already, the newest is {keys.KeySet.Version}: name a later version");
        if (keySet is { } version)
            await WriteAsync(KeySetFile, root.Sign(keys.KeySet with { Version = version, Issued = time.GetUtcNow() }).ToBytes(), cancellation);
        await WriteAsync(EpochFile, root.Sign(new EpochGrant { Hub = keys.Hub, Epoch = opened, Issued = time.GetUtcNow() }).ToBytes(), cancellation);
        return await LoadAsync(time, cancellation);
    }

    /// <summary>
    /// Makes another signing key and a key set with it. Keys before it count until they are retired, so that what they signed for sites that
    /// are away can still be taken.
    /// </summary>
    /// <exception cref="HubIdentityException">The root key is another hub's.</exception>
    public async Task<HubKeys> RotateAsync(string rootKeyFile, TimeProvider time, CancellationToken cancellation)
    {
        using var own = Hold();
        using var keys = await LoadAsync(time, cancellation);
        using var root = await OwnRootAsync(rootKeyFile, keys, cancellation);
        // In this order a crash leaves a key that the key set holds; a second try goes on with the key that was made.
        using (var next = await UseAsync(NextSigningFile, () => File.Exists(NextSigningFile) ? SigningKey.LoadAsync(NextSigningFile, cancellation) : SigningKey.CreateAsync(NextSigningFile, cancellation)))
        {
            if (keys.KeySet.Find(next.KeyId) is null)
                await WriteAsync(KeySetFile, root.Sign(Next(keys, [next.PublicKey, .. keys.KeySet.Keys], time)).ToBytes(), cancellation);
        }
        DurableFile.Replace(NextSigningFile, SigningFile);
        return await LoadAsync(time, cancellation);
    }

    /// <summary>Has only the present signing key count. What others signed is signed anew when the hub starts.</summary>
    /// <exception cref="HubIdentityException">The root key is another hub's.</exception>
    public async Task<HubKeys> RetireAsync(string rootKeyFile, TimeProvider time, CancellationToken cancellation)
    {
        using var own = Hold();
        using var keys = await LoadAsync(time, cancellation);
        using var root = await OwnRootAsync(rootKeyFile, keys, cancellation);
        if (keys.KeySet.Keys.Count > 1)
            await WriteAsync(KeySetFile, root.Sign(Next(keys, [keys.Signing.PublicKey], time)).ToBytes(), cancellation);
        return await LoadAsync(time, cancellation);
    }

    /// <summary>Loads what a running hub needs.</summary>
    /// <exception cref="HubIdentityException">A file is missing, damaged, or does not fit the others.</exception>
    public async Task<HubKeys> LoadAsync(TimeProvider time, CancellationToken cancellation)
    {
        if (!Exists)
            throw Missing();
        var hub = (await ReadAsync(IdFile, cancellation)).Trim();
        var root = await UseAsync(RootPublicFile, async () => PublicKey.FromJwk(await ReadAsync(RootPublicFile, cancellation)));
        var signing = await UseAsync(SigningFile, () => SigningKey.LoadAsync(SigningFile, cancellation));
        var keySet = await UseAsync(KeySetFile, async () => DsseEnvelope.Parse(Encoding.UTF8.GetBytes(await ReadAsync(KeySetFile, cancellation))));
        var epoch = await UseAsync(EpochFile, async () => DsseEnvelope.Parse(Encoding.UTF8.GetBytes(await ReadAsync(EpochFile, cancellation))));
        var authority = await UseAsync(AuthorityFile, async () =>
        {
            var pem = await ReadAsync(AuthorityFile, cancellation);
            return X509Certificate2.CreateFromPem(pem, pem);
        });
        if (authority.NotAfter < time.GetUtcNow())
            throw new HubIdentityException($"the certificate authority in {AuthorityFile} expired on {authority.NotAfter:u}: sites that pinned it can no longer connect; make a new one and enrol them again");
        try
        {
            return new HubKeys(hub, root, signing, keySet, epoch, authority);
        }
        catch (DsseException e)
        {
            throw new HubIdentityException($"the files in {folder} do not belong together: {e.Message}. Restore the folder as a whole.", e);
        }
    }

    /// <summary>Keeps a hub from starting, and anybody else from changing keys, meanwhile.</summary>
    /// <exception cref="IOException">A hub runs on the folder.</exception>
    private FolderLock Hold() => Exists ? FolderLock.Take(data) : throw Missing();

    private HubIdentityException Missing() =>
        new($"{IdFile} is missing: make the hub's keys with `flotilla hub init --data {data}`, or restore {folder} from a backup");

    private static KeySet Next(HubKeys keys, IReadOnlyList<PublicKey> trusted, TimeProvider time) =>
        keys.KeySet with { Version = keys.KeySet.Version + 1, Issued = time.GetUtcNow(), Keys = trusted };

    private static async Task<RootKey> OwnRootAsync(string file, HubKeys keys, CancellationToken cancellation)
    {
        var root = await UseAsync(file, () => RootKey.LoadAsync(file, cancellation));
        if (root.PublicKey.Equals(keys.Root))
            return root;
        var other = root.KeyId;
        root.Dispose();
        throw new HubIdentityException($"{file} is the root key {other}, this hub's is {keys.Root.KeyId}: sites would refuse what it signs");
    }

    private static async ValueTask<T> UseAsync<T>(string path, Func<ValueTask<T>> read)
    {
        try
        {
            return await read();
        }
        catch (FileNotFoundException e)
        {
            throw new HubIdentityException($"{path} is missing: restore it from a backup", e);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or CryptographicException or DsseException or ArgumentException)
        {
            throw new HubIdentityException($"{path} is damaged ({e.Message}): restore it from a backup", e);
        }
    }

    private static async ValueTask<string> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellation);
        }
        catch (FileNotFoundException e)
        {
            throw new HubIdentityException($"{path} is missing: restore it from a backup", e);
        }
    }

    private static ValueTask WriteAsync(string path, string content, CancellationToken cancellation) => WriteAsync(path, Encoding.UTF8.GetBytes(content), cancellation);

    private static ValueTask WriteAsync(string path, byte[] content, CancellationToken cancellation) =>
        DurableFile.WriteAsync(path, content, cancellation, DurableFile.Private);
}
