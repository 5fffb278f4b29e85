using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;
using Flotilla.Hub.Identity;
using Flotilla.TestKit;

namespace Flotilla.Hub.Tests.Identity;

public sealed class HubKeysTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly string data = Directory.CreateTempSubdirectory("flotilla-keys-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HubKeyFolder Folder => new(data);

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Keys_are_made_once_and_loaded_again()
    {
        using var made = await Folder.InitAsync(time, Cancellation);
        Assert.Equal((1, 1), (made.KeySet.Version, made.Epoch));
        Assert.True(Folder.Exists);
        foreach (var load in (Func<Task<HubKeys>>[])[() => Folder.LoadAsync(time, Cancellation), () => Folder.InitAsync(time, Cancellation)])
        {
            using var loaded = await load();
            Assert.Equal((made.Hub, made.Root, made.Signing.KeyId, made.AuthorityPem), (loaded.Hub, loaded.Root, loaded.Signing.KeyId, loaded.AuthorityPem));
        }
    }

    [Fact]
    public async Task A_hub_runs_without_the_root_key()
    {
        using var made = await Folder.InitAsync(time, Cancellation);
        using (var root = await RootKey.LoadAsync(Folder.RootKeyFile, Cancellation))
            Assert.Equal(made.Root, root.PublicKey);
        Directory.Delete(Path.GetDirectoryName(Folder.RootKeyFile)!, recursive: true);
        using var loaded = await Folder.LoadAsync(time, Cancellation);
        Assert.Equal(made.Hub, loaded.Hub);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Only_their_owner_may_read_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        using var made = await Folder.InitAsync(time, Cancellation);
        var files = Directory.GetFiles(Path.Combine(data, "keys"), "*", SearchOption.AllDirectories);
        Assert.Equal(7, files.Length);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_crash_while_they_are_made_is_gone_on_from()
    {
        using var made = await Folder.InitAsync(time, Cancellation);
        File.Delete(Path.Combine(data, "keys", "hub-id"));
        File.Delete(Path.Combine(data, "keys", "epoch.json"));
        using var again = await Folder.InitAsync(time, Cancellation);
        Assert.Equal((made.Root, made.Signing.KeyId), (again.Root, again.Signing.KeyId));
    }

    [Theory]
    [InlineData("signing.pem")]
    [InlineData("keyset.json")]
    [InlineData("epoch.json")]
    [InlineData("root.jwk")]
    [InlineData("ca.pem")]
    public async Task A_file_that_is_missing_or_damaged_is_named(string name)
    {
        (await Folder.InitAsync(time, Cancellation)).Dispose();
        var path = Path.Combine(data, "keys", name);
        await File.WriteAllTextAsync(path, "spoilt", Cancellation);
        var damaged = await Assert.ThrowsAsync<HubIdentityException>(() => Folder.LoadAsync(time, Cancellation));
        Assert.StartsWith($"{path} is damaged (", damaged.Message, StringComparison.Ordinal);
        File.Delete(path);
        var missing = await Assert.ThrowsAsync<HubIdentityException>(() => Folder.LoadAsync(time, Cancellation));
        Assert.Equal($"{path} is missing: restore it from a backup", missing.Message);
    }

    [Fact]
    public async Task Without_keys_the_remedy_is_told()
    {
        var e = await Assert.ThrowsAsync<HubIdentityException>(() => Folder.LoadAsync(time, Cancellation));
        Assert.Contains($"`flotilla hub init --data {data}`", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("signing.pem", "does not hold the signing key")]
    [InlineData("keyset.json", "do not belong together")]
    [InlineData("root.jwk", "do not belong together")]
    [InlineData("hub-id", "do not belong together")]
    public async Task Files_of_two_hubs_are_not_mixed(string name, string message)
    {
        (await Folder.InitAsync(time, Cancellation)).Dispose();
        var other = new HubKeyFolder(Path.Combine(data, "other"));
        (await other.InitAsync(time, Cancellation)).Dispose();
        File.Copy(Path.Combine(data, "other", "keys", name), Path.Combine(data, "keys", name), overwrite: true);
        var e = await Assert.ThrowsAsync<HubIdentityException>(() => Folder.LoadAsync(time, Cancellation));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_authority_lasts_for_20_years_and_says_when_it_is_over()
    {
        (await Folder.InitAsync(time, Cancellation)).Dispose();
        time.Advance(TimeSpan.FromDays(19.9 * 365.25));
        (await Folder.LoadAsync(time, Cancellation)).Dispose();
        time.Advance(TimeSpan.FromDays(60));
        var e = await Assert.ThrowsAsync<HubIdentityException>(() => Folder.LoadAsync(time, Cancellation));
        Assert.Contains("expired on 2046-01-01", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotation_makes_a_key_that_counts_beside_the_one_before_until_that_is_retired()
    {
        using var first = await Folder.InitAsync(time, Cancellation);
        using var second = await Folder.RotateAsync(Folder.RootKeyFile, time, Cancellation);
        Assert.NotEqual(first.Signing.KeyId, second.Signing.KeyId);
        Assert.Equal((2, 2), (second.KeySet.Version, second.KeySet.Keys.Count));
        using var retired = await Folder.RetireAsync(Folder.RootKeyFile, time, Cancellation);
        Assert.Equal(second.Signing.KeyId, Assert.Single(retired.KeySet.Keys).KeyId);
        // A site that knows the first set takes the last one.
        var sites = KeySet.Verify(retired.KeySetEnvelope, first.Root, first.Hub, first.KeySet);
        Assert.Equal(3, sites.Version);
        using var again = await Folder.RetireAsync(Folder.RootKeyFile, time, Cancellation);
        Assert.Equal(3, again.KeySet.Version);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rotation_that_broke_off_is_gone_on_with(bool signed)
    {
        using var first = await Folder.InitAsync(time, Cancellation);
        var (keys, old) = (Path.Combine(data, "keys"), await File.ReadAllTextAsync(Path.Combine(data, "keys", "signing.pem"), Cancellation));
        var oldSet = await File.ReadAllTextAsync(Path.Combine(keys, "keyset.json"), Cancellation);
        using var made = await Folder.RotateAsync(Folder.RootKeyFile, time, Cancellation);
        // As a crash leaves it: before the key set was written, or before the key took its place.
        File.Move(Path.Combine(keys, "signing.pem"), Path.Combine(keys, "signing.next.pem"));
        await File.WriteAllTextAsync(Path.Combine(keys, "signing.pem"), old, Cancellation);
        if (!signed)
            await File.WriteAllTextAsync(Path.Combine(keys, "keyset.json"), oldSet, Cancellation);
        (await Folder.LoadAsync(time, Cancellation)).Dispose();
        using var again = await Folder.RotateAsync(Folder.RootKeyFile, time, Cancellation);
        Assert.Equal((made.Signing.KeyId, 2), (again.Signing.KeyId, again.KeySet.Version));
        Assert.False(File.Exists(Path.Combine(keys, "signing.next.pem")));
    }

    [Fact]
    public async Task Another_hubs_root_key_and_numbers_of_the_past_are_refused()
    {
        (await Folder.InitAsync(time, Cancellation)).Dispose();
        var other = new HubKeyFolder(Path.Combine(data, "other"));
        (await other.InitAsync(time, Cancellation)).Dispose();
        await Assert.ThrowsAsync<HubIdentityException>(() => Folder.RotateAsync(other.RootKeyFile, time, Cancellation));
        await Assert.ThrowsAsync<HubIdentityException>(() => Folder.RestoreAsync(other.RootKeyFile, null, null, time, Cancellation));
        await Assert.ThrowsAsync<HubIdentityException>(() => Folder.RestoreAsync(Folder.RootKeyFile, 1, null, time, Cancellation));
        await Assert.ThrowsAsync<HubIdentityException>(() => Folder.RestoreAsync(Folder.RootKeyFile, 2, 1, time, Cancellation));
        using var restored = await Folder.RestoreAsync(Folder.RootKeyFile, 7, 4, time, Cancellation);
        Assert.Equal((7, 4), (restored.Epoch, restored.KeySet.Version));
    }

    [Fact]
    public void Desired_state_is_signed_for_this_hub_only()
    {
        using var keys = HubKeys.InMemory(time);
        var signer = new EnvelopeSigner(keys);
        var state = new DesiredState { Hub = keys.Hub, Site = "retail/store-1", Epoch = 1, Sequence = 3, Issued = time.GetUtcNow() };
        var payload = DsseEnvelope.Parse(signer.Sign(state)).Verify(DesiredState.PayloadType, keys.KeySet);
        Assert.Equal(3, JsonSerializer.Deserialize(payload, ApiJson.Default.DesiredState)!.Sequence);
        Assert.Throws<ArgumentException>(() => signer.Sign(state with { Hub = "other" }));
    }
}
