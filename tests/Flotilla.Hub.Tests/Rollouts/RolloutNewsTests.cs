using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Tests.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Hub.Tests.Rollouts;

/// <summary>What a whole hub tells of rollouts: calls to a server, and Events.</summary>
public sealed class RolloutNewsTests
{
    private static readonly HubOptions Options = new() { AllowLocalWebhooks = true };
    private static readonly ResourceReference Events = new("", "v1", "events", true, "Event");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gate_is_asked_and_whoever_is_to_be_told_is_told_once()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Say(200, """{"allow":true}""");
        await using var ground = await HubGround.StartAsync(Options);
        await DeclareAsync(ground, server, before: $"[{{webhook: {{url: \"{server.Address}/gate\", secretRef: {{name: hook, key: key}}}}}}]", after: "[{approval: {}}]");
        var site = await ground.EnrolAsync("s1");

        var gate = await server.NextAsync();
        Assert.Equal(("/gate", "all/before/0"), (gate.Path, gate.Json.String("gate")));
        Assert.True(gate.IsSignedWith("sesame"));
        await site.HearAsync(s => s.Permit is not null);
        await site.SucceedAsync();
        var waiting = await NoticeAsync(server, "approvalneeded");
        Assert.Equal("The gate all/after/0 waits for an approval: flotilla rollout approve stores-1 all/after/0", waiting.Object("data").String("message"));
        await ApproveAsync(ground);
        var finished = await NoticeAsync(server, "finished");
        Assert.Equal(("1.0", "/namespaces/retail/rollouts/stores-1", "application/json"), (finished.String("specversion"), finished.String("source"), finished.String("datacontenttype")));
        Assert.Equal(("Succeeded", Reasons.RolledOut, "1 site runs it."), (finished.Object("data").String("phase"), finished.Object("data").String("reason"), finished.Object("data").String("message")));
        Assert.NotEqual(waiting.String("id"), finished.String("id"));
        Assert.Equal(TimeSpan.Zero, DateTimeOffset.Parse(finished.String("time")!, System.Globalization.CultureInfo.InvariantCulture).Offset);
        Assert.Null(server.TryNext());

