using Flotilla.Api.Sync;
using Flotilla.Cli.Connections;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Cli.Tests.Commands;

public sealed class SiteTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enrolling_declares_the_site_and_prints_the_command_and_the_manifest()
    {
        await using var hub = await RunningHub.StartAsync();
        (await hub.RunAsync("apply", "-f", hub.Write("ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: retail}\n"))).MustSucceed();
        var enrolled = (await hub.RunAsync("site", "enrol", "store-7", "--label", "kind=store")).MustSucceed();
        Assert.Equal("site/store-7 declared in namespace retail\n", enrolled.Error);
        Assert.Matches($"flotilla-agent run --hub {hub.Hub.Gateway.Address.GetLeftPart(UriPartial.Authority)} --token [^ ]+ --state /var/lib/flotilla\n", enrolled.Out);
        var manifest = enrolled.Out.Split("<<'EOF'\n")[1].Split("\nEOF")[0];
        Assert.Contains(YamlReader.ReadAll(System.Text.Encoding.UTF8.GetBytes(manifest)), document => document.Content.String("kind") == "Deployment");
        // A second token, and no second site.
        var again = (await hub.RunAsync("site", "enrol", "store-7", "-o", "json")).MustSucceed();
        Assert.Equal("", again.Error);
        Assert.NotNull(JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(again.Out)).String("token"));
        Assert.Contains("validFor: \"48 hours\" is no duration", (await hub.RunAsync("site", "enrol", "store-7", "--valid-for", "48 hours")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pauses_resumes_and_removes()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        Assert.Equal("site/store-1 paused\n", (await hub.RunAsync("site", "pause", "store-1")).MustSucceed().Out);
        Assert.True((await hub.Hub.Api.GetAsync(Kinds.Site, "retail", "store-1", Cancellation)).Object("spec").Member("paused").AsBoolOrNull());
        Assert.Equal("site/store-1 resumed\n", (await hub.RunAsync("site", "resume", "store-1")).MustSucceed().Out);
        Assert.Contains("say --yes", (await hub.RunAsync("site", "remove", "store-1")).MustEnd(ExitCodes.Usage).Error, StringComparison.Ordinal);
        Assert.Equal("site/store-1 removed\n", (await hub.RunAsync("site", "remove", "store-1", "--yes")).MustSucceed().Out);
        Assert.Null(await hub.Hub.Api.GetAsync(Kinds.Site, "retail", "store-1", Cancellation));
        Assert.Contains("there is no site store-1", (await hub.RunAsync("site", "remove", "store-1", "--yes")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
        Assert.Contains("store-1", (await hub.RunAsync("site", "pause", "store-1")).MustEnd(ExitCodes.Failed).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_journal_is_printed_line_by_line()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var noon = new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);
        await hub.SpeakAsync("store-1", new SiteReport(),
        [
            new JournalEntry { Number = 1, Time = noon, Event = JournalEvent.AgentStarted, Message = "agent 0.1.0" },
            new JournalEntry { Number = 2, Time = noon.AddSeconds(5), Event = JournalEvent.DriftCorrected, Component = "till", Object = "v1/ConfigMap/default/till", Message = "data.greeting" },
        ]);
        Assert.Equal(
            """
            2027-03-01T12:00:00+00:00  AgentStarted         agent 0.1.0
            2027-03-01T12:00:05+00:00  DriftCorrected       till v1/ConfigMap/default/till: data.greeting

            """, (await hub.RunAsync("logs", "store-1")).MustSucceed().Out);
        var last = (await hub.RunAsync("logs", "site/store-1", "--tail", "1", "-o", "json")).MustSucceed().Out;
        Assert.Equal("DriftCorrected", JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(last)).Object("entry").String("event"));
        Assert.Equal("", (await hub.RunAsync("logs", "store-2")).MustSucceed().Out);
    }
}
