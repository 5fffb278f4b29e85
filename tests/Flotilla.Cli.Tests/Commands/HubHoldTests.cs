using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Cli.Connections;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests.Commands;

/// <summary><c>flotilla hub init|rotate|retire|restore|hold|release</c> and <c>site revoke</c>.</summary>
public sealed class HubHoldTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_held_hub_is_released_only_when_nobody_would_be_changed_unless_that_is_meant()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        await hub.TakeAsync("store-1", new SiteReport { Phase = SitePhase.Staged });
        Assert.StartsWith("not held; epoch 1", (await hub.RunAsync("hub", "hold")).MustSucceed().Out, StringComparison.Ordinal);
        Assert.Contains("the hub is not held", (await hub.RunAsync("hub", "release")).MustSucceed().Out, StringComparison.Ordinal);

        await HoldAsync(hub);
        await SeeHeldAsync(hub);
        var shown = (await hub.RunAsync("hub", "hold")).MustSucceed().Out;
        Assert.Contains(": RestoredFromBackup\n", shown, StringComparison.Ordinal);
        Assert.Contains("sites heard of since: 1 of 3\n", shown, StringComparison.Ordinal);

        // Held, and something else is declared: nothing moves, and who lifts the hold is told that it would.
        var before = (await hub.Hub.Ledger.TargetAsync(new SiteName("retail", "store-1"), Cancellation))!;
        var current = (await hub.SeeAsync(Kinds.Fleet, "stores", f => true)).Object("status").Object("revision").String("current");
        (await hub.RunAsync("apply", "-f", hub.Write("newer.yaml", Stores.Yaml("1.1.0")))).MustSucceed();
        await hub.SeeAsync(Kinds.Fleet, "stores", f => f.Object("status").Object("revision").String("current") is { } now && now != current);
        Assert.Contains("  retail/store-1 runs sha256:", (await hub.RunAsync("hub", "hold")).MustSucceed().Out, StringComparison.Ordinal);
        var refused = (await hub.RunAsync("hub", "release")).MustEnd(ExitCodes.Failed).Error;
        Assert.Contains("1 site runs something else than is declared now, as retail/store-1", refused, StringComparison.Ordinal);
        Assert.Equal(before.Sequence, (await hub.Hub.Ledger.TargetAsync(before.Site, Cancellation))!.Sequence);

        // The declarations of today again: nobody would be changed.
        (await hub.RunAsync("apply", "-f", hub.Write("stores.yaml", Stores.Yaml("1.0.0")))).MustSucceed();
        await hub.SeeAsync(Kinds.Fleet, "stores", f => f.Object("status").Object("revision").String("current") == current);
        (await hub.RunAsync("hub", "release")).MustSucceed();
        Assert.StartsWith("not held", (await hub.RunAsync("hub", "hold")).MustSucceed().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_means_it_releases_a_hub_that_will_change_sites()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        await hub.TakeAsync("store-1", new SiteReport { Phase = SitePhase.Staged });
        var current = (await hub.SeeAsync(Kinds.Fleet, "stores", f => true)).Object("status").Object("revision").String("current");
        await HoldAsync(hub);
        (await hub.RunAsync("apply", "-f", hub.Write("newer.yaml", Stores.Yaml("1.1.0")))).MustSucceed();
        await hub.SeeAsync(Kinds.Fleet, "stores", f => f.Object("status").Object("revision").String("current") is { } now && now != current);
        (await hub.RunAsync("hub", "release", "--yes")).MustSucceed();
        await hub.SeeAsync(Kinds.Site, "store-1", s => s.Object("status").Object("target").String("revision") is { } now && now != current);
    }

    [Fact]
    public async Task Keys_are_made_rotated_retired_and_an_epoch_opened_with_the_root_key()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-keys");
        try
        {
            var root = Path.Combine(folder.FullName, "keys", "root", "root.pem");
            var made = (await CommandResult.OfAsync(["hub", "init", "--data", folder.FullName])).MustSucceed().Out;
            Assert.Contains(root, made, StringComparison.Ordinal);
            Assert.Contains("key set  2\n", (await On("rotate")).MustSucceed().Out, StringComparison.Ordinal);
            Assert.Contains("key set  3\n", (await On("retire")).MustSucceed().Out, StringComparison.Ordinal);
            Assert.StartsWith("epoch    2\n", (await On("restore")).MustSucceed().Out, StringComparison.Ordinal);
            Assert.Contains("name a later one", (await On("restore", "--epoch", "2")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
            File.Delete(root);
            Assert.Contains($"{root} is missing", (await On("rotate")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);

            Task<CommandResult> On(string command, params string[] more) => CommandResult.OfAsync(["hub", command, "--data", folder.FullName, "--root-key", root, .. more]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_revoked_site_says_so_and_a_token_that_replaces_its_keys_lets_one_in_again()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        (await hub.RunAsync("site", "revoke", "store-1")).MustEnd(ExitCodes.Usage);
        Assert.Contains("not found", (await hub.RunAsync("site", "revoke", "store-1", "--yes")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
        await hub.SpeakAsync("store-1", new SiteReport());
        (await hub.RunAsync("site", "revoke", "store-1", "--yes")).MustSucceed();
        await hub.SeeAsync(Kinds.Site, "store-1", s => (s.Object("status").Array("conditions") ?? []).Any(c => c.String("type") == "Enrolled" && c.String("reason") == Reasons.Revoked));
        Assert.Contains("--token flt1.", (await hub.RunAsync("site", "enrol", "store-1", "--replace")).MustSucceed().Out, StringComparison.Ordinal);
    }

    private static Task HoldAsync(RunningHub hub) => hub.Hub.Ledger.ChangeHubAsync(
        new HubRecord { Epoch = 1, Opened = DateTimeOffset.UtcNow },
        known => known with { Hold = new HubHold(Reasons.RestoredFromBackup, "A test holds it.", DateTimeOffset.UtcNow) }, Cancellation);

    private static Task SeeHeldAsync(RunningHub hub) => hub.SeeAsync(
        Kinds.Fleet, "stores", f => (f.Object("status").Array("conditions") ?? []).Any(c => c.String("type") == "Stalled" && c.String("reason") == Reasons.RestoredFromBackup));
}
