using Flotilla.Agent.State;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>When a release may be begun, and what needs no leave.</summary>
public sealed class PermitTests
{
    private static readonly ResourceReference Secrets = new("", "v1", "secrets", true, "Secret");

    private const string Secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: till, namespace: default}
        stringData: {password: "\uE000pin\uE001"}
        """;

    [Theory]
    [InlineData(-2, -1, false, Reasons.PermitOver)]
    [InlineData(2, 3, false, Reasons.PermitNotOpen)]
    [InlineData(-1, 3, true, Reasons.Paused)]
    [InlineData(0, 0, false, Reasons.WaitingForPermit)]
    public async Task Without_leave_a_release_is_staged_and_waits(int fromHours, int toHours, bool paused, string reason)
    {
        await using var ground = await AgentGround.StartAsync();
        var (hub, now) = (ground.Hub, ground.Time.GetUtcNow());
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        var permit = fromHours == toHours ? null : new StartPermit(release.Release, now.AddHours(fromHours), now.AddHours(toHours));
        hub.Want(hub.State(1, release) with { Permit = permit, Paused = paused });
        ground.Boot();
        await ground.UntilAsync(() => hub.Report is { Phase: SitePhase.Staged });
        await ground.Time.PassAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        Assert.Equal((SitePhase.Staged, reason), (hub.Report!.Phase, hub.Report.Reason));
        Assert.DoesNotContain(hub.Entries, e => e.Event == JournalEvent.ReleaseBegun);

        if (reason == Reasons.PermitNotOpen)
        {
            // It begins by itself when its time has come, without a word from the hub.
            hub.Before = _ => throw new HttpRequestException("no route");
            await ground.Time.PassAsync(TimeSpan.FromMinutes(65), TestContext.Current.CancellationToken);
            Assert.Equal(release, ground.State.Record.Begun);
            hub.Before = null;
        }
        else
        {
            hub.Want(hub.State(2, release));
        }
        await ground.UntilAppliedAsync(release.Release);
    }

    [Fact]
    public async Task A_clock_behind_what_the_hub_signed_begins_nothing()
    {
        await using var ground = await AgentGround.StartAsync();
        var (hub, now) = (ground.Hub, ground.Time.GetUtcNow());
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release) with { Issued = now.AddHours(2), Permit = new StartPermit(release.Release, now.AddHours(-1), now.AddDays(1)) });
        ground.Boot();
        await ground.UntilAsync(() => hub.Report is { Reason: Reasons.ClockUntrusted });
        await ground.Time.PassAsync(TimeSpan.FromMinutes(100), TestContext.Current.CancellationToken);
        Assert.Null(ground.State.Record.Begun);
        await ground.UntilAppliedAsync(release.Release);
        Assert.True(ground.Time.GetUtcNow() >= now.AddMinutes(115));
    }

    [Fact]
    public async Task Another_sealed_value_takes_effect_at_once_and_begins_nothing()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(Secret, "pin");
        hub.Want(hub.State(1, null));
        ground.Boot();
        await ground.UntilAsync(() => hub.Report is { Sequence: 1 });
        hub.Want(hub.State(2, release) with { Sealed = [hub.Seal("pin", "1234")] });
        await ground.UntilAppliedAsync(release.Release);
        hub.Want(hub.State(3, release, mayBegin: false) with { Sealed = [hub.Seal("pin", "5678")] });
        await ground.UntilAsync(() => hub.Report is { Sequence: 3, Phase: SitePhase.Settled });
        await ground.Time.PassAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await SeePinAsync("5678");
        Assert.Single(hub.Entries, e => e.Event == JournalEvent.ReleaseBegun);

        // And after a restart without a hub it is still the newer one.
        await ground.ShutDownAsync();
        hub.Before = _ => throw new HttpRequestException("no route");
        ground.Boot();
        await ground.Time.PassAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await SeePinAsync("5678");

        async Task SeePinAsync(string pin)
        {
            var secret = await ground.Cluster.GetAsync(Secrets, "default", "till", TestContext.Current.CancellationToken);
            Assert.Equal(pin, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(secret.Object("data").String("password")!)));
        }
    }

    [Fact]
    public async Task A_site_that_lost_its_folder_takes_nothing_older_than_its_cluster_remembers()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var (older, newer) = (await hub.PublishAsync(AgentGround.ConfigMap("older")), await hub.PublishAsync(AgentGround.ConfigMap("newer")));
        hub.Want(hub.State(5, newer));
        ground.Boot();
        await ground.UntilAppliedAsync(newer.Release);
        await ground.ShutDownAsync();

        var fresh = new MemoryState(new MemoryContentStore(), "stream");
        await fresh.SaveIdentityAsync(ground.State.Identity!, TestContext.Current.CancellationToken);
        hub.Want(hub.State(4, older));
        ground.Boot(fresh);
        await ground.UntilAsync(() => fresh.Record.KeySet is not null);
        await ground.Time.PassAsync(TimeSpan.FromMinutes(30), TestContext.Current.CancellationToken);
        Assert.Null(fresh.Record.Begun);
        Assert.Equal(5, fresh.Record.Floor.Sequence);

        hub.Want(hub.State(6, newer));
        await ground.UntilAsync(() => fresh.Record.Applied?.Release == newer.Release);
    }
}
