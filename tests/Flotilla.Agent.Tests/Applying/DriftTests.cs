using Flotilla.Api.Components;
using Flotilla.Api.Sync;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Tests.Applying;

public sealed class DriftTests
{
    private const string Till = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: till, namespace: default}
        spec:
          replicas: 2
          selector: {matchLabels: {app: till}}
          template:
            metadata: {labels: {app: till}}
            spec:
              containers:
              - name: till
                image: till:1
                resources: {requests: {cpu: 1000m, memory: 1024Mi}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: prices, namespace: default}
        data: {currency: EUR}
        """;

    [Fact]
    public async Task What_somebody_changes_is_put_right_at_once_and_the_journal_says_who_changed_what()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Till));
        await site.UntilSettledAsync();
        site.Wire.Forget();

        await site.PatchAsync("apps/v1", "Deployment", "default", "till", """{"spec":{"replicas":7}}""");
        await site.PassAsync(seconds: 1);
        Assert.Equal(2, (await site.GetAsync("apps/v1", "Deployment", "default", "till")).Object("spec").Member("replicas").AsInt64OrNull());
        var entry = site.Observer.First(JournalEvent.DriftCorrected)!;
        Assert.Equal("apps/v1/Deployment/default/till", entry.Object);
        Assert.Contains("kubectl-edit changed .spec.replicas", entry.Message);
        Assert.Single(site.Wire.Requests);
    }

    [Fact]
    public async Task What_is_deleted_or_loses_its_label_comes_back()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Till));
        await site.UntilSettledAsync();

        await site.DeleteAsync("v1", "ConfigMap", "default", "prices");
        await site.PassAsync(seconds: 1);
        Assert.NotNull(await site.GetAsync("v1", "ConfigMap", "default", "prices"));

        await site.PatchAsync("v1", "ConfigMap", "default", "prices", """{"metadata":{"labels":null}}""");
        await site.PassAsync(seconds: 1);
        Assert.Equal("till", (await site.GetAsync("v1", "ConfigMap", "default", "prices")).Object("metadata").Object("labels").String("flotilla.dev/component"));
        Assert.True(site.Observer.Count(JournalEvent.DriftCorrected) == 2, site.Story());
    }

    [Fact]
    public async Task Fields_of_others_are_left_alone()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Till));
        await site.UntilSettledAsync();
        site.Wire.Forget();

        await site.PatchAsync("v1", "ConfigMap", "default", "prices", """{"data":{"extra":"1"},"metadata":{"annotations":{"a":"b"}}}""");
        await site.PassAsync(seconds: 60);
        Assert.Empty(site.Wire.Writes);
    }

    [Fact]
    public async Task Drift_while_the_agent_was_away_is_put_right_when_it_comes_back()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Till));
        await site.UntilSettledAsync();
        await site.ShutDownAsync();
        await site.PatchAsync("v1", "ConfigMap", "default", "prices", """{"data":{"currency":"USD"}}""");
        await site.DeleteAsync("apps/v1", "Deployment", "default", "till");
        site.Wire.Forget();

        site.Boot(TestRelease.Of(Till));
        await site.UntilSettledAsync();
        Assert.Equal(2, site.Wire.Writes.Count);
        Assert.Equal("EUR", (await site.GetAsync("v1", "ConfigMap", "default", "prices")).Object("data").String("currency"));
        Assert.Equal(2, site.Observer.Count(JournalEvent.DriftCorrected));
    }

    [Fact]
    public async Task Who_fights_back_is_named_once_and_corrected_with_growing_pauses_until_they_stop()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Till));
        await site.UntilSettledAsync();
        site.Wire.Forget();

        // Somebody's loop, every second for an hour.
        for (var i = 0; i < 3600; i++)
        {
            await site.PatchAsync("v1", "ConfigMap", "default", "prices", """{"data":{"currency":"USD"}}""", "price-bot");
            await site.PassAsync(seconds: 1);
        }
        Assert.InRange(site.Wire.Writes.Count, 5, 20);
        Assert.Equal(1, site.Observer.Count(JournalEvent.DriftContested));
        Assert.Contains("price-bot keeps changing .data.currency", site.Observer.First(JournalEvent.DriftContested)!.Message);
        Assert.True(site.Observer.Progress!.Drifted);

        await site.PassAsync(seconds: 3600);
        Assert.Equal("EUR", (await site.GetAsync("v1", "ConfigMap", "default", "prices")).Object("data").String("currency"));
        Assert.False(site.Observer.Progress!.Drifted);
    }

    [Fact]
    public async Task Ignored_fields_are_set_once_and_then_left_to_others()
    {
        await using var site = await TestSite.StartAsync();
        IgnoredFields[] ignored = [new() { Kind = "Deployment", Fields = ["spec.replicas"] }];
        site.Boot(TestRelease.Of(Till, c => c with { IgnoreFields = ignored }));
        await site.UntilSettledAsync();
        Assert.Equal(2, await ReplicasAsync(site));

        await site.PatchAsync("apps/v1", "Deployment", "default", "till", """{"spec":{"replicas":5}}""", "autoscaler");
        await site.PassAsync(seconds: 60);
        Assert.Equal(5, await ReplicasAsync(site));
        Assert.Equal(0, site.Observer.Count(JournalEvent.DriftCorrected));

        site.Releases.Set(TestRelease.Of(Till.Replace("till:1", "till:2", StringComparison.Ordinal), c => c with { IgnoreFields = ignored }));
        await site.UntilSettledAsync();
        Assert.Equal(5, await ReplicasAsync(site));
    }

    [Fact]
    public async Task An_ignored_field_that_nobody_took_over_survives_the_next_change()
    {
        await using var site = await TestSite.StartAsync();
        IgnoredFields[] ignored = [new() { Kind = "Deployment", Fields = ["spec.replicas"] }];
        site.Boot(TestRelease.Of(Till, c => c with { IgnoreFields = ignored }));
        await site.UntilSettledAsync();
        site.Releases.Set(TestRelease.Of(Till.Replace("till:1", "till:2", StringComparison.Ordinal), c => c with { IgnoreFields = ignored }));
        await site.UntilSettledAsync();
        Assert.Equal(2, await ReplicasAsync(site));
    }

    private static async Task<long?> ReplicasAsync(TestSite site) =>
        (await site.GetAsync("apps/v1", "Deployment", "default", "till")).Object("spec").Member("replicas").AsInt64OrNull();
}
