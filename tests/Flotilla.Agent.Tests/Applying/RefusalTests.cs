using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Tests.Applying;

public sealed class RefusalTests
{
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: till, namespace: default}
        spec:
          selector: {matchLabels: {app: till}}
          template:
            metadata: {labels: {app: till}}
            spec: {containers: [{name: main, image: "x:1"}]}
        """;

    private const string Prices = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prices, namespace: default}\ndata: {currency: EUR}";

    [Fact]
    public async Task What_somebody_else_made_is_not_taken_unless_adopted()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prices, namespace: default}\ndata: {currency: USD}");
        site.Boot(TestRelease.Of(Prices));
        await site.UntilAsync(p => p.Failed);
        Assert.Equal((ComponentPhase.Failed, "NotOurs"), (site.Observer.Component("till").Phase, site.Observer.Component("till").Reason));
        Assert.Contains("set adopt", site.Observer.First(JournalEvent.ComponentFailed)!.Message);
        Assert.Empty(site.Wire.Writes);

        site.Releases.Set(TestRelease.Of(Prices, c => c with { Adopt = true }));
        await site.UntilSettledAsync();
        Assert.Equal("EUR", (await site.GetAsync("v1", "ConfigMap", "default", "prices")).Object("data").String("currency"));
        Assert.Equal("v1/ConfigMap/default/prices", site.Observer.First(JournalEvent.Adopted)!.Object);
    }

    [Fact]
    public async Task It_is_taken_over_when_the_somebody_deletes_it()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(Prices);
        site.Boot(TestRelease.Of(Prices));
        await site.UntilAsync(p => p.Failed);
        await site.DeleteAsync("v1", "ConfigMap", "default", "prices");
        await site.UntilSettledAsync();
    }

    [Fact]
    public async Task A_namespace_that_exists_is_used_and_never_pruned()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}");
        site.Boot(TestRelease.Of([("base", Prices, null), ("till", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {a: b}}", null)]));
        await site.UntilSettledAsync();
        Assert.Equal("b", (await site.GetAsync("v1", "Namespace", null, "shop")).Object("metadata").Object("labels").String("a"));
        site.Releases.Set(TestRelease.Of([("base", Prices, null)]));
        await site.UntilSettledAsync();
        Assert.Null((await site.GetAsync("v1", "Namespace", null, "shop")).Object("metadata").String("deletionTimestamp"));
        Assert.Single(site.Inventory.Current!.Entries);
    }

    [Fact]
    public async Task A_field_that_cannot_be_changed_is_named_or_the_object_is_made_anew_where_that_is_allowed()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Deployment));
        await site.UntilSettledAsync();
        var changed = Deployment.Replace("app: till", "app: checkout", StringComparison.Ordinal);
        site.Releases.Set(TestRelease.Of(changed));
        await site.UntilAsync(p => p.Failed);
        Assert.Equal("Immutable", site.Observer.Component("till").Reason);
        Assert.Contains("spec.selector cannot be changed", site.Observer.Component("till").Message);
        Assert.Contains("replace", site.Observer.Component("till").Message);

        site.Releases.Set(TestRelease.Of(changed, c => c with { Replace = [new ObjectTarget { Kind = "Deployment" }] }));
        await site.UntilSettledAsync();
        Assert.Equal(1, site.Observer.Count(JournalEvent.Replaced));
        Assert.Equal(0, site.Observer.Count(JournalEvent.DriftCorrected));
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_with_its_message_and_other_components_go_on()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of([("bad", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Name, namespace: default}", null), ("good", Prices, null)]));
        await site.UntilAsync(p => p.Failed && p.Components[1].Phase == ComponentPhase.Healthy);
        var problem = Assert.Single(site.Observer.Component("bad").Problems);
        Assert.Equal(("v1/ConfigMap/default/Not_A_Name", "Refused"), (problem.Object, problem.Reason));
        Assert.Contains("metadata.name", problem.Message);
        Assert.Equal(1, site.Observer.Count(JournalEvent.ComponentFailed));
    }

    [Fact]
    public async Task A_busy_server_is_asked_less_and_later()
    {
        await using var site = await TestSite.StartAsync();
        var refused = 0;
        site.Wire.Instead = request => request.Method == HttpMethod.Patch && Interlocked.Increment(ref refused) <= 5
            ? CountedWire.Refusal(429, "TooManyRequests", "slow down", retryAfter: 20) : null;
        site.Boot(TestRelease.Of(string.Join("\n---\n", Enumerable.Range(1, 40).Select(i => Prices.Replace("name: prices", $"name: prices-{i}", StringComparison.Ordinal)))));
        await site.PassAsync(seconds: 15);
        Assert.InRange(site.Wire.Writes.Count, 5, 16);
        Assert.Equal("ClusterBusy", site.Observer.Component("till").Reason);
        await site.UntilSettledAsync();
        Assert.Equal(0, site.Observer.Count(JournalEvent.ComponentFailed));
    }

    [Fact]
    public async Task A_webhook_that_is_not_up_is_waited_for()
    {
        await using var site = await TestSite.StartAsync();
        var broken = true;
        site.Wire.Instead = request => request.Method == HttpMethod.Patch && broken
            ? CountedWire.Refusal(500, "InternalError", "Internal error occurred: failed calling webhook \"check.example.com\": connection refused") : null;
        site.Boot(TestRelease.Of(Prices));
        await site.UntilAsync(p => p.Components[0].Reason == "WaitingForWebhook");
        Assert.Equal(ComponentPhase.Applying, site.Observer.Component("till").Phase);
        broken = false;
        await site.UntilSettledAsync();
    }

    [Fact]
    public async Task A_cluster_that_goes_away_in_the_middle_is_gone_on_with_when_it_is_back()
    {
        await using var site = await TestSite.StartAsync();
        var answered = 0;
        var isAway = true;
        site.Wire.Instead = request => isAway && Interlocked.Increment(ref answered) > 30 ? throw new HttpRequestException("connection refused") : null;
        site.Boot(TestRelease.Of(string.Join("\n---\n", Enumerable.Range(1, 40).Select(i => Prices.Replace("name: prices", $"name: prices-{i}", StringComparison.Ordinal)))));
        await site.UntilAsync(p => p.Components[0].Reason == "ClusterUnreachable");
        await site.PassAsync(seconds: 600);
        isAway = false;
        await site.UntilSettledAsync();
        Assert.Equal(40, site.Inventory.Current!.Entries.Count(e => e.Applied.Length > 0));
    }

    [Fact]
    public async Task Sealed_values_come_into_secrets_and_nowhere_else()
    {
        await using var site = await TestSite.StartAsync();
        // A marker within base64 is none: no compiler has looked at it.
        var encoded = Convert.ToBase64String("\uE000pw\uE001"u8);
        var secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: registry, namespace: default}\ndata: {password: \"user:\uE000pw\uE001\", other: " + encoded + "}";
        var release = TestRelease.Of(secret, c => c with { Sealed = ["pw"] });
        site.Boot(release);
        await site.UntilAsync(p => p.Failed);
        Assert.Equal("SealedValueMissing", site.Observer.Component("till").Reason);

        site.Releases.Set(release with { SealedValues = new Dictionary<string, string> { ["pw"] = "hunter2" } });
        await site.UntilSettledAsync();
        Assert.Equal(Convert.ToBase64String("user:hunter2"u8), (await site.GetAsync("v1", "Secret", "default", "registry")).Object("data").String("password"));
        Assert.Equal(encoded, (await site.GetAsync("v1", "Secret", "default", "registry")).Object("data").String("other"));
        Assert.DoesNotContain("hunter2", site.Story(), StringComparison.Ordinal);

        // Another value of the secret is a change.
        site.Releases.Set(release with { SealedValues = new Dictionary<string, string> { ["pw"] = "hunter3" } });
        await site.PassAsync(seconds: 5);
        Assert.Equal(Convert.ToBase64String("user:hunter3"u8), (await site.GetAsync("v1", "Secret", "default", "registry")).Object("data").String("password"));
        Assert.DoesNotContain("hunter", System.Text.Encoding.UTF8.GetString(site.Inventory.Current!.ToJson()), StringComparison.Ordinal);
    }
}
