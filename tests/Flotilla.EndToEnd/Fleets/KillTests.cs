using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Agent.Journals;
using Flotilla.Api.Sync;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.EndToEnd.Fleets;

/// <summary>A hub and agents that are killed again and again in the middle of changes.</summary>
[Collection(nameof(FleetTests))]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Sites = 3;
    private const int Kills = 20;

    /// <summary>Writes of a hub or an agent for one change, about.</summary>
    private const int MostWrites = 60;

    private static readonly ResourceReference ConfigMaps = new("", "v1", "configmaps", true, "ConfigMap");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_kills_in_the_middle_of_changes_neither_lose_nor_double_an_entry()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FLOTILLA_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var chance = new Random(seed);
        await using var ground = await FleetGround.StartAsync(Sites);
        await ground.ApplyAsync([TillFleet.Component(), TillFleet.Stack(0), TillFleet.Fleet()]);
        await ground.ConvergedAsync("stores", null);

        // Half of them the hub, half of them one agent or another.
        int[] victims = [.. Enumerable.Range(0, Kills).Select(i => i % 2 == 0 ? 0 : 1 + (i / 2 % Sites))];
        chance.Shuffle(victims);
        var changes = 0;
        foreach (var victim in victims)
            await KillDuringAsync(ground, victim, ++changes, chance.Next(1, MostWrites));

        for (var site = 1; site <= Sites; site++)
            await CheckAsync(ground, site, changes, 1 + victims.Count(v => v == site));
    }

    private async Task KillDuringAsync(FleetGround ground, int victim, int change, int writes)
    {
        using var moment = new Moment(victim == 0 ? Path.Combine(ground.Folder, "hub") : ground.Agents[victim - 1].Folder, writes);
        var declaring = ground.TryApplyAsync(TillFleet.Stack(change));
        await moment.ReachAsync(declaring, Cancelled);
        if (victim == 0)
        {
            await ground.Hub.KillAsync(Cancelled);
            await ground.Hub.StartAsync(Cancelled);
        }
        else
        {
            await ground.Agents[victim - 1].KillAsync(Cancelled);
            ground.Agents[victim - 1].Start();
        }
        output.WriteLine($"change {change}: killed {(victim == 0 ? "the hub" : $"the agent of {FleetGround.Site(victim)}")} after {moment.Seen} writes");
        // The command may have been cut off with the hub that it spoke to: said again it must do.
        if (!await declaring)
            Assert.True(await ground.TryApplyAsync(TillFleet.Stack(change)));
    }

    private async Task CheckAsync(FleetGround ground, int site, int last, int starts)
    {
        using (var cluster = ground.ClientAt(site))
            await ground.SeeAsync(cluster, ConfigMaps, "default", "till", seen => seen.Object("data").String("change") == $"{last}");
        var folder = Path.Combine(ground.Agents[site - 1].Folder, "journal");
        var begun = (await FolderJournal.ReadOnlyAsync(folder, Cancelled)).Last(e => e.Event == JournalEvent.ReleaseBegun);
        await ground.SeeInJournalAsync(site, line =>
            JsonNode.Parse(line).Object("entry") is { } entry && entry.String("event") == nameof(JournalEvent.ReleaseApplied) && entry.String("release") == begun.Release);

        var stored = await ground.JournalAsync(site);
        Assert.Single(stored.Select(e => e.Journal).Distinct());
        var entries = stored.Select(e => e.Entry).ToList();
        var told = JournalChecks.Problems(entries, begun.Release!).ToList();
        var starting = entries.Count(e => e.Event == JournalEvent.AgentStarted);
        if (starting > starts)
            told.Add($"{starting} starts of the agent, which was started {starts} times");
        // What the hub has is what the site wrote, word by word.
        var own = await FolderJournal.ReadOnlyAsync(folder, Cancelled);
        if (!entries.SequenceEqual(own.Take(entries.Count)))
            told.Add("the hub and the site do not tell the same");
        output.WriteLine($"{FleetGround.Site(site)}: {entries.Count} entries, {entries.Count(e => e.Event == JournalEvent.ReleaseApplied)} releases applied");
        Assert.True(told.Count == 0, $"{FleetGround.Site(site)}:\n{string.Join('\n', told)}\n\n{string.Join('\n', entries)}");
        Assert.Equal($"receipt-{last}", await ground.KubectlAt(site).RunAsync(Cancelled, "get", "configmaps", "-n", "default", "-l", "flotilla.dev/component", "-o", "jsonpath={.items[?(@.metadata.name!='till')].metadata.name}"));
    }
}
