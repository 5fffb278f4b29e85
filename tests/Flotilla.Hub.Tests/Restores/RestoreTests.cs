using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Restores;
using Flotilla.Hub.Tests.Hosting;

namespace Flotilla.Hub.Tests.Restores;

/// <summary>Hubs that were restored from a backup of their folder.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("flotilla-restore-").FullName;

    private string Data => Path.Combine(root, "hub");

    private string Backup => Path.Combine(root, "backup");

    private string RootKey => Path.Combine(root, "root.pem");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_hub_that_knows_less_than_its_sites_holds_itself_and_is_released_only_in_a_new_epoch()
    {
        using var sites = await LiveAsync();
        RestoreBackup();

        await using (var hub = await HubHost.StartAsync(Options, Cancellation))
        {
            var ground = HubGround.Of(hub);
            sites.One.Meet(hub);
            var before = sites.One.State!;
            Assert.False(await sites.One.SyncAsync());
            await ground.SeeConditionAsync("Fleet", "stores", "Stalled", Reasons.HubBehindSites);

            var stored = (await hub.Ledger.TargetAsync(sites.One.Name, Cancellation))!;
            Assert.Equal((before.Epoch, before.Sequence, before.Stage), (stored.Epoch, stored.Sequence, stored.Stage));
            Assert.Contains("--epoch 2", await Standing(hub).ReleaseAsync(Cancellation), StringComparison.Ordinal);
            Assert.NotNull((await Standing(hub).NowAsync(Cancellation)).Hold);
        }

        using (await new HubKeyFolder(Data).RestoreAsync(RootKey, epoch: 2, keySet: null, TimeProvider.System, Cancellation))
        {
        }
        await using (var hub = await HubHost.StartAsync(Options, Cancellation))
        {
            var ground = HubGround.Of(hub);
            Assert.Equal(2, (await Standing(hub).NowAsync(Cancellation)).Epoch);
            await ground.DeclareFleetAsync("tomorrow");
            sites.One.Meet(hub);
            Assert.False(await sites.One.SyncAsync());
            Assert.Null(await Standing(hub).ReleaseAsync(Cancellation));

            var state = await sites.One.HearAsync(s => s.Epoch == 2);
            Assert.Equal(sites.Tomorrow, state.Stage);
            Assert.NotNull(state.Grant);
        }
    }

    [Fact]
    public async Task Nothing_goes_to_a_site_that_was_not_heard_of_and_what_it_shows_late_is_adopted()
    {
        using var sites = await LiveAsync();
        RestoreBackup();
        using (await new HubKeyFolder(Data).RestoreAsync(RootKey, null, null, TimeProvider.System, Cancellation))
        {
        }
        await using var hub = await HubHost.StartAsync(Options, Cancellation);
        var ground = HubGround.Of(hub);
        await ground.SeeConditionAsync("Fleet", "stores", "Stalled", Reasons.RestoredFromBackup);
        var yesterday = (await hub.Ledger.TargetAsync(sites.Two.Name, Cancellation))!;

        // Released with the declarations of yesterday, while one site is away: that one must not be taken back before it is known what it has.
        sites.One.Meet(hub);
        await sites.One.SyncAsync();
        await ground.DeclareFleetAsync("tomorrow");
        Assert.Null(await Standing(hub).ReleaseAsync(Cancellation));
        await sites.One.HearAsync(s => s.Epoch == 2);
        var untouched = (await hub.Ledger.TargetAsync(sites.Two.Name, Cancellation))!;
        Assert.Equal((yesterday.Epoch, yesterday.Sequence), (untouched.Epoch, untouched.Sequence));

        sites.Two.Meet(hub);
        await sites.Two.SyncAsync();
        var state = await sites.Two.HearAsync(s => s.Epoch == 2);
        Assert.Equal(sites.Tomorrow, state.Stage);
        Assert.Null((await Standing(hub).NowAsync(Cancellation)).Hold);
    }

    [Fact]
    public async Task A_claim_to_be_ahead_without_proof_changes_nothing()
    {
        await using var ground = await HubGround.StartAsync(new HubOptions { DataFolder = Data, Online = false });
        await ground.DeclareFleetAsync();
        var site = await ground.EnrolAsync("one");
        var heard = await site.HearAsync(s => s.Permit is not null);

        var answer = await site.AskAsync(new SyncRequest { Epoch = 9, Sequence = 999, Agent = "fake" });
        Assert.True(answer.WantsTaken);
        Assert.Null(answer.Envelope);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, await site.KnockAsync(new SyncRequest { Epoch = 9, Sequence = 999, Agent = "fake", Taken = site.Taken }));
        Assert.Null((await Standing(ground.Hub).NowAsync(Cancellation)).Hold);
        Assert.Equal(heard.Sequence, (await ground.Hub.Ledger.TargetAsync(site.Name, Cancellation))!.Sequence);
    }

    [Fact]
    public async Task An_old_copy_of_the_keys_is_refused()
    {
        using (var sites = await LiveAsync())
        {
        }
        using (await new HubKeyFolder(Data).RestoreAsync(RootKey, null, null, TimeProvider.System, Cancellation))
        {
        }
        await using (await HubHost.StartAsync(Options, Cancellation))
        {
        }
        File.Copy(Path.Combine(Backup, "keys", "epoch.json"), Path.Combine(Data, "keys", "epoch.json"), overwrite: true);
        var refusal = await Assert.ThrowsAsync<HubIdentityException>(() => HubHost.StartAsync(Options, Cancellation));
        Assert.Contains("flotilla hub restore", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_a_hub_that_runs_are_left_alone()
    {
        var folder = new HubKeyFolder(Data);
        await using (await HubHost.StartAsync(Options, Cancellation))
        {
            foreach (var change in (Func<Task<HubKeys>>[])
            [
                () => folder.RotateAsync(folder.RootKeyFile, TimeProvider.System, Cancellation),
                () => folder.RetireAsync(folder.RootKeyFile, TimeProvider.System, Cancellation),
                () => folder.RestoreAsync(folder.RootKeyFile, null, null, TimeProvider.System, Cancellation),
            ])
                Assert.Contains("is in use by another process", (await Assert.ThrowsAnyAsync<IOException>(change)).Message, StringComparison.Ordinal);
        }
        using var keys = await folder.RotateAsync(folder.RootKeyFile, TimeProvider.System, Cancellation);
        Assert.Equal((1, 2), (keys.Epoch, keys.KeySet.Version));
    }

    [Fact]
    public async Task What_a_retired_key_has_signed_is_signed_anew()
    {
        using var sites = await LiveAsync();
        using (await new HubKeyFolder(Data).RotateAsync(RootKey, TimeProvider.System, Cancellation))
        {
        }
        var before = sites.One.State!;
        await using (var hub = await HubHost.StartAsync(Options, Cancellation))
        {
            await hub.Synced;
            sites.One.Meet(hub);
            Assert.False(await sites.One.SyncAsync());
        }
        using (await new HubKeyFolder(Data).RetireAsync(RootKey, TimeProvider.System, Cancellation))
        {
        }
        await using (var hub = await HubHost.StartAsync(Options, Cancellation))
        {
            sites.One.Meet(hub);
            // It verifies with the keys that count now.
            var after = await sites.One.HearAsync(s => s.Sequence > before.Sequence);
            Assert.Equal((before.Epoch, before.Stage, before.Permit), (after.Epoch, after.Stage, after.Permit));
        }
    }

    private HubOptions Options => new() { DataFolder = Data, Online = false };

    private static HubStanding Standing(HubHost hub) => new(hub.Keys, hub.Ledger, TimeProvider.System);

    /// <summary>Two sites that have gone on since a backup was made.</summary>
    private async Task<Lived> LiveAsync()
    {
        FakeSite one, two;
        await using (var hub = await HubHost.StartAsync(Options, Cancellation))
        {
            var ground = HubGround.Of(hub);
            await ground.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: retail}\n");
            await ground.DeclareFleetAsync("today");
            (one, two) = (await ground.EnrolAsync("one"), await ground.EnrolAsync("two"));
            await FollowAsync([one, two], s => s.Permit is not null);
        }
        Copy(Data, Backup);
        File.Move(Path.Combine(Data, "keys", "root", "root.pem"), RootKey);
        await using (var hub = await HubHost.StartAsync(Options, Cancellation))
        {
            var today = one.State!.Stage;
            one.Meet(hub);
            two.Meet(hub);
            await HubGround.Of(hub).DeclareFleetAsync("tomorrow");
            await FollowAsync([one, two], s => s.Stage != today && s.Permit?.Release == s.Stage?.Release);
        }
        return new Lived(one, two, one.State!.Stage!);
    }

    private static async Task FollowAsync(FakeSite[] sites, Func<DesiredState, bool> wanted)
    {
        foreach (var site in sites)
        {
            await site.HearAsync(wanted);
            await site.SucceedAsync();
        }
    }

    private void RestoreBackup()
    {
        Directory.Delete(Data, recursive: true);
        Copy(Backup, Data);
        File.Delete(Path.Combine(Data, "keys", "root", "root.pem"));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
    }

    private sealed record Lived(FakeSite One, FakeSite Two, ReleaseTarget Tomorrow) : IDisposable
    {
        public void Dispose()
        {
            One.Dispose();
            Two.Dispose();
        }
    }
}
