using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests.Commands;

/// <summary><c>flotilla rollout explain</c>.</summary>
public sealed class ExplainTests
{
    [Fact]
    public async Task A_site_is_explained_by_what_the_ledger_keeps_of_its_rollout()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var report = new SiteReport { Phase = SitePhase.Staging };
        foreach (var site in (string[])["store-1", "store-2", "store-3"])
            await hub.SpeakAsync(site, report);
        await hub.SeeAsync(Kinds.Rollout, "stores-1", r => r.Object("status").Array("waves") is { Count: 3 });
        await hub.SeeAsync(Kinds.Site, "store-1", s => s.Object("status").Object("target").String("fleet") == "stores");

        var text = (await hub.RunAsync("rollout", "explain", "store-1")).MustSucceed().Out;

        Assert.Contains("Rollout:        stores-1 (Running", text, StringComparison.Ordinal);
        Assert.Matches("Wave: +(first|tenth|rest)\n", text);
        Assert.Matches("State: +(Waiting|Staging|Deferred) for [0-9]+s\n", text);
        Assert.Matches("Because: +.*\\((Staging|Away|NeverEnrolled|RollingOut)\\)\n", text);
        Assert.Contains("The rollout waits for:", text, StringComparison.Ordinal);
        Assert.Contains("stores-1 takes 3 sites to sha256:", text, StringComparison.Ordinal);
        Assert.Contains("UpToDate", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_site_is_explained_with_its_own_part_of_the_story()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var failed = new SiteReport { Phase = SitePhase.Failed, Reason = Reasons.SealedValueUnreadable, Message = "The value tills cannot be opened." };
        await hub.TakeAsync("store-2", failed);
        await hub.SeeAsync(Kinds.Rollout, "stores-1", r => r.Object("status").Object("sites").Member("failed").AsInt64OrNull() == 1);

        var text = (await hub.RunAsync("rollout", "explain", "store-2")).MustSucceed().Out;

        Assert.Matches("State: +Failed for [0-9]+s\n", text);
        Assert.Contains("Because:        The value tills cannot be opened. (SealedValueUnreadable)", text, StringComparison.Ordinal);
        Assert.Contains("store-2 failed: The value tills cannot be opened.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("store-1 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_of_no_fleet_is_explained_without_a_rollout()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        (await hub.RunAsync("apply", "-f", hub.Write("depot.yaml", Stores.Site("depot", 1).Replace("kind: store", "kind: depot", StringComparison.Ordinal)))).MustSucceed();
        var text = (await hub.RunAsync("rollout", "explain", "depot")).MustSucceed().Out;
        Assert.StartsWith("Site:           depot", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Rollout:", text, StringComparison.Ordinal);
    }
}
