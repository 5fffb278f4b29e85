using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Core.Rollouts;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Describing;

/// <summary>Where a site is in the newest rollout of its fleet, why, and how it came to that: as the hub's ledger has it, which is ahead of every object.</summary>
internal static class RolloutExplanation
{
    /// <summary>Nothing where the site's fleet has had no rollout.</summary>
    public static async Task WriteAsync(Description text, HubConnection hub, Site site, CancellationToken cancellation)
    {
        var (ns, name) = (site.Metadata.Namespace, site.Metadata.Name);
        if (await NameAsync(hub, site, cancellation) is not { } rollout)
            return;
        var gateway = await hub.GatewayAsync(cancellation);
        if (await gateway.RolloutSitesAsync(ns, rollout, cancellation) is not { } kept || kept.Object("rollout") is not { } head)
            return;
        var record = RolloutJson.ReadRecord(Text(head));
        text.Field("Rollout", $"{rollout} ({record.Phase}{(record.Message.Length > 0 ? $": {record.Message}" : "")})");
        var member = (kept.Array("sites") ?? []).OfType<JsonObject>().Select(s => RolloutJson.ReadMember(Text(s))).FirstOrDefault(m => m.Site == new SiteName(ns, name));
        if (member is null)
        {
            text.Field("State", "not in it: it joined later, or follows what is good");
            return;
        }
        var wave = record.Waves[member.Wave].Name;
        text.Field("Wave", wave);
        text.Field("State", $"{member.State}{(member.Back ? ", on the way back" : "")} for {Ages.Since(member.Since, DateTimeOffset.UtcNow)}");
        // What the engine says to each state; windows and pauses of the site itself stand in its conditions.
        var outlook = new RolloutOutlook(record, held: null, DateTimeOffset.UtcNow).Of(member, site: null);
        text.Field("Because", $"{outlook.Message} ({outlook.Reason})");
        if (!record.IsOver && !SiteMachine.IsFinal(member.State))
            text.Lines("The rollout waits for", await WaitsAsync(hub, ns, rollout, cancellation));
        var story = await gateway.RolloutStoryAsync(ns, rollout, 0, cancellation)
            .Select(l => RolloutJson.ReadEntry(Text(l.Line))).Where(e => IsOf(e, name, wave)).ToListAsync(cancellation);
        text.Section("Story", ["Time", "Wave", "What"], story.Select(e => (IReadOnlyList<string?>)[e.Time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture), e.Wave, e.Message]));
    }

    /// <summary>Its own lines, and those of its wave and of the rollout as a whole.</summary>
    private static bool IsOf(StoryEntry entry, string site, string wave) => entry.Site == site || (entry.Site is null && (entry.Wave is null || entry.Wave == wave));

    private static async Task<string?> NameAsync(HubConnection hub, Site site, CancellationToken cancellation)
    {
        if (site.Status?.Target?.Fleet is not { } fleet)
            return null;
        var obj = await hub.Api.GetAsync(Kinds.Fleet, site.Metadata.Namespace, fleet, cancellation);
        return obj.Object("status").String("rollout") is { Length: > 0 } name ? name : null;
    }

    private static async Task<IReadOnlyList<string>> WaitsAsync(HubConnection hub, string ns, string rollout, CancellationToken cancellation)
    {
        var obj = await hub.Api.GetAsync(Kinds.Rollout, ns, rollout, cancellation);
        return obj?.Deserialize(ApiJson.Default.Rollout) is { Status: { } status } ? [.. status.WaitingFor.Select(w => $"{w.Reason}: {w.Message}")] : [];
    }

    private static string Text(JsonObject obj) => Encoding.UTF8.GetString(JsonText.ToUtf8(obj));
}