        await SeeEventsAsync(ground, "stores-1");
    }

    [Theory]
    [InlineData("Pause", "rollBack", "paused rollingback failed")]
    [InlineData("Pause", "cancel", "paused finished")]
    [InlineData("Rollback", null, "rollingback failed")]
    [InlineData("Stop", null, "failed")]
    public async Task Of_a_failure_is_told_what_came_of_it(string onBudget, string? order, string kinds)
    {
        await using var server = await WebhookServer.StartAsync();
        await using var ground = await HubGround.StartAsync(Options);
        await DeclareAsync(ground, server, onBudget: onBudget);
        var site = await ground.EnrolAsync("s1");
        await site.HearAsync(s => s.Permit is not null);
        await site.SucceedAsync();
        await NoticeAsync(server, "finished");
        await ground.DeclareFleetAsync("goodbye", rollout: Strategy(server, onBudget: onBudget));
        await site.HearAsync(s => s.Permit is not null && s.Stage!.Release != site.Report.Applied!.Release);
        await site.ReportAsync(new SiteReport { Phase = SitePhase.Failed, Message = "no such image", Applied = site.Report.Applied });

        foreach (var kind in kinds.Split(' '))
        {
            var notice = await NoticeAsync(server, kind);
            Assert.Equal("stores-2", notice.Object("data").String("rollout"));
            if (kind == "paused")
                await ground.PatchRolloutAsync("stores-2", $"{{\"spec\":{{\"{order}\":true}}}}");
            if (kind == "rollingback")
            {
                await site.HearAsync(s => s.Permit is not null && s.Stage!.Release == site.Report.Applied!.Release);
                await site.SucceedAsync();
            }
        }
        await SeeEventsAsync(ground, "stores-2");
        Assert.Null(server.TryNext());
    }

    [Fact]
    public async Task A_hub_that_starts_again_tells_nothing_twice()
    {
        var folder = Directory.CreateTempSubdirectory("flotilla-hub-");
        try
        {
            await using var server = await WebhookServer.StartAsync();
            var options = Options with { DataFolder = folder.FullName };
            await using (var ground = await HubGround.StartAsync(options))
            {
                await DeclareAsync(ground, server, after: "[{approval: {}}]");
                var site = await ground.EnrolAsync("s1");
                await site.HearAsync(s => s.Permit is not null);
                await site.SucceedAsync();
                await NoticeAsync(server, "approvalneeded");
            }
            await using (var ground = await HubGround.StartAsync(options))
            {
                // What a second site hears tells that a pass over the fleet is through.
                await ground.EnrolAsync("s2");
                await ground.SeeAsync("Rollout", "stores-1", r => (r.Object("status").Array("waitingFor") ?? []).OfType<JsonObject>().Any(w => w.String("reason") == Reasons.ApprovalNeeded));
                await ApproveAsync(ground);
                await NoticeAsync(server, "finished");
            }
            await using (var ground = await HubGround.StartAsync(options))
                await (await ground.EnrolAsync("s3")).HearAsync(s => s.Stage is not null);
            Assert.Null(server.TryNext());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Who_does_not_answer_keeps_no_rollout_waiting()
    {
        await using var server = await WebhookServer.StartAsync();
        server.Answer = http => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        await using var ground = await HubGround.StartAsync(Options);
        await DeclareAsync(ground, server, onBudget: "Stop");
        var site = await ground.EnrolAsync("s1");
        await site.HearAsync(s => s.Permit is not null);
        await site.SucceedAsync();
        await NoticeAsync(server, "finished");

        await ground.DeclareFleetAsync("goodbye", rollout: Strategy(server, onBudget: "Stop"));
        await site.HearAsync(s => s.Permit is not null && s.Stage!.Release != site.Report.Applied!.Release);
        await site.SucceedAsync();
        await ground.SeeConditionAsync("Rollout", "stores-2", "Succeeded", Reasons.RolledOut);
        await SeeEventsAsync(ground, "stores-2");
    }

    private static async Task DeclareAsync(HubGround ground, WebhookServer server, string before = "[]", string after = "[]", string onBudget = "Pause")
    {
        await ground.ApplyAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: hook, namespace: retail, labels: {flotilla.dev/hooks: ""}}
            stringData: {key: sesame}
            """);
        await ground.DeclareFleetAsync(rollout: Strategy(server, before, after, onBudget));
    }

    /// <summary>What stands in place of the usual <c>rollout</c>.</summary>
    private static string Strategy(WebhookServer server, string before = "[]", string after = "[]", string onBudget = "Pause") =>
        $"rollout: {{waves: [{{name: all, before: {before}, after: {after}}}], budget: {{maxFailed: 0, onBudget: {onBudget}}}, "
        + $"notify: [{{webhook: {{url: \"{server.Address}/notices\", secretRef: {{name: hook, key: key}}}}}}]}}";

    private static Task ApproveAsync(HubGround ground) => ground.ApplyAsync("""
        apiVersion: flotilla.dev/v1alpha1
        kind: Approval
        metadata: {name: bob, namespace: retail}
        spec: {rollout: stores-1, gate: all/after/0, by: bob}
        """);

    /// <summary>The next notice, which must be of a kind.</summary>
    private static async Task<JsonObject> NoticeAsync(WebhookServer server, string kind)
    {
        var call = await server.NextAsync();
        Assert.Equal(("POST", "/notices", "application/cloudevents+json"), (call.Method, call.Path, call.ContentType));
        Assert.True(call.IsSignedWith("sesame"));
        Assert.Equal($"dev.flotilla.rollout.{kind}", call.Json.String("type"));
        return call.Json;
    }

    /// <summary>Waits until each line of a rollout's story has its Event; there must be no others.</summary>
    private static async Task SeeEventsAsync(HubGround ground, string rollout)
    {
        var told = (await ground.Hub.Ledger.StoryAsync("retail", rollout, 0, 1000, Cancellation)).Select(l => JsonNode.Parse(l.Text)!).Select(l => $"{l.String("reason")}: {l.String("message")}").ToList();
        var seen = new List<string>();
        await foreach (var change in ground.Hub.Api.WatchAsync(Events, "retail", new WatchOptions(), Cancellation))
        {
            if (change.Type != WatchEventType.Added || change.Object.Object("involvedObject").String("name") != rollout)
                continue;
            Assert.Equal("Rollout", change.Object.Object("involvedObject").String("kind"));
            seen.Add($"{change.Object.String("reason")}: {change.Object.String("message")}");
            Assert.Contains(seen[^1], told);
            if (seen.Count == told.Count)
                break;
        }
        Assert.Equal(told.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }
}
