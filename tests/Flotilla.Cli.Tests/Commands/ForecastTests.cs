using System.Text;
using Flotilla.Api.Sync;
using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests.Commands;

/// <summary>Forecasts of a hub, by the command line.</summary>
public sealed class ForecastTests
{
    [Fact]
    public async Task A_rollout_that_runs_is_shown_with_its_end_and_the_sites_that_never_get_there()
    {
        await using var hub = await RunningHub.StartAsync();
        // One wave: which sites the default ones take depends on who has enrolled when the rollout begins.
        var stores = Stores.Yaml("1.0.0").Replace("rollout: {maxConcurrent: 2}", "rollout: {maxConcurrent: 2, waves: [{name: all}]}", StringComparison.Ordinal);
        (await hub.RunAsync("apply", "-f", hub.Write("stores.yaml", stores))).MustSucceed();
        await hub.SpeakAsync("store-1", new SiteReport { Phase = SitePhase.Staged });
        await hub.SpeakAsync("store-2", new SiteReport { Phase = SitePhase.Staged });
        await hub.SeeAsync(Kinds.Rollout, "stores-1", rollout => rollout.Object("status").Object("sites").Member("staging").AsInt64OrNull() == 2);
        var shown = (await hub.RunAsync("rollout", "show", "stores-1")).MustSucceed();
        Assert.Contains("\nForecast:\n  ", shown.Out, StringComparison.Ordinal);
        Assert.Contains("\n  Ends on ", shown.Out, StringComparison.Ordinal);
        Assert.Contains("  Never: 1 site (store-3): no agent has enrolled. (NeverEnrolled)\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains("  Assumed: Nothing fails, and nobody changes what is declared or asked.\n", shown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_begin_is_foreseen_with_the_plan()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        foreach (var site in (string[])["store-1", "store-2", "store-3"])
            await hub.SpeakAsync(site, new SiteReport { Phase = SitePhase.Staged });
        await hub.SeeAsync(Kinds.Rollout, "stores-1", rollout => rollout.Object("status").Object("sites").Member("staging").AsInt64OrNull() == 3);
        var gated = Stores.Yaml("1.1.0").Replace(
            "rollout: {maxConcurrent: 2}", "rollout: {maxConcurrent: 2, waves: [{name: canary, select: {count: 1}, after: [{approval: {}}]}]}", StringComparison.Ordinal);
        var file = hub.Write("newer.yaml", gated);
        var plan = (await hub.RunAsync("plan", "-f", file, "--forecast", "--approvals", "24h")).MustSucceed();
        Assert.Contains("\n  Forecast of stores-2, if it began now:\n    ", plan.Out, StringComparison.Ordinal);
        Assert.Contains("\n    Wave canary, 1 site: began on ", plan.Out, StringComparison.Ordinal);
        Assert.Contains("\n    Assumed: Approvals come 1d after a gate waits for one.\n", plan.Out, StringComparison.Ordinal);

        var document = JsonText.Parse(Encoding.UTF8.GetBytes((await hub.RunAsync("plan", "-f", file, "--forecast", "--approvals", "never", "-o", "json")).MustSucceed().Out));
        var forecast = document.Array("fleets")![0].Object("forecast");
        Assert.Equal((3L, null, "Running"), (forecast.Member("sites").AsInt64OrNull(), forecast.String("ends"), forecast.String("phase")));
        Assert.Contains("ApprovalNeeded", forecast.Array("never")!.Select(n => n.String("reason")));
        Assert.Contains("forecast:\n", (await hub.RunAsync("plan", "-f", file, "--forecast", "-o", "yaml")).MustSucceed().Out, StringComparison.Ordinal);

        Assert.DoesNotContain("Forecast", (await hub.RunAsync("plan", "-f", file)).MustSucceed().Out, StringComparison.Ordinal);
        (await hub.RunAsync("plan", "--forecast")).MustEnd(ExitCodes.Usage);
        (await hub.RunAsync("plan", "-f", file, "--forecast", "--approvals", "soon")).MustEnd(ExitCodes.Usage);
    }
}
