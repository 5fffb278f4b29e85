using System.Text;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Tests.Hosting;

public sealed class HubTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_declared_reaches_the_site_and_comes_back_as_status()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync();
        var site = await ground.EnrolAsync("s1");

        var state = await site.HearAsync(s => s.Permit is not null);
        Assert.Equal(state.Stage!.Release, state.Permit!.Release);
        Assert.NotNull(await ground.Hub.Content.ReadAsync(Digest.Parse(state.Stage.Release), Cancellation));
        await site.SucceedAsync();

        var seen = await ground.SeeConditionAsync("Site", "s1", "InSync", Reasons.InSync);
        Assert.Equal(state.Stage.Release, seen.Object("status").Object("target").String("release"));
        Assert.Equal("stores", seen.Object("status").Object("target").String("fleet"));
        var fleet = await ground.SeeConditionAsync("Fleet", "stores", "Ready", Reasons.AllUpToDate);
        Assert.Equal(state.Stage.Revision, fleet.Object("status").Object("revision").String("current"));
        var stack = await ground.SeeConditionAsync("Stack", "store", "Ready", Reasons.Compiled);
        Assert.Equal(state.Stage.Revision, stack.Object("status").String("revision"));
        await ground.SeeConditionAsync("Component", "till", "Ready", Reasons.SourcesReady);
    }

    [Fact]
    public async Task A_changed_stack_goes_out_slot_by_slot()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareSiteAsync("s1");
        await ground.DeclareSiteAsync("s2");
        await ground.DeclareFleetAsync(maxConcurrent: "1");
        var (first, second) = (await ground.EnrolAsync("s1"), await ground.EnrolAsync("s2"));
        await first.HearAsync(s => s.Permit is not null);
        await second.HearAsync(s => s.Stage is not null);
        await first.SucceedAsync();
        await second.HearAsync(s => s.Permit is not null);
        await second.SucceedAsync();
        await ground.SeeConditionAsync("Fleet", "stores", "Ready", Reasons.AllUpToDate);
        var old = first.State!.Stage!.Revision;

        await ground.DeclareFleetAsync("goodbye", maxConcurrent: "1");
        await first.HearAsync(s => s.Stage!.Revision != old && s.Permit is not null);
        var waiting = await second.HearAsync(s => s.Stage!.Revision != old);
        Assert.Null(waiting.Permit);
        await first.ReportAsync(new SiteReport { Phase = SitePhase.Failed, Message = "no such image" });
        await ground.SeeConditionAsync("Fleet", "stores", "Stalled", Reasons.BudgetExceeded);
        await second.SyncAsync();
        Assert.Null(second.State!.Permit);

        await first.SucceedAsync();
        await ground.PatchRolloutAsync("stores-2", "{\"spec\":{\"resumedAt\":\"2100-01-01T00:00:00Z\"}}");
        await second.HearAsync(s => s.Permit is not null);
        await second.SucceedAsync();
        await ground.SeeConditionAsync("Rollout", "stores-2", "Succeeded", Reasons.RolledOut);
        await ground.SeeConditionAsync("Fleet", "stores", "Ready", Reasons.AllUpToDate);
    }

    [Fact]
    public async Task A_paused_site_is_staged_and_goes_on_when_it_is_resumed()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync();
        var site = await ground.EnrolAsync("s1", "{paused: true}");

        var state = await site.HearAsync(s => s.Stage is not null);
        Assert.True(state.Paused);
        Assert.Null(state.Permit);
        await ground.SeeConditionAsync("Site", "s1", "UpToDate", Reasons.Paused);

        await ground.DeclareSiteAsync("s1", "{paused: false}");
        state = await site.HearAsync(s => s.Permit is not null);
        Assert.False(state.Paused);
    }

    [Fact]
    public async Task Nothing_moves_where_two_fleets_meet()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync();
        var site = await ground.EnrolAsync("s1");
        var before = await site.HearAsync(s => s.Permit is not null);
        await site.SucceedAsync();
        await ground.ApplyAsync("""
            apiVersion: flotilla.dev/v1alpha1
            kind: Fleet
            metadata: {name: canaries, namespace: retail}
            spec: {selector: {matchLabels: {kind: store}}, stack: store}
            """);
        await ground.SeeConditionAsync("Fleet", "stores", "Overlapping", Reasons.SeveralFleets);
        await ground.SeeConditionAsync("Fleet", "canaries", "Overlapping", Reasons.SeveralFleets);
        await ground.SeeConditionAsync("Site", "s1", "UpToDate", Reasons.SeveralFleets);

        await ground.DeclareFleetAsync("goodbye");
        await ground.SeeAsync("Fleet", "stores", f => f.Object("status").Object("revision").String("current") is { } current && current != before.Stage!.Revision);
        Assert.False(await site.SyncAsync());
    }

    [Fact]
    public async Task Parameters_of_a_site_make_its_release()
    {
        await using var ground = await HubGround.StartAsync();
        foreach (var name in (string[])["s1", "s2", "s3"])
            await ground.DeclareSiteAsync(name);
        await ground.DeclareFleetAsync("${site.greeting}");
        var french = await ground.EnrolAsync("s1", "{parameters: [{name: greeting, value: bonjour}]}");
        var german = await ground.EnrolAsync("s2", "{parameters: [{name: greeting, value: moin}]}");
        await ground.EnrolAsync("s3");
        var (one, two) = (await french.HearAsync(s => s.Permit is not null), await german.HearAsync(s => s.Permit is not null));
        Assert.Equal(one.Stage!.Revision, two.Stage!.Revision);
        Assert.NotEqual(one.Stage.Release, two.Stage.Release);
        await ground.SeeConditionAsync("Site", "s3", "UpToDate", Reasons.ParametersInvalid);

        await french.SucceedAsync();
        await ground.DeclareSiteAsync("s1", "{parameters: [{name: greeting, value: salut}]}");
        var changed = await french.HearAsync(s => s.Stage!.Release != one.Stage.Release && s.Permit is not null);
        Assert.Equal(one.Stage.Revision, changed.Stage!.Revision);
    }

    [Fact]
    public async Task A_secret_reaches_only_sites_that_it_is_opened_to()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.ApplyAsync("""
            apiVersion: flotilla.dev/v1alpha1
            kind: Component
            metadata: {name: till, namespace: retail}
            spec:
              role: application
              versions:
              - version: 1.0.0
                source:
                  inline: |
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: till, namespace: default}
                    stringData: {password: "${password}"}
                parameters: [{name: password, type: string, required: true}]
            ---
            apiVersion: flotilla.dev/v1alpha1
            kind: Stack
            metadata: {name: store, namespace: retail}
            spec:
              slots:
              - role: application
                use: [{component: till, version: 1.0.0, values: [{name: password, value: "${site.password}"}]}]
            ---
            apiVersion: flotilla.dev/v1alpha1
            kind: Fleet
            metadata: {name: stores, namespace: retail}
            spec: {selector: {matchLabels: {kind: store}}, stack: store}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: till, namespace: retail}
            stringData: {password: sesame}
            """);
        var site = await ground.EnrolAsync("s1", "{parameters: [{name: password, secretRef: {name: till, key: password}}]}");
        await ground.SeeConditionAsync("Site", "s1", "UpToDate", Reasons.ParametersInvalid);
        Assert.False(await site.SyncAsync());

        await ground.ApplyAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: till, namespace: retail, labels: {flotilla.dev/sites: selected}, annotations: {flotilla.dev/sites: kind=store}}
            stringData: {password: sesame}
            """);
        var state = await site.HearAsync(s => s.Permit is not null);
        var value = Assert.Single(state.Sealed);
        Assert.Equal("sesame", Encoding.UTF8.GetString(Sealing.Unseal(site.Sealing, value.Jwe, value.Name)));
    }

    [Fact]
    public async Task A_hub_that_starts_again_goes_on_with_the_targets_that_it_gave()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-hub-");
        try
        {
            var options = new HubOptions { DataFolder = folder.FullName, Online = false };
            StoredTargetFacts before;
            await using (var ground = await HubGround.StartAsync(options))
            {
                await ground.DeclareFleetAsync();
                var site = await ground.EnrolAsync("s1");
                await site.HearAsync(s => s.Permit is not null);
                await site.SucceedAsync();
                await ground.SeeConditionAsync("Fleet", "stores", "Ready", Reasons.AllUpToDate);
                before = await FactsAsync(ground.Hub);
            }
            await using (var ground = await HubGround.StartAsync(options))
            {
                // What a second site hears tells that a pass over the fleet is through.
                var second = await ground.EnrolAsync("s2");
                var state = await second.HearAsync(s => s.Permit is not null);
                Assert.NotNull(state.Stage);
                var after = await FactsAsync(ground.Hub);
                Assert.Equal(before, after);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<StoredTargetFacts> FactsAsync(HubHost hub)
    {
        var facts = (await hub.Ledger.FactsAsync(new("retail", "s1"), Cancellation))!;
        return new StoredTargetFacts(facts.Stage!.Release, facts.Sequence);
    }

    private sealed record StoredTargetFacts(string Release, long Sequence);
}
